package virtual

import (
	"slices"
	"time"

	"assay/harness/virtual/persona"
)

// opKey is what Android keeps one last use for.
type opKey struct {
	uid       int
	pkg       string
	op        string
	tag       string // attribution tag, from Android 11
	state     string // top, fg, bg, cch; empty up to Android 8
	forwarded string // who noted it, from Android 10: s itself, up for another, upd another for it
}

// opUse is the last use and the last rejection of an op.
type opUse struct {
	access   time.Time
	duration time.Duration
	until    time.Time // an access that goes on, and until when
	reject   time.Time
	proxy    *installed // who did it in the package's name; nil: itself
}

// printed is the time that dumps print of the last access: up to Android 10 that of
// its end, once it has one (AppOpsService.finishOperationLocked), and its beginning
// from 11 (AttributedOp.finishOrPause).
func (u *opUse) printed(sdk int, now time.Time) time.Time {
	if u.access.IsZero() || sdk >= 30 || u.until.After(now) {
		return u.access
	}
	return u.access.Add(u.duration)
}

// systemUID is the appId of Android itself.
const systemUID = 1000

// useOp notes that a package uses an op, or is refused it. Where another specimen
// does it in the package's name (AppOpsManager.noteProxyOp), first that one must
// be allowed to.
func (h *PhoneHandset) useOp(p *installed, user int, d *persona.UseAction) {
	o := persona.Ops[persona.OpIndex(d.Op)]
	if o.SDK > h.persona.SDK {
		return
	}
	if d.Through == "" {
		h.noteOp(p, user, o, d, "s", nil)
		return
	}
	helper := h.state.find(d.Through)
	if helper == nil || h.persona.SDK < 23 {
		return
	}
	n := h.start(helper, user, "service", helper.Name+"/"+helper.Name+".Service")
	h.inBackground(n, time.Duration(d.For)+time.Second)
	if h.noteOp(helper, user, o, d, "up", nil) {
		h.noteOp(p, user, o, d, "upd", helper)
	}
}

// noteOp enters one use, or one rejection, and says which.
func (h *PhoneHandset) noteOp(p *installed, user int, o persona.Op, d *persona.UseAction, flag string, proxy *installed) bool {
	sdk, now := h.persona.SDK, h.clock.Now()
	key := opKey{uid: user*100000 + p.uid, pkg: p.Name, op: o.Name}
	if sdk >= 28 {
		key.state = h.uidState(key.uid)
	}
	if sdk >= 29 {
		key.forwarded = flag
	}
	if sdk >= 30 {
		key.tag = d.Tag
	}
	u := h.state.uses[key]
	if u == nil {
		u = &opUse{}
		h.state.uses[key] = u
	}
	u.proxy = proxy
	if !h.opAllowed(p, user, o, proxy != nil) {
		u.reject = now
		return false
	}
	if slices.Contains(devices, o.Name) {
		h.held(p, user, key, flag, time.Duration(d.For))
	}
	u.access, u.duration = now, time.Duration(d.For)
	if d.For > 0 {
		u.until = now.Add(time.Duration(d.For))
	}
	return true
}

// opAllowed says whether permission and modes let a package use an op now.
// Android checks no permission of the system's own UID, nor that of a package in
// whose name another does it: of that one only the modes count.
func (h *PhoneHandset) opAllowed(p *installed, user int, o persona.Op, proxied bool) bool {
	uid := user*100000 + p.uid
	if o.Permission != "" && !proxied && p.uid != systemUID && !p.holds(user, "android.permission."+o.Permission) {
		return false
	}
	decider := o.SwitchOf(h.persona.SDK)
	for _, name := range []string{decider, o.Name} {
		m, set := h.state.uidModes[uid][name]
		if !set {
			m = h.state.opModes[opKey{uid: uid, pkg: p.Name, op: name}]
		}
		switch m {
		case persona.ModeIgnore, persona.ModeDeny:
			return false
		case persona.ModeForeground:
			if st := h.uidState(uid); st == "bg" || st == "cch" {
				return false
			}
		}
	}
	return true
}

// uidState is what the user sees of a UID: top on screen, fgsvc while a service
// of its shows a notification, bg while a job of its runs, else cch.
func (h *PhoneHandset) uidState(uid int) string {
	best := "cch"
	for _, p := range h.state.processes {
		if p.uid != uid || p.pkg == "" {
			continue
		}
		if st := h.state.stateOf(p); stateRank[st] < stateRank[best] {
			best = st
		}
	}
	return best
}

var stateRank = map[string]int{"pers": 0, "top": 1, "fgsvcl": 2, "fgsvc": 3, "fg": 4, "bg": 5, "cch": 6}
