package finding

import (
	"cmp"
	"slices"
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
)

const (
	// seam is the most that may lie between two uses that are one. AppOpsService
	// closes an op that goes on and opens it anew, under one lock, when its UID's
	// state changes (AttributedOp.onUidStateChanged, Android 12 to 16; the same in
	// AppOpsService.updateUidProcState, 9 to 11): a millisecond or two. But which
	// state that is it learns late, and puts the change off by bg_state_settle_time,
	// a second in every release, by which it holds two states for one.
	seam = time.Second

	// settles is the most by which Android 9 and 10 put off a fall from the screen
	// (top_state_settle_time). Until then an op that is going on when its app leaves
	// gets a mark in its new state at once, and is closed under the old one.
	settles = 30 * time.Second

	// lingers is how long a use may go on when its app has left the screen, and be
	// but closed. An app closes the camera in onStop, which Android calls as late as
	// ten seconds after that (IDLE_TIMEOUT of ActivityStackSupervisor, 5 to 10;
	// ActivityTaskSupervisor, 12 to 16). Its own guards are no stricter: a client of
	// the camera or the microphone is cut off when its UID is idle, a minute after.
	lingers = 10 * time.Second
)

// access is one access, which a dump may show as several uses: of one app, op and
// attribution tag, through nobody or through the same kind of proxy, each in the
// state that the UID was in meanwhile. What Android refused is never a part of it.
type access struct {
	parts []part // by their beginning
	// later says that the same op was used again when this access was over, and not
	// out of sight, so that Android may have overwritten what came before it.
	later bool
	held  bool // some part came up in the case's own time
}

// part is one use, placed in time. Times are those of the dump's own moment, which
// is 0, so that uses of which it says when, and uses of which it says how long
// ago, stand on one line.
type part struct {
	use
	from, to time.Duration
	told     bool // it is known how long it was
}

// accessKey is what the uses of one access have in common.
type accessKey struct {
	bundle, file string
	uid          android.UID
	pkg          android.Package
	op           android.Op
	tag, flag    string
}

// accessesOf joins the uses that a case is about, and those that stand beside
// them in the dump, to accesses, in the order in which the dump has them.
func accessesOf(c *Case) []access {
	groups, order := map[accessKey][]part{}, []accessKey{}
	held := map[evidence.Ref]bool{}
	for _, u := range c.uses() {
		held[u.ref] = true
	}
	for _, u := range c.window().beside(c) {
		if u.Rejected {
			continue
		}
		k := accessKey{u.ref.Bundle, u.ref.File, u.UID, u.Package, u.Op, u.Tag, cmp.Or(u.Flag, "s")}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], partOf(u, c.Handset.Build.SDK))
	}
	var all []access
	for _, k := range order {
		for _, a := range joined(groups[k]) {
			a.held = slices.ContainsFunc(a.parts, func(p part) bool { return held[p.ref] })
			if a.held {
				all = append(all, a)
			}
		}
	}
	return all
}

// partOf places a use. Up to Android 10 the time that is printed is that of its
// end (AppOpsService.finishOperationLocked), from 11 that of its beginning
// (AttributedOp.finishOrPause); of what still goes on it is always the beginning.
func partOf(u use, sdk int) part {
	length := max(0, u.Duration)
	p := part{use: u, from: -u.Ago, told: true}
	switch {
	case u.Running:
		p.from, p.to = min(p.from, 0), 0
		p.told = u.Ago > 0 // Android 10 takes two clocks for one, and prints nonsense
	case sdk != 0 && sdk < 30 || u.State == android.StateUnknown:
		p.from, p.to = p.from-length, p.from
	default:
		p.to = p.from + length
	}
	marks := u.State != android.StateUnknown && (sdk == 28 || sdk == 29 || u.Flag == "")
	if marks && !u.Running && u.Op.Lasts() && length == 0 {
		p.told = false // the moment at which the state changed
	}
	return p
}

// joined cuts the parts of one key where more than a seam lies between them.
func joined(parts []part) []access {
	parts = started(parts)
	slices.SortStableFunc(parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(excuses[a.State.Presence()], excuses[b.State.Presence()]))
	})
	var all []access
	var end time.Duration
	for i, p := range parts {
		if i == 0 || p.from-end > between(parts[i-1], p) {
			all = append(all, access{})
			end = p.to
		}
		last := &all[len(all)-1]
		last.parts = append(last.parts, p)
		end = max(end, p.to)
	}
	seen := func(p part) bool { return p.State.Presence() != android.Away }
	for i := len(all) - 2; i >= 0; i-- {
		all[i].later = all[i+1].later || slices.ContainsFunc(all[i+1].parts, seen)
	}
	return all
}

// between is the most that may lie between two uses that follow upon one another,
// and are one. A mark of Android 9 and 10 out of sight may be closed on the screen,
// within what settles; one that comes later than what lingers is held against its
// app, whether it began or went on.
func between(p, next part) time.Duration {
	hidden := func(p part) bool { return p.State.Presence() == android.Away }
	switch {
	case p.told && next.told:
		return seam
	case hidden(p) && !hidden(next):
		return settles
	}
	return lingers
}

// excuses orders what begins at one moment: what speaks for the app first.
var excuses = map[android.Presence]int{android.There: 0, android.NotTold: 1, android.Away: 2}

// started corrects what goes on: the state that is printed for it is the UID's of
// now. Where another use of the same access says what state it began in (its own
// line, from Android 11), or has since been marked in another (9 and 10), it
// counts from there.
func started(parts []part) []part {
	for i := range parts {
		p := &parts[i]
		if !p.Running {
			continue
		}
		for _, o := range parts {
			switch {
			case o.Running:
			case o.to >= -seam && o.from <= p.from+seam: // the same, with its own state
				p.State = o.State
			case !o.told && o.from > p.from:
				p.from = o.from
			}
		}
	}
	return parts
}

// refs cites all lines of the access.
func (a access) refs() []evidence.Ref {
	refs := make([]evidence.Ref, 0, len(a.parts))
	for _, p := range a.parts {
		refs = append(refs, p.ref)
	}
	return refs
}

// use is the access by the first of its lines.
func (a access) use() use { return a.parts[0].use }

// from and to are when the access began and ended.
func (a access) from() time.Duration { return a.parts[0].from }

func (a access) to() time.Duration {
	return slices.MaxFunc(a.parts, func(x, y part) int { return cmp.Compare(x.to, y.to) }).to
}
