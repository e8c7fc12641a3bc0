package finding

import (
	"time"

	"assay/harness/android"
)

// view is what an access says to the claim that no app does such a thing unless
// its user is there, and why.
type view struct {
	verdict Verdict
	why     why
	steps   bool // it is the steps that say so, and not Android's states
}

// why is the reason of a view.
type why int

const (
	nobodySays   why = iota // whether its user was there
	seenAll                 // its user was there all the time
	lingered                // it was closed soon after its app had left the screen, or begun just before it came
	began                   // it began while its user was not there
	wentOn                  // it went on when its user was gone
	announced               // a notification told of it
	overwritten             // what came before it may have been overwritten
	lastAlone               // it is the last use alone that is known
	stillRunning            // its app has just left, and it is not over
)

// view judges one access. What begins while its user is not there is held against
// the app, and what goes on for longer than lingers when they are gone. What the
// steps say counts only if it is the same for all times that their clocks allow.
func (w *window) view(c *Case, a access) view {
	first := w.viewAt(c, a, 0)
	if !first.steps {
		return first
	}
	unsure := resolution
	for _, p := range a.parts {
		if p.Local == "" {
			unsure = late
		}
	}
	for _, shift := range []time.Duration{unsure / 2, unsure} {
		if w.viewAt(c, a, shift) != first {
			return view{why: nobodySays}
		}
	}
	return first
}

func (w *window) viewAt(c *Case, a access, shift time.Duration) view {
	course := w.course(c, a, shift)
	v := a.viewOf(course)
	for _, s := range course {
		v.steps = v.steps || s.steps
	}
	if v.why == seenAll && v.steps && !w.wholly(a) {
		v.verdict, v.why = Unknown, lastAlone
	}
	return v
}

// viewOf judges the course of an access.
func (a access) viewOf(course []stretch) view {
	if len(course) == 1 && course[0].there == no {
		if a.later && a.use().Op.Lasts() && course[0].length() <= lingers {
			return view{why: overwritten}
		}
		return view{verdict: Flagged, why: began}
	}
	hidden, doubt := false, view{verdict: Clear, why: seenAll}
	for i, s := range course {
		switch {
		case s.there == yes:
		case s.there == maybe && s.notice:
			doubt = view{why: announced}
		case s.there == maybe:
			doubt = view{why: nobodySays}
		case i == 0 && s.length() > seam && a.parts[0].told:
			return view{verdict: Flagged, why: began}
		case i > 0 && s.length() > lingers:
			return view{verdict: Flagged, why: wentOn}
		case i == 0 && s.length() > seam, !s.told:
			doubt = view{why: nobodySays}
		case i == len(course)-1 && a.running():
			doubt = view{why: stillRunning}
		default:
			hidden = true
		}
	}
	if hidden && doubt.why == seenAll {
		return view{verdict: Clear, why: lingered}
	}
	return doubt
}

// running says whether the access was going on when the dump was made.
func (a access) running() bool {
	for _, p := range a.parts {
		if p.Running {
			return true
		}
	}
	return false
}

// wholly says whether no earlier use can be hidden behind an access of which only
// the steps say that its user was there. Android keeps the last use alone, of an op
// or of a state that is the same on the screen and off it: an earlier one in the
// attempt is overwritten, and counts as not seen unless the app was on the screen
// from the first step on.
func (w *window) wholly(a access) bool {
	for _, p := range a.parts {
		if p.State.Presence() != android.NotTold {
			continue
		}
		at, ok := w.when(p.OpUse)
		if !ok || !w.always(p.Package, at.Add(p.Ago+p.from)) {
			return false
		}
	}
	return true
}

// told are the sentences of views, as the steps tell them and as Android does.
var told = map[why][2]string{
	nobodySays: {"used %s, and neither Android nor the steps say whether its user was there"},
	lingered:   {"used %s on the screen, and began just before or closed just after it was there"},
	began:      {"used %s while it was not on the screen", "used %s in the background"},
	wentOn: {"went on using %s when it had left the screen, for more than " + lingers.String(),
		"went on using %s in the background, for more than " + lingers.String()},
	announced: {"used %s while it was not on the screen, and a notification of its own said so: " +
		"whether its user knew, nobody says"},
	overwritten: {"used %s for a moment in the background, and was used on the screen again since: " +
		"Android has overwritten what came just before"},
	lastAlone: {"used %s on the screen, and was not there from the first step on: " +
		"Android keeps the last use alone, and hides an earlier one"},
	stillRunning: {"has just left the screen and still uses %s: whether it goes on was not waited for"},
}

// sentence says it in a finding's words; the op stands for %s.
func (v view) sentence() string {
	forms := told[v.why]
	if !v.steps && forms[1] != "" {
		return forms[1]
	}
	return forms[0]
}

// unseen gives the findings about the accesses that the rules about preinstalled
// apps look at, of ops that read what groups name: each with all the lines of its
// access, those that excuse it too.
func unseen(c *Case, groups ...android.Group) []Finding {
	var g gathered
	w := c.window()
	for _, a := range ownAccesses(c, groups...) {
		if v := w.view(c, a); v.why != seenAll {
			g.cite(v.verdict, a.use().Package, a.refs(), v.sentence(), a.use().Op)
		}
	}
	return g.findings
}

// moments gives the handset's times at which an access began and ended, as far as
// the print-outs tell.
func (w *window) moments(a access) (from, to time.Time, ok bool) {
	u := a.use().OpUse
	now, ok := w.when(u)
	now = now.Add(u.Ago)
	return now.Add(a.from()), now.Add(a.to()), ok
}

// ownAccesses lists the accesses that the rules about preinstalled apps look at:
// not of Android's own parts, not of apps that somebody installed later; of ops
// that read what group names.
func ownAccesses(c *Case, groups ...android.Group) []access {
	who := c.who()
	var some []access
	for _, a := range c.accesses() {
		u := a.use()
		if !u.UID.IsApplication() || who.platform(u.Package) || !who.preinstalled(u.Package) {
			continue
		}
		for _, g := range groups {
			if android.OpGroup(u.Op) == g {
				some = append(some, a)
			}
		}
	}
	return some
}
