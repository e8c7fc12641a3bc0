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
	call := s.call
	call.Stdout, call.Limit = s.rec, 16<<20
	from := time.Now().UTC()
	r := s.handset.Run(ctx, call)
	s.taken++
	if r.Stderr != "" {
		s.stderr = r.Stderr
	}
	switch {
	case r.Timeout || r.Cut:
		s.gap(from, r.Err.Error())
	case r.Err != nil:
		s.gap(from, r.Err.Error())
		return r.Err
	case *r.Exit != 0:
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
		s.coverage.State, s.coverage.Reason = evidence.Denied, s.coverage.Gaps[0].Reason
	}
	_, err := s.rec.End(nil, s.stderr, s.coverage)
	return err
}
