package virtual

import (
	"slices"
	"time"

	"assay/harness/virtual/persona"
)

// history is what Android's services remember of what apps did, oldest first.
// Each list is cut at the bound of the service that keeps it, or near it.
type history struct {
	made   int          // holds ever
	holds  []hold       // camera, microphone, location
	senses []hold       // sensors
	runs   []choreRun   // of jobs and alarms
	usage  []usageEvent // activities and the screen
	fixes  map[fixKey]*fixStats
	chores []*choreState // in the order of their packages
}

// Bounds of the lists.
const (
	maxHolds = 400
	maxRuns  = 200
	maxUsage = 2000
)

// hold is a stretch in which a package had something of the handset's open.
type hold struct {
	id       int    // counts all holds of the handset
	what     string // the op: CAMERA, RECORD_AUDIO, FINE_LOCATION; or a sensor
	p        *installed
	user     int
	pid      int
	state    string // of the UID when it began
	flag     string // who noted the op: s, up, upd
	tag      string // attribution tag
	from, to time.Time
}

// uid is the holder's, its user included.
func (h hold) uid() int { return h.user*100000 + h.p.uid }

// on says whether it goes on at a moment.
func (h hold) on(now time.Time) bool { return h.to.After(now) }

// took is how long it lasted, as far as it has by now.
func (h hold) took(now time.Time) time.Duration {
	if h.to.After(now) {
		return now.Sub(h.from)
	}
	return h.to.Sub(h.from)
}

// fixKey is what the location service keeps statistics by.
type fixKey struct {
	provider, pkg, tag string
	uid                int
}

// fixStats count a package's location requests since the handset was started.
type fixStats struct {
	first               time.Time
	last                time.Time // when the last one ends
	total, foreground   time.Duration
	locations, requests int
}

// choreRun is one time that a chore was done.
type choreRun struct {
	of       *choreState
	from, to time.Time
	pid      int
}

// choreState is a chore and how often it has been done.
type choreState struct {
	p      *installed
	chore  persona.Chore
	number int // counts from 0 within its package
	set    time.Time
	next   time.Time
	last   time.Time
	count  int
	busy   time.Duration
}

// usageEvent is one line of the usage log.
type usageEvent struct {
	at         time.Time
	kind       usageKind
	pkg, class string
	instance   uint32
}

// usageKind is what a usage event tells; dumps name it by release.
type usageKind int

const (
	usageResumed usageKind = iota
	usagePaused
	usageStopped
	usageInteractive
	usageNonInteractive
	usageServiceStart // with a notification
	usageServiceStop
)

// remember appends to a list and forgets the oldest beyond a bound.
func remember[T any](list []T, bound int, more T) []T {
	list = append(list, more)
	if over := len(list) - bound; over > bound/4 {
		list = slices.Delete(list, 0, over)
	}
	return list
}

// instant is how long an access without a length is taken to last here.
const instant = 180 * time.Millisecond

// devices are the ops that open a part of the handset.
var devices = []string{"CAMERA", "COARSE_LOCATION", "FINE_LOCATION", "RECORD_AUDIO"}

// held enters that a package has used an op of a device of the handset's; what
// it opened for an instant was open for some milliseconds.
func (h *PhoneHandset) held(p *installed, user int, key opKey, flag string, d time.Duration) {
	now := h.clock.Now()
	if d == 0 {
		d = instant
	}
	pid := 0
	if n := h.state.processOf(p.Name, user); n != nil {
		pid = n.pid
	}
	h.state.past.made++
	x := hold{id: h.state.past.made, what: key.op, p: p, user: user, pid: pid, state: h.uidState(key.uid), flag: flag, tag: key.tag, from: now, to: now.Add(d)}
	h.state.past.holds = remember(h.state.past.holds, maxHolds, x)
	if provider := providerOf(key.op); provider != "" && flag != "upd" {
		h.countFix(x, provider)
	}
}

// providerOf is the location provider behind an op, or "".
func providerOf(op string) string {
	switch op {
	case "FINE_LOCATION":
		return "gps"
	case "COARSE_LOCATION":
		return "fused"
	}
	return ""
}

func (h *PhoneHandset) countFix(x hold, provider string) {
	if h.state.past.fixes == nil {
		h.state.past.fixes = map[fixKey]*fixStats{}
	}
	key := fixKey{provider, x.p.Name, x.tag, x.uid()}
	s := h.state.past.fixes[key]
	if s == nil {
		s = &fixStats{first: x.from}
		h.state.past.fixes[key] = s
	}
	s.requests++
	s.locations++
	s.last = x.to
	s.total += x.to.Sub(x.from)
	if st := x.state; st == "top" || st == "fg" || st == "fgsvc" || st == "pers" {
		s.foreground += x.to.Sub(x.from)
	}
}

// releaseAll ends what a process holds open.
func (h *PhoneHandset) releaseAll(pid int) {
	now := h.clock.Now()
	for _, list := range [][]hold{h.state.past.holds, h.state.past.senses} {
		for i := range list {
			if list[i].pid == pid && list[i].to.After(now) {
				list[i].to = now
			}
		}
	}
	for i := range h.state.past.runs {
		if r := &h.state.past.runs[i]; r.pid == pid && r.to.After(now) {
			r.to = now
		}
	}
}

// holdsOf lists the stretches in which an op was in use, oldest first.
func (s *state) holdsOf(ops ...string) []hold {
	var found []hold
	for _, x := range s.past.holds {
		if slices.Contains(ops, x.what) {
			found = append(found, x)
		}
	}
	return found
}

// logUsage enters an event into the usage log (UsageStatsService).
func (h *PhoneHandset) logUsage(kind usageKind, pkg, class string) {
	e := usageEvent{at: h.clock.Now(), kind: kind, pkg: pkg, class: class, instance: h.number("instance", pkg, class) & 0xfffffff}
	h.state.past.usage = remember(h.state.past.usage, maxUsage, e)
}

// sortByTime puts a list into the order of time; what falls together stays as it
// was.
func sortByTime[T any](list []T, at func(T) time.Time) {
	slices.SortStableFunc(list, func(a, b T) int { return at(a).Compare(at(b)) })
}
