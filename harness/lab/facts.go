package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"assay/harness/evidence"
	"assay/harness/ledger"
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
// journal, from the sources that only names (empty: all). Nothing is read of what is
// not as it was recorded: that is the error, after the rest was read.
func EachFact(dir string, only string, emit func(evidence.Manifest, observe.Observation) error) error {
	run, err := ledger.Check(dir)
	if err != nil {
		return err
	}
	problems := slices.Clone(run.Problems)
	for _, h := range run.Ledger().Handsets {
		for _, job := range h.Jobs {
			if !job.Ended {
				continue
			}
			m, err := run.Bundle(job.Bundle)
			if err != nil {
				continue // it is among the problems
			}
			bundle := filepath.Join(dir, filepath.FromSlash(job.Bundle))
			for _, c := range m.Captures {
				if only != "" && c.Source != only {
					continue
				}
				if changed := (evidence.Manifest{Captures: []evidence.Capture{c}}).Changed(bundle); len(changed) > 0 {
					problems = append(problems, changed...)
					continue
				}
				var stop error
				_, err := Facts(bundle, job.Bundle, m, c, func(o observe.Observation) {
					if stop == nil {
						stop = emit(m, o)
					}
				})
				if stop != nil {
					return stop
				}
				if err != nil {
					problems = append(problems, err)
				}
			}
		}
	}
	return errors.Join(problems...)
}
