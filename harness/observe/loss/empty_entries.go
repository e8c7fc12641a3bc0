package loss

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// emptyEntries are the entries that logcat prints no line for. logd counts them, and no
// stream of text has them. Only the log's binary form shows them reliably, since an app can
// write any text.
type emptyEntries struct {
	why string // why some of them are not known, in words
	at  []time.Time
}

// mostEmpties bounds how many of them are remembered.
const mostEmpties = 1 << 20

// newEmptyEntries begins with the capture of the log's binary form.
func newEmptyEntries(c evidence.Capture) *emptyEntries {
	e := &emptyEntries{}
	if s := c.Coverage.State; s != evidence.Whole && s != evidence.Empty {
		e.Lacks(strings.TrimSuffix(string(s)+": "+c.Coverage.Reason, ": "))
	}
	return e
}

// Add takes a fact of the capture.
func (e *emptyEntries) Add(f fact.Fact) {
	empty, ok := f.(fact.LogEmpty)
	if !ok {
		return
	}
	sec, nsec, _ := strings.Cut(empty.Time, ".")
	s, err := strconv.ParseInt(sec, 10, 64)
	n, err2 := strconv.ParseInt(nsec, 10, 64)
	if err != nil || err2 != nil || len(e.at) == mostEmpties {
		e.Lacks("not all entries of the log could be remembered")
		return
	}
	e.at = append(e.at, time.Unix(s, n))
}

// Lacks says why the capture does not have all of them.
func (e *emptyEntries) Lacks(why string) {
	if e.why == "" {
		e.why = why
	}
}

// within says how many of the empty entries were written between the statistics: certainly,
// and at most. If that cannot be known, why has the reason in words, and both are 0. An
// entry with the time of a bound may stand on either side of it.
func (l *comparison) within() (certain, most int, why string) {
	if l.Empties == nil {
		return 0, 0, ""
	}
	switch {
	case len(l.Jumps) > 0:
		return 0, 0, "the clock was set"
	case l.disorder || l.back > time.Second:
		return 0, 0, "the log's times run back"
	case l.first.before == nil && l.first.held():
		return 0, 0, "the newest entry before the statistics had none either"
	}
	outer, inner := logStretch{slack: l.back}, logStretch{slack: -l.back}
	for _, b := range []struct {
		of     *logStretch
		look   *logLook
		line   *fact.LogLine
		passed passed
		end    bool
	}{
		{&outer, l.first, l.first.before, l.before[0], false}, {&outer, l.second, l.second.after, l.after[1], true},
		{&inner, l.first, l.first.after, l.after[0], false}, {&inner, l.second, l.second.before, l.before[1], true},
	} {
		if b.passed.seen && !b.of.bound(b.look, b.line, b.end) {
			return 0, 0, "an entry's time could not be read"
		}
	}
	closed := l.after[0].seen && l.before[1].seen
	for _, t := range l.Empties.at {
		if outer.holds(t, true) {
			most++
		}
		if closed && inner.holds(t, false) {
			certain++
		}
	}
	return certain, most, ""
}

// logStretch is a stretch of the log's time. A bound that is zero is open.
type logStretch struct {
	from, to time.Time
	unit     time.Duration // to which the bounds are exact
	slack    time.Duration // how far the stretch reaches beyond its bounds
}

// bound sets an end of the stretch to an entry's time.
func (s *logStretch) bound(look *logLook, line *fact.LogLine, end bool) bool {
	t, unit, ok := logTime(line.Time, look.clock)
	if s.unit = max(s.unit, unit); end {
		s.to = t
	} else {
		s.from = t
	}
	return ok
}

// holds says whether a time lies in the stretch; at is the answer for the time of a bound.
func (s *logStretch) holds(t time.Time, at bool) bool {
	if s.unit > 0 {
		t = t.Truncate(s.unit)
	}
	from, to := s.from.Add(-s.slack), s.to.Add(s.slack)
	after := s.from.IsZero() || t.After(from) || at && t.Equal(from)
	before := s.to.IsZero() || t.Before(to) || at && t.Equal(to)
	return after && before
}

// logTime reads the time of an entry, and the unit to which it is exact. A year or a zone
// that the entry does not have is that of the handset's clock.
func logTime(t []byte, clock *evidence.Clock) (at time.Time, unit time.Duration, ok bool) {
	_, fraction, _ := bytes.Cut(t, []byte("."))
	_, exact := printout.DigitsAt(fraction, 0)
	unit = time.Second
	for range min(exact, 9) {
		unit /= 10
	}
	if at, err := time.Parse("2006-01-02 15:04:05 -0700", string(t)); err == nil {
		return at, unit, true
	}
	if clock == nil {
		return at, unit, false
	}
	zone := clock.Device.Location()
	if at, err := time.ParseInLocation("2006-01-02 15:04:05", string(t), zone); err == nil {
		return at, unit, true
	}
	for _, year := range []int{0, -1, 1} {
		at, err := time.ParseInLocation("2006-01-02 15:04:05", fmt.Sprintf("%04d-%s", clock.Device.Year()+year, t), zone)
		if err == nil && at.Sub(clock.Device).Abs() < 180*24*time.Hour {
			return at, unit, true
		}
	}
	return at, unit, false
}

// order notes by how much an entry's time is before that of an earlier one.
func (l *comparison) order(t []byte) {
	if bytes.Compare(t, l.newest) >= 0 {
		l.newest = append(l.newest[:0], t...)
		return
	}
	var clock *evidence.Clock
	if l.first != nil {
		clock = l.first.clock
	}
	newest, _, ok := logTime(l.newest, clock)
	at, _, ok2 := logTime(t, clock)
	if !ok || !ok2 {
		l.disorder = true
		return
	}
	if l.back = max(l.back, newest.Sub(at)); at.After(newest) { // by another zone
		l.newest = append(l.newest[:0], t...)
	}
}
