package fault

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Box holds the faults that a handset was told to have.
type Box struct {
	mu      sync.Mutex
	faults  []*pending
	opened  int // services, since the handset was switched on
	ready   int // services that find the system booting; then it is up. 0: it is up
	serial  string
	due     []func(State) // changes of the state that wait for the handset's lock
	unheard []Fault       // of the server, before there was a farm
	lost    chan struct{}
	changed []func()      // called, without the lock, when the state may have changed
	servers []func(Fault) // called, without the lock, with what strikes the server
	heard   func(n int, service string)
	hooks   Hooks
}

// State is the state of a handset, as faults change it. Its methods are called
// with the handset's lock held.
type State interface {
	Change(f Fault, begin bool) // carries a fault's change out, or takes it back
	Boot()                      // starts the handset anew
	Booted()                    // is the end of a boot, or of a restart of the system
}

// Hooks are what a box asks of its handset.
type Hooks struct {
	CarryOut func(wait bool)             // has what is due change the state; without wait only where nothing holds it
	Denial   func(service string) string // is what a dump says that is denied
}

// NewBox makes the box of a handset that nothing is wrong with.
func NewBox(hooks Hooks) *Box {
	return &Box{lost: make(chan struct{}), hooks: hooks}
}

// Add gives the handset a fault, from now on.
func (b *Box) Add(f Fault) {
	b.mu.Lock()
	b.faults = append(b.faults, newPending(f, b))
	changed := b.advance()
	b.mu.Unlock()
	b.tell(changed)
}

// advance begins and ends what is due, and says whether anything did. Its caller
// holds the lock.
func (b *Box) advance() (changed bool) {
	for _, f := range b.faults {
		if f.row.class == onStream || f.row.class == onCommand || f.over {
			continue
		}
		switch {
		case !f.begun && f.byItself() && b.opened >= f.After:
			b.begin(f)
			changed = true
		case f.begun && b.passed(f):
			b.turn(f)
			changed = true
		}
	}
	return changed
}

// passed says whether a fault, or one of its turns, has lasted long enough.
func (b *Box) passed(f *pending) bool {
	if f.For > 0 && time.Since(f.since) >= f.For {
		return true
	}
	if f.row.class == onState {
		return f.Back > 0 && b.opened-f.at >= f.Back
	}
	return f.row.class == onList && f.Back > 0 && f.looks >= f.Back
}

// begin is the first time that a fault comes.
func (b *Box) begin(f *pending) {
	f.begun, f.cycles = true, 0
	f.struck++
	switch f.row.class {
	case onList:
		b.come(f)
	case onState:
		b.wait(f)
		if f.Kind == SameSerial {
			b.serial = f.What
		}
		b.due = append(b.due, func(s State) { s.Change(f.Fault, true) })
		if f.Back == 0 && f.For == 0 {
			f.rearm()
		}
	case onServer:
		f.over = true
		b.unheard = append(b.unheard, f.Fault)
		f.rearm()
	}
}

// wait has the clock on the wall look after a fault's end.
func (b *Box) wait(f *pending) {
	f.since, f.at, f.looks = time.Now(), b.opened, 0
	if f.For > 0 {
		time.AfterFunc(f.For, b.tick)
	}
}

func (b *Box) tick() {
	b.mu.Lock()
	changed := b.advance()
	b.mu.Unlock()
	b.tell(changed)
}

// come takes the handset's row to the state of the fault, and ends every
// connection.
func (b *Box) come(f *pending) {
	f.rests = false
	f.cycles++
	b.wait(f)
	b.sever()
	switch f.Kind {
	case Reboot:
		b.ready = b.opened + int(f.Count)
	case BootLoop:
		b.ready = never
	default:
		return
	}
	b.due = append(b.due, State.Boot)
}

// turn ends a fault, or a turn of one that comes and goes. What the device's face
// kept waiting is let go, so that a host tries again.
func (b *Box) turn(f *pending) {
	if f.row.class == onList && f.row.shown != Gone && !f.rests {
		b.sever()
	}
	switch {
	case f.Kind != BootLoop && f.Kind != Flapping:
		f.over, f.ended = true, b.opened
		if f.Kind == SameSerial {
			b.serial = ""
		}
		if f.row.class == onState {
			b.due = append(b.due, func(s State) { s.Change(f.Fault, false) })
		}
		f.rearm()
	case f.rests:
		b.come(f)
	case f.Count > 0 && f.cycles >= f.Count:
		f.over = true
		if f.Kind == BootLoop {
			b.ready = b.opened + int(rowOf(Reboot).otherwise.Count)
		}
		f.rearm()
	default:
		f.rests = true
		b.wait(f)
	}
}

