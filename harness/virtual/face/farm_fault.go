package face

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"assay/harness/virtual/fault"
)

// serverFaults is what faults do to an adb server. Farm.mu guards it.
type serverFaults struct {
	faults   []*awaited // that connections to the server set off
	accepted int        // connections
	conns    map[net.Conn]bool
	restarts map[int]func() // called when the server starts anew
	lastCall int

	version int64
	away    spell // connections are reset
	silent  spell // connections are swallowed
	other   spell // another version is told
}

// awaited is a fault that a number of connections sets off.
type awaited struct {
	given fault.Fault
	begun bool
}

// spell is how long something lasts: so many times, or so long on the wall.
type spell struct {
	on    bool
	left  int // 0: no number
	until time.Time
}

func newSpell(f fault.Fault) spell {
	s := spell{on: true, left: f.Back}
	if f.For > 0 {
		s.until = time.Now().Add(f.For)
	}
	return s
}

// take says whether it still lasts, and counts one time.
func (s *spell) take() bool {
	if !s.on || !s.until.IsZero() && time.Now().After(s.until) {
		s.on = false
		return false
	}
	if s.left > 0 {
		s.left--
		s.on = s.left > 0
	}
	return true
}

// Inject gives the farm a fault of its adb server or of a hub, from now on; After
// counts connections to the server. A fault of a handset is to be injected there.
func (f *Farm) Inject(given fault.Fault) error {
	if !given.OfServer() {
		return fmt.Errorf("fault %s: is a handset's; inject it there", given)
	}
	if given.Match != "" || given.AfterBytes > 0 || given.Skip > 0 {
		return fmt.Errorf("fault %s: only a handset's services have text and output; inject it there", given)
	}
	if given.Kind == fault.BrownOut && given.What == "" {
		return fmt.Errorf("fault %s: needs the ports that drop, as in brownout:usb:1-1.4", given)
	}
	f.mu.Lock()
	f.server.faults = append(f.server.faults, &awaited{given: given.WithDefaults()})
	due := f.dueFaults()
	f.mu.Unlock()
	f.strikeAll(due, nil)
	return nil
}

// dueFaults are those that the number of connections sets off now. The caller
// holds the lock.
func (f *Farm) dueFaults() []fault.Fault {
	var due []fault.Fault
	for _, p := range f.server.faults {
		if !p.begun && f.server.accepted >= p.given.After {
			p.begun = true
			due = append(due, p.given)
		}
	}
	return due
}

func (f *Farm) strikeAll(faults []fault.Fault, by Handset) {
	for _, given := range faults {
		f.strike(given, by)
	}
}

// strike carries out a fault of the server or of a hub. by is the handset whose
// service set it off, or nil.
func (f *Farm) strike(given fault.Fault, by Handset) {
	switch given.Kind {
	case fault.BrownOut:
		f.brownOut(given, by)
	case fault.ServerRestart:
		f.restart(given)
	case fault.BlackHole:
		f.mu.Lock()
		f.server.silent = newSpell(given)
		f.mu.Unlock()
	case fault.ServerVersion:
		f.mu.Lock()
		f.server.other, f.server.version = newSpell(given), given.Count
		f.mu.Unlock()
	}
}

// brownOutPace is what lies between two handsets of a hub that loses its power;
// the last is gone two seconds after the first.
const brownOutPace = 30 * time.Millisecond

// brownOut drops every handset of a hub, one after the other.
func (f *Farm) brownOut(given fault.Fault, by Handset) {
	f.mu.Lock()
	prefix := given.What
	for _, s := range f.slots {
		if prefix == "" && s.handset == by {
			prefix = s.path[:strings.LastIndexByte(s.path, '.')+1]
		}
	}
	var struck []Handset
	for _, s := range f.slots {
		if prefix != "" && strings.HasPrefix(s.path, prefix) {
			struck = append(struck, s.handset)
		}
	}
	f.mu.Unlock()
	gone := fault.Fault{Kind: fault.Unplugged, Back: given.Back, For: given.For}
	pace := min(brownOutPace, 2*time.Second/time.Duration(max(len(struck), 1)))
	for i, h := range struck {
		if i == 0 {
			h.Faults().Add(gone)
			continue
		}
		time.AfterFunc(time.Duration(i)*pace, func() { h.Faults().Add(gone) })
	}
}

// restart is what a new server makes of the farm: no connection lives on, the
// transports have numbers from 1 again, in another order, and handsets on TCP
// are gone until somebody connects them.
func (f *Farm) restart(given fault.Fault) {
	f.mu.Lock()
	if given.Back > 0 || given.For > 0 {
		f.server.away = newSpell(given)
	}
	f.lastID = 0
	for _, s := range slices.Backward(f.slots) {
		s.id = 0
		if strings.Contains(s.handset.Serial(), ":") {
			s.detached = true
			continue
		}
		f.lastID++
		s.id = f.lastID
	}
	calls := f.server.restarts
	conns := f.server.conns
	f.server.conns = map[net.Conn]bool{}
	var do []func()
	for _, call := range calls {
		do = append(do, call)
	}
	f.mu.Unlock()
	for _, call := range do {
		call()
	}
	for conn := range conns {
		reset(conn)
	}
	f.wake()
}

// reset ends a connection as the death of its owner does, without a good-bye.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// onRestart has a function called when the server starts anew, until forget.
func (f *Farm) onRestart(call func()) (forget func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.server.lastCall++
	id := f.server.lastCall
	if f.server.restarts == nil {
		f.server.restarts = map[int]func(){}
	}
	f.server.restarts[id] = call
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.server.restarts, id)
	}
}

// reception is what becomes of a connection to the server.
type reception int

const (
	welcome reception = iota
	turnedAway
	ignored
)

// arrive counts a connection, says what is to become of it, and keeps it until
// leave.
func (f *Farm) arrive(conn net.Conn) (reception, func()) {
	f.mu.Lock()
	f.server.accepted++
	due := f.dueFaults()
	f.mu.Unlock()
	f.strikeAll(due, nil)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.server.away.take() {
		return turnedAway, func() {}
	}
	if f.server.conns == nil {
		f.server.conns = map[net.Conn]bool{}
	}
	f.server.conns[conn] = true
	leave := func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.server.conns, conn)
	}
	if f.server.silent.take() {
		return ignored, leave
	}
	return welcome, leave
}

// serverVersion is the version that the server tells.
func (f *Farm) serverVersion() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.server.other.take() {
		return f.server.version
	}
	return serverVersion
}
