package finding

import (
	"slices"
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// printedTime is how AppOpsService prints a time from Android 9 on.
const printedTime = "2006-01-02 15:04:05.000"

// use is one use of an op that falls into a case's own time.
type use struct {
	fact.OpUse
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

func keyOf(u fact.OpUse) useKey {
	return useKey{u.UID, u.Package, u.Op, u.Tag, u.State, u.Flag, u.Rejected}
}

// usesOf lists the uses of ops that a case is about: of imported print-outs all
// that they show; of an attempt those that came up between the dump before the
// steps and the dump after them.
func usesOf(c *Case) []use {
	w := c.window()
	return slices.DeleteFunc(w.beside(c), func(u use) bool { return c.Scenario != evidence.Imported && !w.holds(u.OpUse) })
}

// beside lists all uses of the dumps in which those stand that a case is about,
// the older ones too.
func (w *window) beside(c *Case) []use {
	var all []use
	for u, o := range fact.Of[fact.OpUse](c.Observations) {
		if c.Scenario == evidence.Imported || o.Ref.Bundle == w.bundle && o.Phase == evidence.After {
			all = append(all, use{u, o.Ref})
		}
	}
	return all
}

// window is the time of one attempt, by the handset's own clock: a virtual
// handset's may run faster than the host's.
type window struct {
	bundle string                  // the attempt's; the baseline's print-outs are older
	before map[useKey][]fact.OpUse // what was there before the first step
	whole  bool                    // before lacks nothing
	steps  []fact.Step
	start  time.Time // just before the dump before the steps; zero: not known
	end    time.Time // at the last step's end, just before the dump after it; zero: not known
}

func newWindow(c *Case) window {
	w := window{before: map[useKey][]fact.OpUse{}, steps: c.steps()}
	for _, o := range c.Observations {
		if _, ok := o.Fact.(fact.OpUse); ok && o.Phase == evidence.After {
			w.bundle = o.Ref.Bundle
		}
	}
	for u, o := range fact.Of[fact.OpUse](c.Observations) {
		if o.Phase == evidence.Before && o.Ref.Bundle == w.bundle {
			w.before[keyOf(u)] = append(w.before[keyOf(u)], u)
		}
	}
	w.whole = len(Need{Source: appOps, Phase: evidence.Before}.lacking(c, nil)) == 0
	if c.Clock != nil {
		w.start = c.Clock.Device
	}
	if len(w.steps) > 0 {
		w.end = w.steps[len(w.steps)-1].Device
	}
	return w
}

// holds says whether a use of the dump after the steps came up while they ran.
// Uses of which that cannot be told are not held against anybody; that the dump
// before the steps is lacking makes the verdict Unknown elsewhere.
func (w *window) holds(u fact.OpUse) bool {
	old, was := w.before[keyOf(u)]
	switch {
	case u.Running:
		return true
	case !was && w.whole:
		return true
	case u.Local != "" && was:
		return !unchanged(old, u)
	case u.Local != "":
		at, ok := w.when(u)
		return ok && !w.start.IsZero() && !at.Before(w.start)
	case u.Ago < 0:
		return false // the handset's clock was set back
	case was: // what was not used again is older by the time that passed
		return u.Ago < old[0].Ago+max(0, w.length()-resolution)
	}
	return u.Ago < w.length()
}

// resolution is how finely the handset's clock is read: by date, to a second.
const resolution = time.Second

// length is how long the attempt took; 0: not known.
func (w *window) length() time.Duration {
	if w.start.IsZero() || w.end.IsZero() {
		return 0
	}
	return w.end.Sub(w.start)
}

// unchanged says whether the dump before the steps has the very same use.
func unchanged(old []fact.OpUse, u fact.OpUse) bool {
	for _, o := range old {
		if o.Local == u.Local && o.Duration == u.Duration && !o.Running {
			return true
		}
	}
	return false
}

// when gives the handset's time of a use, as far as the print-outs tell. Where
// the dump says only how long ago it was, the time is early by as much as the
// dump came after the last step's end.
func (w *window) when(u fact.OpUse) (time.Time, bool) {
	if u.Local == "" {
		return w.end.Add(-u.Ago), !w.end.IsZero()
	}
	for _, known := range []time.Time{w.start, w.end} {
		if !known.IsZero() {
			at, err := time.ParseInLocation(printedTime, u.Local, known.Location())
			return at, err == nil
		}
	}
	return time.Time{}, false
}

// began gives the handset's time at which a step began: when the one before it
// had ended.
func (w *window) began(i int) time.Time {
	if i == 0 {
		return w.start
	}
	return w.steps[i-1].Device
}

// stepsOf lists what the harness did in an attempt.
func stepsOf(c *Case) []fact.Step {
	var all []fact.Step
	for s := range fact.Of[fact.Step](c.Observations) {
		all = append(all, s)
	}
	return all
}
