package finding

import (
	"fmt"
	"strings"
	"time"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// looks are the looks at the socket tables of one attempt.
type looks struct {
	taken  int
	missed int           // by the handset's clock, late or not there; -1: not known
	slice  time.Duration // the longest that a wait leaves between two, as the scenario has it; 0: nothing waits
	refs   []evidence.Ref
}

// tardy is the most by which a look may be late, and count as in time: between two
// slices of a wait the harness looks for dialogs, and reads the views of the screen,
// which takes a real handset some seconds.
const tardy = 15 * time.Second

// String says how often it was looked, and how far apart by plan: the handset's
// clock, read to a second, would say another time in each run.
func (l looks) String() string {
	if l.slice == 0 {
		return fmt.Sprintf("%d looks at the sockets, one at the end of each step", l.taken)
	}
	return fmt.Sprintf("%d looks at the sockets, one at the end of each step and at least every %s of a wait", l.taken, l.slice)
}

// looksOf compares the looks that were taken with those that were due: one at the
// end of each step, and in a wait one in each of its slices.
func looksOf(c *Case) looks {
	var l looks
	w := c.window()
	known := len(w.steps) > 0 && !w.start.IsZero()
	last := w.start
	for s, o := range fact.Of[fact.SocketLook](c.Observations) {
		if s.Protocol != "tcp" {
			continue
		}
		at := time.Unix(s.At, 0)
		if l.taken++; known {
			l.late(w, last, at, o.Ref)
		}
		last = at
	}
	for i := range w.steps {
		l.slice = max(l.slice, w.slice(i))
	}
	switch {
	case l.taken == 0:
	case !known || w.end.IsZero():
		l.missed = -1
	default:
		l.late(w, last, w.end, evidence.Ref{})
	}
	return l
}

// late counts the looks that lack between two times.
func (l *looks) late(w *window, from, to time.Time, ref evidence.Ref) {
	gap, due := to.Sub(from), w.due(from, to)
	switch {
	case gap < -resolution: // the handset's clock was set back
		l.missed++
	case gap > due+tardy:
		l.missed += int(gap / due)
	default:
		return
	}
	if ref.File != "" && len(l.refs) < mostGrounds {
		l.refs = append(l.refs, ref)
	}
}

// due is the longest that the harness leaves between two looks in a stretch of time:
// a step is as long as it is, and a wait is cut in slices (Sleep of lab).
func (w *window) due(from, to time.Time) time.Duration {
	longest := resolution
	for i, s := range w.steps {
		begins := w.began(i)
		if begins.IsZero() || s.Device.IsZero() || !begins.Before(to) || !s.Device.After(from) {
			continue
		}
		d := s.Device.Sub(begins)
		if slice := w.slice(i); slice > 0 {
			d = slice
		}
		longest = max(longest, d)
	}
	return longest
}

// slice is how long the slices are in which a step waits; 0 where it does not. How
// long it waits its text says, and where it does not, the handset's clock.
func (w *window) slice(i int) time.Duration {
	s := w.steps[i]
	if s.Verb != "wait" && s.Verb != "idle" {
		return 0
	}
	_, text, _ := strings.Cut(s.Text, ": ")
	d, err := time.ParseDuration(text)
	if err != nil {
		d = s.Device.Sub(w.began(i))
	}
	return min(max(time.Second, (d/60).Round(time.Second)), 5*time.Minute)
}
