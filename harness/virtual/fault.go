package virtual

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// FaultKind names what goes wrong with a handset.
type FaultKind string

// Kinds of fault.
const (
	Offline      FaultKind = "offline"      // the row says offline; every service is refused
	Unauthorized FaultKind = "unauthorized" // the row says unauthorized; every service is refused
	Slow         FaultKind = "slow"         // output comes at Rate bytes a second
	Silent       FaultKind = "silent"       // a service is accepted and then says nothing, ever
	CutOff       FaultKind = "cut"          // after AfterBytes of output the connection dies, without an exit status
	Unplugged    FaultKind = "unplugged"    // the row disappears and every connection dies
)

// Fault is one thing that goes wrong. Where neither After nor Match says
// otherwise it is there from the start, and touches every service.
type Fault struct {
	Kind       FaultKind
	After      int           // begins once so many services have been opened
	Match      string        // a service that holds this: the only ones touched by slow, silent and cut; what sets off the others
	AfterBytes int64         // of output, of the service that is cut off or that sets an unplugging off
	Rate       int64         // bytes a second, of slow
	Times      int           // slow, silent and cut: how many services are touched; 0: all
	Back       int           // the other kinds: over after so many looks at the device list, or attempts to reach the handset; 0: never
	For        time.Duration // the other kinds: over after so long, on the wall; 0: never
}

// faultRow is what the machinery knows of a kind. A new kind is a row here and,
// where it touches a service's bytes, a case in damage.
type faultRow struct {
	kind     FaultKind
	shown    string // state in the device list while it lasts; of kinds that touch single services: empty
	argument string // what ParseFault takes without a name: rate, bytes or match; empty: nothing
}

// gone is the state of a handset that has no row.
const gone = "gone"

var faultRows = []faultRow{
	{CutOff, "", "bytes"},
	{Offline, "offline", ""},
	{Silent, "", "match"},
	{Slow, "", "rate"},
	{Unauthorized, "unauthorized", ""},
	{Unplugged, gone, ""},
}

func rowOf(kind FaultKind) faultRow {
	if i := slices.IndexFunc(faultRows, func(r faultRow) bool { return r.kind == kind }); i >= 0 {
		return faultRows[i]
	}
	return faultRow{}
}

// faultBox holds the faults that a handset was told to have.
type faultBox struct {
	mu      sync.Mutex
	faults  []*pending
	opened  int // services, since the handset was switched on
	lost    chan struct{}
	changed []func() // called, without the lock, when the state may have changed
}

// pending is a fault and how far it has come.
type pending struct {
	Fault
	begun  bool
	over   bool
	since  time.Time
	looks  int // while it lasted
	struck int // services that it touched
}

func newFaultBox() *faultBox { return &faultBox{lost: make(chan struct{})} }

// Inject gives the handset a fault, from now on.
func (h *Handset) Inject(f Fault) {
	b := h.faults
	b.mu.Lock()
	b.faults = append(b.faults, &pending{Fault: f})
	dropped := b.advance()
	b.mu.Unlock()
	b.tell(dropped)
}

// advance begins and ends what is due, and says whether connections must die.
// Its caller holds the lock.
func (b *faultBox) advance() (changed bool) {
	for _, f := range b.faults {
		if rowOf(f.Kind).shown == "" || f.over {
			continue
		}
		switch {
		case !f.begun && f.Match == "" && b.opened >= f.After:
			b.begin(f)
			changed = true
		case f.begun && (f.For > 0 && time.Since(f.since) >= f.For || f.Back > 0 && f.looks >= f.Back):
			f.over = true
			changed = true
		}
	}
	return changed
}

func (b *faultBox) begin(f *pending) {
	f.begun, f.since = true, time.Now()
	close(b.lost)
	b.lost = make(chan struct{})
	if f.For > 0 {
		time.AfterFunc(f.For, func() { b.tell(true) })
	}
}

// tell calls whoever waits for a change.
func (b *faultBox) tell(changed bool) {
	if !changed {
		return
	}
	b.mu.Lock()
	callbacks := slices.Clone(b.changed)
	b.mu.Unlock()
	for _, call := range callbacks {
		call()
	}
}

// onChange has a function called when the handset's state may have changed.
func (b *faultBox) onChange(call func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changed = append(b.changed, call)
}

// state is what the device list says of the handset: device, offline,
// unauthorized or gone. look counts as an attempt to reach it.
func (b *faultBox) state(look bool) string {
	b.mu.Lock()
	changed := b.advance()
	state := "device"
	for _, f := range b.faults {
		if !f.begun || f.over {
			continue
		}
		if look {
			f.looks++
		}
		if shown := rowOf(f.Kind).shown; shown != "" && state != gone {
			state = shown
		}
	}
	b.mu.Unlock()
	b.tell(changed)
	return state
}

// gate is closed when every connection to the handset dies.
func (b *faultBox) gate() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lost
}

// open counts a service and gives the faults that touch it. What sets an
// unplugging off is told of it by a fault of that kind.
func (b *faultBox) open(service string) []*pending {
	b.mu.Lock()
	b.opened++
	changed := false
	var touching []*pending
	for _, f := range b.faults {
		matches := f.Match == "" || strings.Contains(service, f.Match)
		switch {
		case rowOf(f.Kind).shown != "":
			if !f.begun && f.Match != "" && matches && b.opened > f.After {
				touching = append(touching, f)
			}
		case matches && b.opened > f.After && (f.Times == 0 || f.struck < f.Times):
			f.struck++
			touching = append(touching, f)
		}
	}
	changed = b.advance()
	b.mu.Unlock()
	b.tell(changed)
	return touching
}

// strike begins a fault that a service set off.
func (b *faultBox) strike(f *pending) {
	b.mu.Lock()
	if !f.begun {
		b.begin(f)
	}
	b.mu.Unlock()
	b.tell(true)
}

// drop ends every connection to the handset, fault or none.
func (b *faultBox) drop() {
	b.mu.Lock()
	close(b.lost)
	b.lost = make(chan struct{})
	b.mu.Unlock()
	b.tell(true)
}
