package lab

import (
	"context"
	"fmt"
	"io"
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
	taken    int            // looks; a call may hold many
	whole    int            // those that surely came whole
	failed   bool           // the last call
	lacks    evidence.State // what kept it from being whole
}

func sample(h *handset, to *evidence.Bundle, c collect.Collector, clock *evidence.Clock, known *collect.Known) (*samples, error) {
	s := &samples{handset: h, call: c.Open(h.SDK(), known)}
	rec, err := to.Begin(evidence.Capture{Source: c.Name, Phase: evidence.During, Command: []string{"sh", "-c", s.call.Script}, Clock: clock})
	s.rec = rec
	return s, err
}

// sampleOnce looks once more. A look that fails on the handset's side is a gap; the
// transport's fault is the error.
func (s *samples) sampleOnce(ctx context.Context) error {
	from := time.Now().UTC()
	return s.enter(1, from, s.handset.Run(ctx, s.into(s.rec, 1)))
}

// sleep sleeps through n slices of a wait, and looks after each, in one shell. It
// says through how many: less than n where a look failed, after which sleep is
// asked for alone. A handset that does not wake from that is lost.
func (s *samples) sleep(ctx context.Context, slice time.Duration, n int) (int, error) {
	if s.failed {
		if err := s.handset.nap(ctx, slice); err != nil {
			return 0, err
		}
		return 1, s.sampleOnce(ctx)
	}
	from := time.Now().UTC()
	p := &pulse{to: s.rec, alive: s.handset.alive, before: from, last: from}
	r := s.handset.rounds(ctx, slice, n, s.into(p, n))
	if bad(r) {
		n, from = min(max(1, p.rounds), n), p.before
	}
	return n, s.enter(n, from, r)
}

// into is the call whose output, of so many looks, is added.
func (s *samples) into(w io.Writer, n int) collect.Call {
	call := s.call
	call.Stdout, call.Limit = w, int64(n)<<24
	return call
}

// bad says whether a look, the last where there were many, may not be whole.
func bad(r collect.Result) bool { return r.Err != nil || *r.Exit != 0 }

// enter counts n looks since a time, of which only the last may not be whole.
func (s *samples) enter(n int, from time.Time, r collect.Result) error {
	s.taken += n
	s.whole += n
	if s.failed = bad(r); s.failed {
		s.whole--
	}
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

// mostGaps is how many gaps of one capture are told one by one.
const mostGaps = 200

// gap enters what was not seen since a time. Beyond mostGaps the last one goes on
// for as long as looks fail.
func (s *samples) gap(from time.Time, reason string) {
	if n := len(s.coverage.Gaps); n == mostGaps {
		s.coverage.Gaps[n-1].To = time.Now().UTC()
		s.coverage.Gaps[n-1].Reason = "several looks failed, the last one so: " + reason
		return
	}
	s.coverage.Gaps = append(s.coverage.Gaps, evidence.Gap{From: from, To: time.Now().UTC(), Reason: reason})
}

func (s *samples) close() error {
	s.coverage.State, s.coverage.Reason = evidence.Whole, fmt.Sprintf("%d samples", s.taken)
	switch {
	case s.taken == 0:
		s.coverage = evidence.Coverage{State: evidence.NotRun, Reason: "no sample was taken"}
	case s.whole == 0:
		s.coverage.State, s.coverage.Reason = s.lacks, s.coverage.Gaps[len(s.coverage.Gaps)-1].Reason
	}
	_, err := s.rec.End(nil, s.stderr, s.coverage)
	return err
}
