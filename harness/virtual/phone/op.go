package phone

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"assay/harness/virtual/persona"
)

// UseKey is what Android keeps one last use for.
type UseKey struct {
	UID       int
	Package   string
	Op        string
	Tag       string // attribution tag, from Android 11
	State     string // top, fg, bg, cch; empty up to Android 8
	Forwarded string // who noted it, from Android 10: s itself, up for another, upd another for it
}

// Use is the last use and the last rejection of an op.
type Use struct {
	LastAccess time.Time
	Duration   time.Duration
	Until      time.Time // an access that goes on, and until when
	LastReject time.Time
	Proxy      *Package // who did it in the package's name; nil: itself
}

// Printed is the time that dumps print of the last access: up to Android 10 that of
// its end, once it has one (AppOpsService.finishOperationLocked), and its beginning
// from 11 (AttributedOp.finishOrPause).
func (u *Use) Printed(sdk int, now time.Time) time.Time {
	if u.LastAccess.IsZero() || sdk >= 30 || u.Until.After(now) {
		return u.LastAccess
	}
	return u.LastAccess.Add(u.Duration)
}

// SystemUID is the appId of Android itself.
const SystemUID = 1000

// useOp notes that a package uses an op, or is refused it. Where another specimen
// does it in the package's name (AppOpsManager.noteProxyOp), first that one must
// be allowed to.
func (h *Handset) useOp(p *Package, user int, d *persona.UseAction) {
	o := persona.Ops[persona.OpIndex(d.Op)]
	if o.SDK > h.persona.SDK {
		return
	}
	if d.Through == "" {
		h.noteOp(p, user, o, d, noted{flag: "s"})
		return
	}
	helper := h.State.Package(d.Through)
	if helper == nil || h.persona.SDK < 23 {
		return
	}
	n := h.Start(helper, user, "service", helper.Name+"/"+helper.Name+".Service")
	h.inBackground(n, time.Duration(d.For)+time.Second)
	if h.noteOp(helper, user, o, d, noted{flag: "up"}) {
		h.noteOp(p, user, o, d, noted{flag: "upd", proxy: helper})
	}
}

// noted is who notes a use of an op, and for whom.
type noted struct {
	flag  string   // as dumps print it: s itself, up for another, upd another for it
	proxy *Package // who does it in the package's name; nil: itself
}

// noteOp enters one use, or one rejection, and says which.
func (h *Handset) noteOp(p *Package, user int, o persona.Op, d *persona.UseAction, by noted) bool {
	sdk, now := h.persona.SDK, h.Clock.Now()
	key := UseKey{UID: user*100000 + p.AppID, Package: p.Name, Op: o.Name}
	if sdk >= 28 {
		key.State = h.UIDState(key.UID)
	}
	if sdk >= 29 {
		key.Forwarded = by.flag
	}
	if sdk >= 30 {
		key.Tag = d.Tag
	}
	u := h.State.Uses[key]
	if u == nil {
		u = &Use{}
		h.State.Uses[key] = u
	}
	u.Proxy = by.proxy
	if !h.opAllowed(p, user, o, by.proxy != nil) {
		u.LastReject = now
		return false
	}
	if slices.Contains(devices, o.Name) {
		h.held(p, user, key, by.flag, time.Duration(d.For))
	}
	u.LastAccess, u.Duration = now, time.Duration(d.For)
	if d.For > 0 {
		u.Until = now.Add(time.Duration(d.For))
	}
	return true
}

// opAllowed says whether permission and modes let a package use an op now.
// Android checks no permission of the system's own UID, nor that of a package in
// whose name another does it: of that one only the modes count.
func (h *Handset) opAllowed(p *Package, user int, o persona.Op, proxied bool) bool {
	uid := user*100000 + p.AppID
	if o.Permission != "" && !proxied && p.AppID != SystemUID && !p.holds(user, "android.permission."+o.Permission) {
		return false
	}
	decider := o.SwitchOf(h.persona.SDK)
	for _, name := range []string{decider, o.Name} {
		m, set := h.State.UIDModes[uid][name]
		if !set {
			m = h.State.OpModes[UseKey{UID: uid, Package: p.Name, Op: name}]
		}
		switch m {
		case persona.ModeIgnore, persona.ModeDeny:
			return false
		case persona.ModeForeground:
			if st := h.UIDState(uid); st == "bg" || st == "cch" {
				return false
			}
		}
	}
	return true
}

// UIDState is what the user sees of a UID: top on screen, fgsvc while a service
// of its shows a notification, bg while a job of its runs, else cch.
func (h *Handset) UIDState(uid int) string {
	best := "cch"
	for _, p := range h.State.processes {
		if p.UID != uid || p.Package == "" {
			continue
		}
		if st := h.State.StateOf(p); stateRank[st] < stateRank[best] {
			best = st
		}
	}
	return best
}

var stateRank = map[string]int{"pers": 0, "top": 1, "fgsvcl": 2, "fgsvc": 3, "fg": 4, "bg": 5, "cch": 6}

// OpUses is what a package has of one op.
type OpUses struct {
	Op   persona.Op
	Mode persona.OpMode
	Uses []UseKey
}

// OpUIDs are the UIDs that app-ops knows anything of.
func (h *Handset) OpUIDs() []int {
	seen := map[int]bool{}
	for k := range h.State.Uses {
		seen[k.UID] = true
	}
	for k := range h.State.OpModes {
		seen[k.UID] = true
	}
	for uid, modes := range h.State.UIDModes {
		if len(modes) > 0 {
			seen[uid] = true
		}
	}
	if h.persona.SDK >= 28 { // UIDs that run have a state
		for _, p := range h.State.processes {
			if p.Package != "" {
				seen[p.UID] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// UIDModeOps are the ops whose mode a UID has set, by code.
func (h *Handset) UIDModeOps(uid int) []string {
	return slices.SortedFunc(maps.Keys(h.State.UIDModes[uid]), func(a, b string) int { return persona.OpIndex(a) - persona.OpIndex(b) })
}

// OpUses are the ops that a package has something to tell of, by code.
func (h *Handset) OpUses(uid int, pkg string) []OpUses {
	var found []OpUses
	for _, o := range persona.Ops {
		b := OpUses{Op: o, Mode: h.State.OpModes[UseKey{UID: uid, Package: pkg, Op: o.Name}]}
		for k := range h.State.Uses {
			if k.UID == uid && k.Package == pkg && k.Op == o.Name {
				b.Uses = append(b.Uses, k)
			}
		}
		slices.SortFunc(b.Uses, func(x, y UseKey) int {
			return cmp.Or(strings.Compare(x.Tag, y.Tag), stateRank[x.State]-stateRank[y.State], strings.Compare(x.Forwarded, y.Forwarded))
		})
		if len(b.Uses) > 0 || b.Mode != persona.ModeAllow {
			found = append(found, b)
		}
	}
	return found
}
