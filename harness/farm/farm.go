package farm

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"assay/harness/adb"
)

// Farm deals out leases on the handsets of its adb server, and of those that
// handsets of the inventory name. What is not set has the meaning given; it is
// not to be changed once the farm is in use.
type Farm struct {
	Server     *adb.Server   // of the handsets that name none; the others' have its options
	Term       time.Duration // how long a lease holds without Renew; 0: until it is returned
	CheckUp    bool          // ask each handset for its vitals before it is leased, and hold back what is not fit
	Quarantine *Store        // nil: there is none
	Claims     *Claims       // by which other processes know what is leased; nil: they do not
	Loop       Loop          // zero: DefaultLoop
	Clock      Clock         // nil: the wall's
	Answer     time.Duration // how long a short command may take; 0: 10 s
	Log        *slog.Logger  // nil: nothing is logged
	// MayStart says which adb servers, by host:port, are started again where they died:
	// those that were to be started where none answered at first. nil: none.
	MayStart func(addr string) bool

	mu      sync.Mutex
	leased  map[string]*Lease // by entry
	boots   map[string]Boots  // by entry
	held    map[string][]Reason
	running map[*Lease]struct{} // whose identity is known
	watcher func(key string, e Event)
	servers map[string]*kept // by address
}

// New opens the farm behind an adb server, and behind those that handsets name.
func New(server *adb.Server) *Farm {
	return &Farm{Server: server,
		leased: map[string]*Lease{}, boots: map[string]Boots{}, held: map[string][]Reason{}, running: map[*Lease]struct{}{}}
}

// ErrLeased is returned for a handset that somebody else has the use of.
var ErrLeased = errors.New("handset is leased already")

// ErrOtherHandset is within the *NotReady for a place where another handset
// answers than was leased: its build fingerprint is another one.
var ErrOtherHandset = errors.New("another handset answers")

// NotReady is why a handset cannot be worked with.
type NotReady struct {
	State  State
	Cause  string
	Remedy string
	Ticket string // for a person, where the recovery ladder has handed the handset over
	Err    error  // what it was concluded from, where that is an error
}

func (n *NotReady) Error() string { return string(n.State) + ": " + n.Cause }

func (n *NotReady) Unwrap() error { return n.Err }

// notReady is the error for a place that is not ready.
func notReady(p Place) *NotReady {
	return &NotReady{State: p.State, Cause: p.Cause, Remedy: p.Remedy, Err: p.Err}
}

// Survey asks the adb servers what is attached, connects what the inventory says
// is to be connected over TCP, compares, and says what is in quarantine. The
// handsets of a server that does not answer are missing; where there is no other
// that is an error, and so is a *Crowded one.
func (f *Farm) Survey(ctx context.Context, inv Inventory) ([]Place, error) {
	places, err := f.survey(ctx, inv)
	if err != nil || f.Quarantine == nil {
		return places, err
	}
	sentences, err := f.Quarantine.List()
	return Sentenced(places, sentences, f.clock().Now()), err
}

func (f *Farm) survey(ctx context.Context, inv Inventory) ([]Place, error) {
	inv = inv.At(f.Server.Addr())
	lists, err := f.lists(ctx, inv)
	if err != nil {
		return nil, err
	}
	return Survey(inv, lists...), nil
}

// lease gives the lease that is out on a handset, or nil.
func (f *Farm) lease(key string) *Lease {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.leased[key]
}

// hold says why a handset is not fit, by its vitals and by what was said of it
// before, whoever had it leased then.
func (f *Farm) hold(e Entry, v Vitals) []Reason {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held[e.Key()] = e.Hold.After(f.held[e.Key()], v)
	return f.held[e.Key()]
}

// record tells the monitor, where there is one.
func (f *Farm) record(key string, e Event) {
	f.mu.Lock()
	watcher := f.watcher
	f.mu.Unlock()
	if watcher != nil {
		watcher(key, e)
	}
}

func (f *Farm) clock() Clock {
	if f.Clock == nil {
		return wall{}
	}
	return f.Clock
}

func (f *Farm) answer() time.Duration {
	if f.Answer <= 0 {
		return vitalAnswer
	}
	return f.Answer
}

func (f *Farm) log() *slog.Logger {
	if f.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return f.Log
}

// asked is a context for one question to a handset or a server.
func asked(ctx context.Context, answer time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, answer)
}

// watch has a function told of what befalls handsets; nil: nobody.
func (f *Farm) watch(watcher func(key string, e Event)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watcher = watcher
}
