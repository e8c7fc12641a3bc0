package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"assay/harness/evidence"
	"assay/harness/observe"
)

// errChanged is the error of a capture whose bytes are not those that were sealed.
var errChanged = errors.New("the bytes are not those that were recorded")

// Facts reads the facts of one capture of a bundle in dir, and checks on the way
// that its bytes are those that were sealed. What emit keeps of
// an observation's fact it keeps with observe.Keep.
func Facts(dir, bundle string, m evidence.Manifest, c evidence.Capture, emit func(observe.Observation)) (observe.Reading, error) {
	body, err := evidence.Body(dir, c)
	if err != nil {
		return observe.Reading{}, err
	}
	defer body.Close()
	sum := sha256.New()
	in := io.TeeReader(body, sum)
	reading, err := observe.Read(c.Source, in, observe.Input{Subject: c.Subject, SDK: m.Handset.Build.SDK, Trimmed: c.Trimmed}, func(f observe.Fact, s evidence.Span) {
		emit(observe.Observation{Fact: f, Source: c.Source, Phase: c.Phase, Ref: evidence.Ref{Bundle: bundle, File: c.File, Span: s}})
	})
	if _, rest := io.Copy(io.Discard, in); rest != nil {
		return reading, rest
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != c.SHA256 {
		return reading, fmt.Errorf("%s: %w; restore the bundle from a copy: SHA-256 is %s, the manifest says %s",
			filepath.Join(dir, c.File), errChanged, got, c.SHA256)
	}
	return reading, err
}

// EachFact reads every fact of every sealed bundle of a run, in the order of the
// journal, from the sources that only names (empty: all). Bundles that cannot be
// read are the error, after the others were.
func EachFact(dir string, only string, emit func(evidence.Manifest, observe.Observation) error) error {
	record, err := ReadRecord(dir)
	if err != nil {
		return err
	}
	entries, err := evidence.ReadJournal(filepath.Join(dir, journalName))
	if err != nil {
		return err
	}
	var problems []error
	for _, h := range read(record, entries).handsets {
		for _, job := range h.jobs {
			if !job.ended {
				continue
			}
			bundle := filepath.Join(dir, filepath.FromSlash(job.bundle))
			m, err := evidence.Open(bundle)
			if err != nil {
				problems = append(problems, err)
				continue
			}
			for _, c := range m.Captures {
				if only != "" && c.Source != only {
					continue
				}
				var stop error
				_, err := Facts(bundle, job.bundle, m, c, func(o observe.Observation) {
					if stop == nil {
						stop = emit(m, o)
					}
				})
				if stop != nil {
					return stop
				}
				problems = append(problems, err)
			}
		}
	}
	return errors.Join(problems...)
}

// Bundles gives the folders of a run's bundles, sealed or not, relative to it.
func Bundles(dir string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(dir, bundlesName, "*"))
	if err != nil {
		return nil, err
	}
	for i, f := range found {
		found[i] = bundlesName + "/" + filepath.Base(f)
	}
	return found, nil
}
