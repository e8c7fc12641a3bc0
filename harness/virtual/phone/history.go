package phone

import (
	"slices"
	"time"

	"assay/harness/virtual/persona"
)

// History is what Android's services remember of what apps did, oldest first.
// Each list is cut at the bound of the service that keeps it, or near it.
type History struct {
	made     int          // holds ever
	Accesses []Access     // camera, microphone, location
	Sensors  []Access     // sensors
	Runs     []ChoreRun   // of jobs and alarms
	Usage    []UsageEvent // activities and the screen
	Fixes    map[FixKey]*FixStats
	Chores   []*Chore // in the order of their packages
}

// Bounds of the lists.
const (
	maxHolds = 400
	maxRuns  = 200
	maxUsage = 2000
)

// Access is a stretch in which a package had something of the handset's open.
type Access struct {
	ID       int    // counts all holds of the handset
	Op       string // the op: CAMERA, RECORD_AUDIO, FINE_LOCATION; or a sensor
	Package  *Package
	User     int
	PID      int
	State    string // of the UID when it began
	Flag     string // who noted the op: s, up, upd
	Tag      string // attribution tag
	From, To time.Time
}

// UID is the holder's, its user included.
func (h Access) UID() int { return h.User*100000 + h.Package.AppID }

// Running says whether it goes on at a moment.
func (h Access) Running(now time.Time) bool { return h.To.After(now) }

// Took is how long it lasted, as far as it has by now.
func (h Access) Took(now time.Time) time.Duration {
	if h.To.After(now) {
		return now.Sub(h.From)
	}
	return h.To.Sub(h.From)
}

// FixKey is what the location service keeps statistics by.
type FixKey struct {
	Provider, Package, Tag string
	UID                    int
}

// FixStats count a package's location requests since the handset was started.
type FixStats struct {
	First               time.Time
	Last                time.Time // when the last one ends
	Total, Foreground   time.Duration
	Locations, requests int
}

// ChoreRun is one time that a chore was done.
type ChoreRun struct {
	Chore    *Chore
	From, To time.Time
	PID      int
}

// Chore is a chore and how often it has been done.
type Chore struct {
	Package *Package
	Plan    persona.Chore
	Number  int // counts from 0 within its package
	Set     time.Time
	Next    time.Time
	Last    time.Time
	Count   int
	Busy    time.Duration
}

// UsageEvent is one line of the usage log.
type UsageEvent struct {
	At             time.Time
	Kind           UsageKind
	Package, Class string
	Instance       uint32
}

// UsageKind is what a usage event tells; dumps name it by release.
type UsageKind int

// Kinds of usage event (UsageEvents.Event).
const (
	UsageResumed UsageKind = iota
	UsagePaused
	UsageStopped
	UsageInteractive
	UsageNonInteractive
	UsageServiceStart // with a notification
	UsageServiceStop
)

// remember appends to a list and forgets the oldest beyond a bound.
func remember[T any](list []T, bound int, more T) []T {
	list = append(list, more)
	if over := len(list) - bound; over > bound/4 {
		list = slices.Delete(list, 0, over)
	}
	return list
}

// Instant is how long an access without a length is taken to last here.
const Instant = 180 * time.Millisecond

// devices are the ops that open a part of the handset.
var devices = []string{"CAMERA", "COARSE_LOCATION", "FINE_LOCATION", "RECORD_AUDIO"}

// held enters that a package has used an op of a device of the handset's; what
// it opened for an instant was open for some milliseconds.
func (h *Handset) held(p *Package, user int, key UseKey, flag string, d time.Duration) {
	now := h.Clock.Now()
	if d == 0 {
		d = Instant
	}
	pid := 0
	if n := h.State.ProcessOf(p.Name, user); n != nil {
		pid = n.PID
	}
	h.State.History.made++
	x := Access{ID: h.State.History.made, Op: key.Op, Package: p, User: user, PID: pid, State: h.UIDState(key.UID), Flag: flag, Tag: key.Tag,
		From: now, To: now.Add(d)}
	h.State.History.Accesses = remember(h.State.History.Accesses, maxHolds, x)
	if provider := LocationProvider(key.Op); provider != "" && flag != "upd" {
		h.countFix(x, provider)
	}
}

// LocationProvider is the location provider behind an op, or "".
func LocationProvider(op string) string {
	switch op {
	case "FINE_LOCATION":
		return "gps"
	case "COARSE_LOCATION":
		return "fused"
	}
	return ""
}

func (h *Handset) countFix(x Access, provider string) {
	if h.State.History.Fixes == nil {
		h.State.History.Fixes = map[FixKey]*FixStats{}
	}
	key := FixKey{provider, x.Package.Name, x.Tag, x.UID()}
	s := h.State.History.Fixes[key]
	if s == nil {
		s = &FixStats{First: x.From}
		h.State.History.Fixes[key] = s
	}
	s.requests++
	s.Locations++
	s.Last = x.To
	s.Total += x.To.Sub(x.From)
	if st := x.State; st == "top" || st == "fg" || st == "fgsvc" || st == "pers" {
		s.Foreground += x.To.Sub(x.From)
	}
}

// releaseAll ends what a process holds open.
func (h *Handset) releaseAll(pid int) {
	now := h.Clock.Now()
	for _, list := range [][]Access{h.State.History.Accesses, h.State.History.Sensors} {
		for i := range list {
			if list[i].PID == pid && list[i].To.After(now) {
				list[i].To = now
			}
		}
	}
	for i := range h.State.History.Runs {
		if r := &h.State.History.Runs[i]; r.PID == pid && r.To.After(now) {
			r.To = now
		}
	}
}

// AccessesTo lists the stretches in which an op was in use, oldest first.
func (s *State) AccessesTo(ops ...string) []Access {
	var found []Access
	for _, x := range s.History.Accesses {
		if slices.Contains(ops, x.Op) {
			found = append(found, x)
		}
	}
	return found
}

// logUsage enters an event into the usage log (UsageStatsService).
func (h *Handset) logUsage(kind UsageKind, pkg, class string) {
	e := UsageEvent{At: h.Clock.Now(), Kind: kind, Package: pkg, Class: class, Instance: h.Number("instance", pkg, class) & 0xfffffff}
	h.State.History.Usage = remember(h.State.History.Usage, maxUsage, e)
}
