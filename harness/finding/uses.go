package finding

import (
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe"
)

// printedTime is how AppOpsService prints a time from Android 9 on.
const printedTime = "2006-01-02 15:04:05.000"

// use is one use of an op that falls into a case's own time.
type use struct {
	observe.OpUse
	ref evidence.Ref
}

// useKey is what Android keeps one last use of.
type useKey struct {
	uid      android.UID
	pkg      android.Package
	op       android.Op
	tag      string
	state    android.State
	flag     string
	rejected bool
}

func keyOf(u observe.OpUse) useKey {
	return useKey{u.UID, u.Package, u.Op, u.Tag, u.State, u.Flag, u.Rejected}
}

// uses lists the uses of ops that a case is about: of imported print-outs all
// that they show; of an attempt those that came up between the dump before the
// steps and the dump after them.
func uses(c *Case) []use {
	var all []use
	w := newWindow(c)
	for u, o := range observe.Of[observe.OpUse](c.Observations) {
		if c.Scenario == evidence.Imported || o.Ref.Bundle == w.bundle && o.Phase == evidence.After && w.holds(u) {
			all = append(all, use{u, o.Ref})
		}
	}
	return all
}

// window is the time of one attempt, by the handset's own print-outs.
type window struct {
	bundle string                     // the attempt's; the baseline's print-outs are older
	before map[useKey][]observe.OpUse // what was there before the first step
	whole  bool                       // before lacks nothing
	start  time.Time                  // handset's clock, at the first step; zero: not known
	ahead  time.Duration              // how far the handset's clock is ahead of the host's
	end    time.Time                  // host's clock, at the dump after the last step, or at that step's end; zero: not known
	length time.Duration              // from the first step to end; 0: not known
}

func newWindow(c *Case) window {
	w := window{before: map[useKey][]observe.OpUse{}}
	for _, o := range c.Observations {
		if _, ok := o.Fact.(observe.OpUse); ok && o.Phase == evidence.After {
			w.bundle = o.Ref.Bundle
		}
	}
	for u, o := range observe.Of[observe.OpUse](c.Observations) {
		if o.Phase == evidence.Before && o.Ref.Bundle == w.bundle {
			w.before[keyOf(u)] = append(w.before[keyOf(u)], u)
		}
	}
	w.whole = len(Need{Source: appOps, Phase: evidence.Before}.lacking(c, nil)) == 0
	var first, last observe.Step
	for s := range observe.Of[observe.Step](c.Observations) {
		if first.Index == 0 {
			first = s
		}
		last = s
	}
	if !first.Device.IsZero() {
		w.start = first.Device.Add(first.Started.Sub(first.Ended))
		w.ahead = first.Device.Sub(first.Ended)
	}
	w.end = last.Ended
	for _, v := range c.Coverage {
		if v.Source == appOps && v.Phase == evidence.After && !v.Started.IsZero() {
			w.end = v.Started
		}
	}
	if !first.Started.IsZero() {
		w.length = w.end.Sub(first.Started)
	}
	return w
}

// holds says whether a use of the dump after the steps came up while they ran.
// Uses of which that cannot be told are not held against anybody; that the dump
// before the steps is lacking makes the verdict Unknown elsewhere.
func (w window) holds(u observe.OpUse) bool {
	old, was := w.before[keyOf(u)]
	switch {
	case u.Running:
		return true
	case u.Local != "" && was:
		return !unchanged(old, u)
	case u.Local != "" && w.whole:
		return true
	case u.Local != "":
		at, ok := w.local(u.Local)
		return ok && !at.Before(w.start)
	case u.Ago < 0:
		return false
	case !was && w.whole || was && u.Ago < old[0].Ago:
		return true
	}
	return u.Ago < w.length
}

// when gives the host's time of a use, as far as the print-outs tell.
func (w window) when(u observe.OpUse) (time.Time, bool) {
	if u.Local != "" {
		at, ok := w.local(u.Local)
		return at.Add(-w.ahead), ok
	}
	return w.end.Add(-u.Ago), !w.end.IsZero()
}

// unchanged says whether the dump before the steps has the very same use.
func unchanged(old []observe.OpUse, u observe.OpUse) bool {
	for _, o := range old {
		if o.Local == u.Local && o.Duration == u.Duration && !o.Running {
			return true
		}
	}
	return false
}

// local reads a time that the handset printed in its own zone.
func (w window) local(printed string) (time.Time, bool) {
	if w.start.IsZero() {
		return time.Time{}, false
	}
	at, err := time.ParseInLocation(printedTime, printed, w.start.Location())
	return at, err == nil
}

// steps lists what the harness did in an attempt.
func steps(c *Case) []observe.Step {
	var all []observe.Step
	for s := range observe.Of[observe.Step](c.Observations) {
		all = append(all, s)
	}
	return all
}
