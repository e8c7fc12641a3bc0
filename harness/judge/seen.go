package judge

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"assay/harness/evidence"
	"assay/harness/ledger"
	"assay/harness/observe"
	"assay/harness/observe/fact"
	"assay/harness/observe/loss"
	"assay/harness/observe/printout"
)

// Seen is what one capture of a sealed bundle saw.
type Seen struct {
	evidence.Capture
	Reading printout.Reading
	// Together is what the transport and the print-out itself show of the
	// capture's completeness; the worse of the two.
	Together evidence.Coverage
	// Unread are the beginnings of the first unread lines, as they stand.
	Unread []Unread
}

// Unread is one line that no parser understood.
type Unread struct {
	evidence.Span
	Text []byte // its first bytes
}

// quoted is the most of an unread line that is kept, bytes.
const quoted = 200

// See reads the captures of one sealed bundle, in the order of its manifest.
// emit's error ends it.
func See(dir string, emit func(evidence.Manifest, Seen) error) error {
	m, err := evidence.Open(dir)
	if err != nil {
		return err
	}
	for _, c := range m.Captures {
		audit := loss.AuditOf(dir, m, c)
		reading, err := observe.ReadCapture(dir, "", m, c, func(o fact.Observation) {
			if line, ok := o.Fact.(*fact.LogLine); ok {
				audit.Line(line)
			}
		})
		seen := Seen{Capture: c, Reading: reading, Together: weigh(m, c, reading, err)}
		if err == nil {
			audit.Join(&seen.Together)
		}
		if err == nil {
			if seen.Unread, err = quote(dir, c, reading.Samples); err != nil {
				return err
			}
		}
		if err := emit(m, seen); err != nil {
			return err
		}
	}
	return nil
}

func quote(dir string, c evidence.Capture, spans []evidence.Span) ([]Unread, error) {
	if len(spans) == 0 {
		return nil, nil
	}
	body, err := evidence.Body(dir, c)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	var all []Unread
	for _, s := range spans {
		text := make([]byte, min(s.Length, quoted))
		if n, err := body.ReadAt(text, s.Offset); err != nil && !(errors.Is(err, io.EOF) && n == len(text)) {
			return nil, fmt.Errorf("%s: %w", filepath.Join(dir, c.File), err)
		}
		all = append(all, Unread{s, text})
	}
	return all, nil
}

// BundlesAt gives the bundles that a path means: those of a run that are as they were
// recorded, or were never sealed; or the one bundle that it is. problems are what is
// wrong with the run.
func BundlesAt(path string) (bundles []string, problems []error, err error) {
	if _, err := os.Lstat(filepath.Join(path, ledger.RecordName)); err == nil {
		run, err := ledger.Check(path)
		if err != nil {
			return nil, nil, err
		}
		found, err := ledger.Bundles(path)
		for _, folder := range found {
			if run.Keeps(folder) {
				bundles = append(bundles, run.Path(folder))
			}
		}
		return bundles, run.Problems, err
	}
	if _, err := os.Stat(filepath.Join(path, "captures")); err == nil {
		return []string{path}, nil, nil
	}
	return nil, nil, fmt.Errorf(
		"%w: %s is neither a run (it has no %s) nor a bundle (it has no captures)",
		ledger.ErrNoRun,
		path,
		ledger.RecordName,
	)
}
