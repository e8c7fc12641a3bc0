package judge

import (
	"errors"
	"path/filepath"
	"slices"

	"assay/harness/evidence"
	"assay/harness/ledger"
	"assay/harness/observe"
	"assay/harness/observe/fact"
)

// EachFact reads every fact of every sealed bundle of a run, in the order of the
// journal, from the sources that only names (empty: all). Nothing is read of what is
// not as it was recorded: that is the error, after the rest was read.
func EachFact(dir string, only string, emit func(evidence.Manifest, fact.Observation) error) error {
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
				_, err := observe.ReadCapture(bundle, job.Bundle, m, c, func(o fact.Observation) {
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