func (b *Box) sever() {
	close(b.lost)
	b.lost = make(chan struct{})
}

// tell calls whoever waits for a change.
func (b *Box) tell(changed bool) {
	if !changed {
		return
	}
	b.mu.Lock()
	callbacks, servers := slices.Clone(b.changed), slices.Clone(b.servers)
	var struck []Fault
	if len(servers) > 0 {
		struck, b.unheard = b.unheard, nil
	}
	b.mu.Unlock()
	for _, f := range struck {
		for _, call := range servers {
			call(f)
		}
	}
	for _, call := range callbacks {
		call()
	}
}

// OnChange has changed called when the handset's state may have changed, and
// server with each fault of the server that the handset's services set off.
func (b *Box) OnChange(changed func(), server func(Fault)) {
	b.mu.Lock()
	b.changed = append(b.changed, changed)
	b.servers = append(b.servers, server)
	unheard := len(b.unheard) > 0
	b.mu.Unlock()
	b.tell(unheard)
}

// State is what the device list says of the handset: device, offline,
// unauthorized, no permissions or gone. look counts as an attempt to reach it.
func (b *Box) State(look bool) string {
	b.mu.Lock()
	changed := b.advance()
	state := "device"
	for _, f := range b.faults {
		if f.row.class != onList || !f.begun || f.over {
			continue
		}
		if look {
			f.looks++
		}
		if !f.rests && state != Gone {
			state = f.row.shown
		}
	}
	b.mu.Unlock()
	b.tell(changed)
	return state
}

// ShownSerial is the serial that the device list has, where a fault has changed
// it, or else the handset's own.
func (b *Box) ShownSerial(own string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return cmp.Or(b.serial, own)
}

// Gate is closed when every connection to the handset dies.
func (b *Box) Gate() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lost
}

// Touching are the faults that touch one service, or that it is to set off.
type Touching struct {
	box    *Box
	faults []*pending
}

// Open counts a service and gives its faults.
func (b *Box) Open(service string) Touching {
	b.mu.Lock()
	b.opened++
	if b.ready > 0 && b.opened > b.ready {
		b.ready = 0
		b.due = append(b.due, State.Booted)
	}
	var found []*pending
	for _, f := range b.faults {
		switch {
		case f.row.class == onCommand, f.row.class != onStream && (f.begun || f.byItself()):
		case f.wants(service, b.opened):
			if f.row.class == onStream {
				f.struck++
			}
			found = append(found, f)
		}
	}
	changed := b.advance()
	heard, n := b.heard, b.opened
	b.mu.Unlock()
	if heard != nil {
		heard(n, service)
	}
	b.tell(changed)
	return Touching{b, found}
}

// Booting says whether the system's services are not up yet.
func (b *Box) Booting() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ready > 0
}

// BootFor has so many services find the system booting.
func (b *Box) BootFor(services int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ready = b.opened + int(services)
}

// strike begins a fault that a service set off.
func (b *Box) strike(f *pending) {
	b.mu.Lock()
	if !f.begun {
		b.begin(f)
	}
	b.mu.Unlock()
	b.tell(true)
	b.hooks.CarryOut(false)
}

// Next takes out what is to be changed first of what is due; nil: nothing.
func (b *Box) Next() func(State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.due) == 0 {
		return nil
	}
	do := b.due[0]
	b.due = b.due[1:]
	return do
}

// Idle says whether nothing is due.
func (b *Box) Idle() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.due) == 0
}

// Services is how many services have been opened, since the handset was switched on.
func (b *Box) Services() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.opened
}

// Hear has heard called with the number and the name of each service that is
// opened, before it runs: the numbers are those that the After of a fault counts.
func (b *Box) Hear(heard func(n int, service string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard = heard
}

// Drop ends every connection to the handset, fault or none.
func (b *Box) Drop() {
	b.mu.Lock()
	b.sever()
	b.mu.Unlock()
	b.tell(true)
}

// CarryOut has what is due change the handset's state; without wait, only where nothing
// holds it.
func (b *Box) CarryOut(wait bool) { b.hooks.CarryOut(wait) }
