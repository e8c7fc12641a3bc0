package finding

import (
	"slices"
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
)

// stretch is a time of an access in which the answer to one question was the
// same: was its user there?
type stretch struct {
	there    tri
	from, to time.Duration
	told     bool // how long it was is known
	// how it is known
	steps  bool // by the steps, and not by Android's states
	notice bool // a notification of its own announced it
}

// length is how long the stretch lasted.
func (s stretch) length() time.Duration { return s.to - s.from }

// course is an access in stretches that follow upon one another, no two alike. The
// steps' times are as sure as shift: the answer counts only if it is the same for
// every shift.
func (w *window) course(c *Case, a access, shift time.Duration) []stretch {
	var course []stretch
	for i, p := range a.parts {
		if !p.told && !p.Running && i+1 < len(a.parts) { // a mark holds until the next
			p.to, p.told = a.parts[i+1].from, true
		}
		for _, s := range w.stretches(c, p, shift) {
			course = follow(course, s)
		}
	}
	return course
}

// follow appends a stretch. Where it overlaps with the one before, what speaks for
// the app counts.
func follow(course []stretch, s stretch) []stretch {
	if len(course) == 0 {
		return append(course, s)
	}
	last := &course[len(course)-1]
	switch {
	case last.there == s.there:
		last.to, last.told = max(last.to, s.to), last.told && s.told
		last.steps, last.notice = last.steps || s.steps, last.notice || s.notice
		return course
	case s.from >= last.to:
	case last.there == no || s.there == yes:
		last.to = s.from
	case s.to <= last.to:
		return course
	default:
		s.from = last.to
	}
	return append(course, s)
}

// stretches cuts one use at the steps, where Android's state does not say whether
// its user was there.
func (w *window) stretches(c *Case, p part, shift time.Duration) []stretch {
	one := stretch{from: p.from, to: p.to, told: p.told}
	switch p.State.Presence() {
	case android.There:
		one.there = yes
		return []stretch{one}
	case android.Away:
		one.there = no
		return []stretch{one}
	}
	one.steps = true
	switch {
	case c.Scenario == evidence.Imported:
		return []stretch{one}
	case untouched(c):
		one.there = no
		return []stretch{one.of(p.use)}
	}
	now, ok := w.when(p.OpUse)
	if !ok {
		return []stretch{one}
	}
	now = now.Add(p.Ago + shift) // the dump's moment
	var cut []stretch
	for _, at := range w.cuts(p, now) {
		s := one
		s.from, s.to = at[0], at[1]
		s.there = w.shows(p.Package, now.Add(s.from+s.length()/2))
		if s.there == no && p.State.Serves() {
			s.there = maybe // what it serves may be what is on the screen
		}
		cut = follow(cut, s.of(p.use))
	}
	return cut
}

// of takes a notification that tells of the location for an announcement: the
// location is read for what its user has left running, a way to be shown or a run
// to be recorded, and Android has no other form for that. The camera and the
// microphone nobody leaves running in another's favour.
func (s stretch) of(u use) stretch {
	if s.there == no && u.State.Announced() && android.OpGroup(u.Op) == "location" {
		s.there, s.notice = maybe, true
	}
	return s
}

// cuts gives the times between which no step of the attempt begins or ends, within
// one use.
func (w *window) cuts(p part, now time.Time) [][2]time.Duration {
	at := []time.Duration{p.from, p.to}
	for i, s := range w.steps {
		for _, t := range []time.Time{w.began(i), s.Device} {
			if d := t.Sub(now); !t.IsZero() && d > p.from && d < p.to {
				at = append(at, d)
			}
		}
	}
	slices.Sort(at)
	var cuts [][2]time.Duration
	for i := range at[1:] {
		if at[i] < at[i+1] || len(at) == 2 {
			cuts = append(cuts, [2]time.Duration{at[i], at[i+1]})
		}
	}
	return cuts
}

// always says whether the steps had an app on the screen from the beginning of
// the attempt to a time of the handset's.
func (w *window) always(p android.Package, until time.Time) bool {
	for i := range w.steps {
		begins := w.began(i)
		if begins.IsZero() || begins.After(until) {
			break
		}
		if w.shows(p, begins) != yes {
			return false
		}
	}
	return !w.start.IsZero()
}
