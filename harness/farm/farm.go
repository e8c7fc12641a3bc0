package farm

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/harness/adb"
)

// Farm deals out leases on the handsets of one adb server. What is not set has
// the meaning given; it is not to be changed once the farm is in use.
type Farm struct {
	Server     *adb.Server
	Term       time.Duration // how long a lease holds without Renew; 0: until it is returned
	CheckUp    bool          // ask each handset for its vitals before it is leased, and hold back what is not fit
	Quarantine *Store        // nil: there is none
	Claims     *Claims       // by which other processes know what is leased; nil: they do not
	Loop       Loop          // zero: DefaultLoop
	Clock      Clock         // nil: the wall's
	Answer     time.Duration // how long a short command may take; 0: 10 s
	Log        *slog.Logger  // nil: nothing is logged

	mu      sync.Mutex
	leased  map[string]*Lease // by entry
	boots   map[string]Boots  // by entry
	held    map[string][]Reason
	watcher func(key string, e Event)
}

// New opens the farm behind an adb server.
func New(server *adb.Server) *Farm {
	return &Farm{Server: server, leased: map[string]*Lease{}, boots: map[string]Boots{}, held: map[string][]Reason{}}
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
	return &NotReady{State: p.State, Cause: p.Cause, Remedy: p.Remedy}
}

// Survey asks the adb server what is attached, connects what the inventory says
// is to be connected over TCP, compares, and says what is in quarantine.
func (f *Farm) Survey(ctx context.Context, inv Inventory) ([]Place, error) {
	places, err := f.survey(ctx, inv)
	if err != nil || f.Quarantine == nil {
		return places, err
	}
	sentences, err := f.Quarantine.List()
	return Sentenced(places, sentences, f.clock().Now()), err
}

func (f *Farm) survey(ctx context.Context, inv Inventory) ([]Place, error) {
	rows, err := f.Server.Devices(ctx)
	if err != nil {
		return nil, err
	}
	if away := unconnected(inv, rows); len(away) > 0 {
		// A handset that cannot be connected shows up as missing, with its remedy.
		_ = f.connect(ctx, away)
		if rows, err = f.Server.Devices(ctx); err != nil {
			return nil, err
		}
	}
	return Survey(inv, rows), nil
}

// Reconnect connects every handset of the inventory that is on the network and
// that the adb server does not have, as after a restart of the server, which
// forgets them. The error joins those of the handsets that could not be reached.
func (f *Farm) Reconnect(ctx context.Context, inv Inventory) error {
	rows, err := f.Server.Devices(ctx)
	if err != nil {
		return err
	}
	return f.connect(ctx, unconnected(inv, rows))
}

func unconnected(inv Inventory, rows []adb.Row) []Entry {
	var away []Entry
	for _, e := range inv.Devices {
		if e.Connect != "" && !e.Retired && !attached(rows, e) {
			away = append(away, e)
		}
	}
	return away
}

// mostConnecting is how many handsets are connected at once: one that is silent
// takes the server seconds.
const mostConnecting = 8

func (f *Farm) connect(ctx context.Context, entries []Entry) error {
	errs := make([]error, len(entries))
	var group errgroup.Group
	group.SetLimit(mostConnecting)
	for i, e := range entries {
		group.Go(func() error {
			errs[i] = f.Server.Connect(ctx, e.Connect)
			return nil
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

func attached(rows []adb.Row, e Entry) bool {
	for _, r := range rows {
		if r.Serial == e.serial() {
			return true
		}
	}
	return false
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

// tell tells the monitor, where there is one.
func (f *Farm) tell(key string, e Event) {
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
