package virtual

import (
	"time"
)

// opKey is what Android keeps one last use for.
type opKey struct {
	uid       int
	pkg       string
	op        string
	tag       string // attribution tag, from Android 11
	state     string // top, fg, bg, cch; empty up to Android 8
	forwarded string // flag: s
}

// opUse is the last use and the last rejection of an op.
type opUse struct {
	access   time.Time
	duration time.Duration
	until    time.Time // an access that goes on, and until when
	reject   time.Time
}

// useOp notes that a package uses an op, or is refused it.
func (h *Handset) useOp(p *installed, user int, d *useDeed) {
	sdk := h.persona.SDK
	o := ops[opOrder(d.Op)]
	if o.sdk > sdk {
		return
	}
	now := h.clock.Now()
	key := opKey{uid: user*100000 + p.uid, pkg: p.Name, op: o.name}
	if sdk >= 28 {
		key.state = h.uidState(user*100000 + p.uid)
	}
	if sdk >= 29 {
		key.forwarded = "s"
	}
	if sdk >= 30 {
		key.tag = d.Tag
	}
	u := h.state.uses[key]
	if u == nil {
		u = &opUse{}
		h.state.uses[key] = u
	}
	if !h.opAllowed(p, user, o) {
		u.reject = now
		return
	}
	u.access, u.duration = now, time.Duration(d.For)
	if d.For > 0 {
		u.until = now.Add(time.Duration(d.For))
	}
}

// opAllowed says whether permission and modes let a package use an op now.
func (h *Handset) opAllowed(p *installed, user int, o op) bool {
	uid := user*100000 + p.uid
	if o.permission != "" && !p.holds(user, "android.permission."+o.permission) {
		return false
	}
	decider := o.switchOf(h.persona.SDK)
	for _, name := range []string{decider, o.name} {
		m, set := h.state.uidModes[uid][name]
		if !set {
			m = h.state.opModes[opKey{uid: uid, pkg: p.Name, op: name}]
		}
		if name == "COARSE_LOCATION" && decider == name && o.name != name && m == modeIgnore {
			// coarse is off because only fine was asked for; fine decides for itself
			if fine, ok := h.state.uidModes[uid]["FINE_LOCATION"]; !ok || fine != modeIgnore {
				continue
			}
		}
		switch m {
		case modeIgnore, modeDeny:
			return false
		case modeForeground:
			if st := h.uidState(uid); st == "bg" || st == "cch" {
				return false
			}
		}
	}
	return true
}

// uidState is what the user sees of a UID: top on screen, fg right behind the
// dialog that is, bg while a job of its runs, else cch.
func (h *Handset) uidState(uid int) string {
	best := "cch"
	for _, p := range h.state.processes {
		if p.uid == uid && p.pkg != "" && stateRank[p.state] < stateRank[best] {
			best = p.state
		}
	}
	return best
}
