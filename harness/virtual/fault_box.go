package virtual

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// faultBox holds the faults that a handset was told to have.
type faultBox struct {
	mu      sync.Mutex
	faults  []*pending
	opened  int // services, since the handset was switched on
	ready   int // services that find the system booting; then it is up. 0: it is up
	serial  string
	due     []func(*Handset) // changes of the state that wait for the handset's lock
	unheard []Fault          // of the server, before there was a farm
	lost    chan struct{}
	changed []func()      // called, without the lock, when the state may have changed
	servers []func(Fault) // called, without the lock, with what strikes the server
	heard   func(n int, service string)
	denial  func(service string) string // what a dump says that is denied
}

func newFaultBox() *faultBox { return &faultBox{lost: make(chan struct{})} }

// Inject gives the handset a fault, from now on. Faults of the server strike the
// farms that the handset is in.
func (h *Handset) Inject(f Fault) {
	h.faults.add(f)
	h.carryOut(true)
}

func (b *faultBox) add(f Fault) {
	b.mu.Lock()
	p := newPending(f)
	p.box = b
	b.faults = append(b.faults, p)
	changed := b.advance()
	b.mu.Unlock()
	b.tell(changed)
}

// advance begins and ends what is due, and says whether anything did. Its caller
// holds the lock.
func (b *faultBox) advance() (changed bool) {
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
func (b *faultBox) passed(f *pending) bool {
	if f.For > 0 && time.Since(f.since) >= f.For {
		return true
	}
	if f.row.class == onState {
		return f.Back > 0 && b.opened-f.at >= f.Back
	}
	return f.row.class == onList && f.Back > 0 && f.looks >= f.Back
}

// begin is the first time that a fault comes.
func (b *faultBox) begin(f *pending) {
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
		b.due = append(b.due, func(h *Handset) { h.change(f.Fault, true) })
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
func (b *faultBox) wait(f *pending) {
	f.since, f.at, f.looks = time.Now(), b.opened, 0
	if f.For > 0 {
		time.AfterFunc(f.For, b.tick)
	}
}

func (b *faultBox) tick() {
	b.mu.Lock()
	changed := b.advance()
	b.mu.Unlock()
	b.tell(changed)
}

// come takes the handset's row to the state of the fault, and ends every
// connection.
func (b *faultBox) come(f *pending) {
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
	b.due = append(b.due, (*Handset).boot)
}

// turn ends a fault, or a turn of one that comes and goes. What the device's face
// kept waiting is let go, so that a host tries again.
func (b *faultBox) turn(f *pending) {
	if f.row.class == onList && f.row.shown != gone && !f.rests {
		b.sever()
	}
	switch {
	case f.Kind != BootLoop && f.Kind != Flapping:
		f.over, f.ended = true, b.opened
		if f.Kind == SameSerial {
			b.serial = ""
		}
		if f.row.class == onState {
			b.due = append(b.due, func(h *Handset) { h.change(f.Fault, false) })
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

func (b *faultBox) sever() {
	close(b.lost)
	b.lost = make(chan struct{})
}

// tell calls whoever waits for a change.
func (b *faultBox) tell(changed bool) {
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

// onChange has changed called when the handset's state may have changed, and
// server with each fault of the server that the handset's services set off.
func (b *faultBox) onChange(changed func(), server func(Fault)) {
	b.mu.Lock()
	b.changed = append(b.changed, changed)
	b.servers = append(b.servers, server)
	unheard := len(b.unheard) > 0
	b.mu.Unlock()
	b.tell(unheard)
}

// state is what the device list says of the handset: device, offline,
// unauthorized, no permissions or gone. look counts as an attempt to reach it.
func (b *faultBox) state(look bool) string {
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
		if !f.rests && state != gone {
			state = f.row.shown
		}
	}
	b.mu.Unlock()
	b.tell(changed)
	return state
}

// shownSerial is the serial that the device list has, where a fault has changed
// it, or else the handset's own.
func (b *faultBox) shownSerial(own string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return cmp.Or(b.serial, own)
}

// gate is closed when every connection to the handset dies.
func (b *faultBox) gate() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lost
}

// open counts a service and gives the faults that touch it, or that it is to set
// off.
func (b *faultBox) open(service string) []*pending {
	b.mu.Lock()
	b.opened++
	if b.ready > 0 && b.opened > b.ready {
		b.ready = 0
		b.due = append(b.due, (*Handset).booted)
	}
	var touching []*pending
	for _, f := range b.faults {
		switch {
		case f.row.class == onCommand, f.row.class != onStream && (f.begun || f.byItself()):
		case f.wants(service, b.opened):
			if f.row.class == onStream {
				f.struck++
			}
			touching = append(touching, f)
		}
	}
	changed := b.advance()
	heard, n := b.heard, b.opened
	b.mu.Unlock()
	if heard != nil {
		heard(n, service)
	}
	b.tell(changed)
	return touching
}

// Hear has heard called with the number and the name of each service that is
// opened, before it runs: the numbers are those that the After of a fault counts.
func (h *Handset) Hear(heard func(n int, service string)) {
	h.faults.mu.Lock()
	defer h.faults.mu.Unlock()
	h.faults.heard = heard
}

// booting says whether the system's services are not up yet.
func (b *faultBox) booting() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ready > 0
}

// bootFor has so many services find the system booting.
func (b *faultBox) bootFor(services int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ready = b.opened + int(services)
}

// strike begins a fault that a service set off.
func (h *Handset) strike(f *pending) {
	b := h.faults
	b.mu.Lock()
	if !f.begun {
		b.begin(f)
	}
	b.mu.Unlock()
	b.tell(true)
	h.carryOut(false)
}

// carryOut changes the state as faults have it. Where wait is not set, what the
// handset is busy with may hold it up: it is then carried out later, before the
// next service or at the end of this one.
func (h *Handset) carryOut(wait bool) {
	b := h.faults
	b.mu.Lock()
	idle := len(b.due) == 0
	b.mu.Unlock()
	switch {
	case idle:
		return
	case wait:
		h.mu.Lock()
	case !h.mu.TryLock():
		return
	}
	defer h.mu.Unlock()
	h.catchUp()
	for {
		b.mu.Lock()
		if len(b.due) == 0 {
			b.mu.Unlock()
			return
		}
		do := b.due[0]
		b.due = b.due[1:]
		b.mu.Unlock()
		do(h)
	}
}

// drop ends every connection to the handset, fault or none.
func (b *faultBox) drop() {
	b.mu.Lock()
	b.sever()
	b.mu.Unlock()
	b.tell(true)
}
