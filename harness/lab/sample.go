package lab

import (
	"context"
	"fmt"
	"time"

	"assay/harness/collect"
	"assay/harness/evidence"
)

// samples is a capture to which one look after another is added.
type samples struct {
	handset  *handset
	call     collect.Call
	rec      *evidence.Recording
	coverage evidence.Coverage
	stderr   string
	taken    int
	failed   bool           // the last look
	lacks    evidence.State // what kept it from being whole
}

func sample(h *handset, to *evidence.Bundle, c collect.Collector, clock *evidence.Clock, known *collect.Known) (*samples, error) {
	s := &samples{handset: h, call: c.Open(h.SDK(), known)}
	rec, err := to.Begin(evidence.Capture{Source: c.Name, Phase: evidence.During, Command: []string{"sh", "-c", s.call.Script}, Clock: clock})
	s.rec = rec
	return s, err
}

// take looks once more. A look that fails on the handset's side is a gap; the
// transport's fault is the error.
func (s *samples) take(ctx context.Context) error {
	from := time.Now().UTC()
	return s.enter(from, s.handset.Run(ctx, s.into()))
}

// rest sleeps through a slice of a wait and looks once more, in one shell. After
// a look that failed sleep is asked for alone: a handset that does not wake from
// that is lost.
func (s *samples) rest(ctx context.Context, nap time.Duration) error {
	if !s.failed {
		from := time.Now().UTC()
		return s.enter(from, s.handset.after(ctx, nap, s.into()))
	}
	if err := s.handset.nap(ctx, nap); err != nil {
		return err
	}
	return s.take(ctx)
}

// into is the call whose output is added.
func (s *samples) into() collect.Call {
	call := s.call
	call.Stdout, call.Limit = s.rec, 16<<20
	return call
}

func (s *samples) enter(from time.Time, r collect.Result) error {
	s.taken++
	s.failed = r.Err != nil || *r.Exit != 0
	if r.Stderr != "" {
		s.stderr = r.Stderr
	}
	switch {
	case r.Timeout:
		s.lacks = evidence.TimedOut
		s.gap(from, r.Err.Error())
	case r.Err != nil:
		s.lacks = evidence.Truncated
		s.gap(from, r.Err.Error())
		if !r.Cut {
			return r.Err
		}
	case *r.Exit != 0:
		s.lacks = evidence.Denied
		s.gap(from, fmt.Sprintf("exit %d: %s", *r.Exit, r.Stderr))
	}
	return nil
}

func (s *samples) gap(from time.Time, reason string) {
	s.coverage.Gaps = append(s.coverage.Gaps, evidence.Gap{From: from, To: time.Now().UTC(), Reason: reason})
}

func (s *samples) close() error {
	s.coverage.State, s.coverage.Reason = evidence.Whole, fmt.Sprintf("%d samples", s.taken)
	switch {
	case s.taken == 0:
		s.coverage = evidence.Coverage{State: evidence.NotRun, Reason: "no sample was taken"}
	case len(s.coverage.Gaps) == s.taken:
		s.coverage.State, s.coverage.Reason = s.lacks, s.coverage.Gaps[len(s.coverage.Gaps)-1].Reason
	}
	_, err := s.rec.End(nil, s.stderr, s.coverage)
	return err
}
