package farm

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"assay/harness/adb"
)

// Monitor keeps the health of every handset of an inventory: from adb's lists,
// from health checks, from the farm's leases and climbs, and from the
// quarantine. It asks a handset how it is when it comes, and from time to time
// while nobody has leased it; it changes nothing on any.
type Monitor struct {
	Farm      *Farm
	Inventory Inventory
	Every     time.Duration // between looks at adb's lists and at the quarantine; 0: 1 s
	Recheck   time.Duration // between health checks of a handset that is ready; 0: 5 min
	Settle    time.Duration // see Limits
	Changed   func(Status)  // told of each change of a state, one at a time; nil: nobody

	mu      sync.Mutex
	healths []*watched
	lists   map[string]List // by server, as each last was
	queue   []Status        // that Changed is to be told of
	telling bool            // somebody is at it
}

// Status is how a handset of the farm stands.
type Status struct {
	Entry Entry
	Health
}

// watched is a handset that the monitor keeps.
type watched struct {
	Status
	asking  bool      // a health check is under way
	next    time.Time // when the next is due
	present bool      // in the last survey
}

// Between health checks of handsets that are not ready: those that boot or do
// not answer are asked soon, those that are held when something can have
// changed.
const (
	askSoon = 3 * time.Second
	askHeld = time.Minute
)

// mostChecks is how many handsets are asked at once.
const mostChecks = 8

// Run keeps the healths until the context ends, and returns its error.
func (m *Monitor) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	m.Farm.watch(m.Befell)
	defer m.Farm.watch(nil)
	var background sync.WaitGroup
	defer background.Wait()
	defer cancel(nil)
	slots := make(chan struct{}, mostChecks)
	every := cmp.Or(m.Every, time.Second)
	background.Go(func() {
		clock := m.Farm.clock()
		connect := clock.Now().Add(connectEvery)
		for clock.Wait(ctx, every) == nil {
			if now := clock.Now(); now.After(connect) {
				connect = now.Add(connectEvery)
				background.Go(func() { m.reconnect(ctx) })
			}
			for _, w := range m.Tick() {
				background.Go(func() { m.check(ctx, slots, w) })
			}
		}
	})
	servers := m.Inventory.Servers(m.Farm.Server.Addr())
	ended := make(chan error, len(servers))
	for _, addr := range servers {
		background.Go(func() {
			ended <- m.Farm.server(addr).Watch(ctx, every, func(rows []adb.Row) {
				l := List{Server: addr, Rows: rows}
				if rows == nil {
					l.Err = adb.ErrNoServer
				}
				if m.Feed(l) {
					background.Go(func() { m.reconnect(ctx) })
				}
			})
		})
	}
	return <-ended // they end with the context alone
}

// connectEvery is how often what is on the network and not connected is tried.
const connectEvery = 30 * time.Second

// reconnect connects what is on the network.
func (m *Monitor) reconnect(ctx context.Context) {
	if err := m.Farm.Reconnect(ctx, m.Inventory); err != nil && ctx.Err() == nil {
		m.Farm.log().Debug("not connected", "err", err)
	}
}

// check asks one handset how it is.
func (m *Monitor) check(ctx context.Context, slots chan struct{}, s Status) {
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-ctx.Done():
		return
	}
	key := s.Entry.Key()
	v, err := check(ctx, m.Farm.Device(s.Place), m.Farm.answer())
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		m.Befell(key, Unanswered{err})
	default:
		m.Befell(key, Measured{v})
		if looping := m.Farm.sawBoot(s.Entry, v.BootID); looping != nil {
			m.Farm.log().Warn("boot loop", "handset", s.Entry.Name(), "cause", looping.Cause)
		}
	}
}

// Feed compares a server's list, and what the others last had, with the
// inventory; a list without a server is that of the farm's own. It says whether
// the handsets on the network are to be connected: the server has just come, and
// knows none.
func (m *Monitor) Feed(l List) (came bool) {
	inv := m.Inventory.At(m.Farm.Server.Addr())
	l.Server = canonical(cmp.Or(l.Server, m.Farm.Server.Addr()))
	m.mu.Lock()
	before, known := m.lists[l.Server]
	came = l.Err == nil && (before.Err != nil || !known) && len(unconnected(inv, l)) > 0
	if m.lists == nil {
		m.lists = map[string]List{}
	}
	m.lists[l.Server] = l
	places := Survey(inv, m.shown(inv)...)
	for _, w := range m.healths {
		w.present = false
	}
	var changed []Status
	for _, p := range places {
		w := m.find(p.Entry)
		w.present = true
		changed = append(changed, m.apply(w, Seen{p})...)
	}
	m.healths = slices.DeleteFunc(m.healths, func(w *watched) bool { return !w.present }) // unlisted ones that are gone
	m.unlock(changed)
	return came
}

// shown gives what the servers last had, in the inventory's order. One of which
// nothing is known yet shows nothing. Its caller holds the lock.
func (m *Monitor) shown(inv Inventory) []List {
	var lists []List
	for _, addr := range inv.Servers(m.Farm.Server.Addr()) {
		l, known := m.lists[addr]
		if !known {
			l = List{Server: addr, Err: errNotAsked}
		}
		lists = append(lists, l)
	}
	return lists
}

// errNotAsked is why nothing is known of a server.
var errNotAsked = errors.New("the adb server has not answered yet")

// find finds a handset, or makes room for it. Its caller holds the lock.
func (m *Monitor) find(e Entry) *watched {
	if i := m.index(e.Key()); i >= 0 {
		m.healths[i].Entry = e
		return m.healths[i]
	}
	w := &watched{Status: Status{Entry: e}}
	m.healths = append(m.healths, w)
	return w
}

func (m *Monitor) index(key string) int {
	return slices.IndexFunc(m.healths, func(w *watched) bool { return w.Entry.Key() == key })
}

// Befell tells the monitor of an event. The farm's own it hears by itself while
// it runs.
func (m *Monitor) Befell(key string, e Event) {
	m.mu.Lock()
	var changed []Status
	if i := m.index(key); i >= 0 {
		changed = m.apply(m.healths[i], e)
	}
	m.unlock(changed)
}

// Tick lets time pass, reads the quarantine, and gives the handsets that are to
// be asked how they are: whoever calls it must tell of each what came of it.
func (m *Monitor) Tick() []Status {
	now := m.Farm.clock().Now()
	var sentences []Sentence
	known := m.Farm.Quarantine != nil
	if known {
		var err error
		if sentences, err = m.Farm.Quarantine.List(); err != nil {
			known = false // what was in quarantine stays there
			m.Farm.log().Warn("quarantine", "err", err)
		}
	}
	m.mu.Lock()
	var changed, due []Status
	for _, w := range m.healths {
		changed = append(changed, m.apply(w, Passed{})...)
		if known {
			changed = append(changed, m.sentenced(w, sentences, now)...)
		}
		if w.due(now) {
			w.asking = true
			due = append(due, w.Status)
		}
	}
	m.unlock(changed)
	return due
}

// sentenced brings a handset's quarantine up to date.
func (m *Monitor) sentenced(w *watched, sentences []Sentence, now time.Time) []Status {
	key := w.Entry.Key()
	i := slices.IndexFunc(sentences, func(s Sentence) bool { return s.Key == key && s.Holds(now) })
	switch {
	case i < 0 && w.Sentence != nil:
		return m.apply(w, SentenceGone{})
	case i >= 0 && (w.Sentence == nil || *w.Sentence != sentences[i]):
		return m.apply(w, SentenceFound{sentences[i]})
	}
	return nil
}

// due says whether a handset is to be asked how it is. One that is leased is the
// leaseholder's to ask, so that nothing comes between its measurements.
func (w *watched) due(now time.Time) bool {
	if w.asking || w.Leased || w.Climbing || w.Place.State != Ready || now.Before(w.next) {
		return false
	}
	return w.Sentence == nil || !w.Sentence.Holds(now)
}

// apply lets something befall a handset, and gives its status if its state is
// another. Its caller holds the lock.
func (m *Monitor) apply(w *watched, e Event) []Status {
	now := m.Farm.clock().Now()
	before := w.Health
	w.Health = w.After(e, now, Limits{Settle: m.Settle, Hold: m.Inventory.Hold})
	switch e.(type) {
	case Measured, Unanswered:
		w.asking = false
		w.next = now.Add(m.pause(w.State))
	case SentenceFound:
		m.revoke(w)
	case Seen:
		if before.Place.State != Ready || before.Place.Row.TransportID != w.Place.Row.TransportID {
			w.next = now
		}
	}
	if w.State == before.State && w.Cause == before.Cause {
		return nil
	}
	if before.Vitals != nil && w.Vitals != nil && before.Vitals.Fingerprint != w.Vitals.Fingerprint {
		m.Farm.log().Warn("build fingerprint is another", "handset", w.Entry.Name(), "was", before.Vitals.Fingerprint, "is", w.Vitals.Fingerprint)
	}
	return []Status{w.Status}
}

func (m *Monitor) pause(s State) time.Duration {
	switch s {
	case Held:
		return askHeld
	case Ready, Leased:
		return cmp.Or(m.Recheck, 5*time.Minute)
	}
	return askSoon
}

// revoke tells the leaseholder that the handset has been put into quarantine.
func (m *Monitor) revoke(w *watched) {
	if l := m.Farm.lease(w.Entry.Key()); l != nil && w.State == Quarantined {
		l.Revoke(&NotReady{State: w.State, Cause: w.Cause, Remedy: w.Remedy})
	}
}

// Statuses gives how every handset stands: the inventory's in its order, then
// what is attached and not listed.
func (m *Monitor) Statuses() []Status {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]Status, 0, len(m.healths))
	for _, w := range m.healths {
		all = append(all, w.Status)
	}
	return all
}

// unlock lets the lock go and tells of what changed, in order. Whoever is told
// may use the monitor and the farm: what comes of that is told next.
func (m *Monitor) unlock(changed []Status) {
	defer m.mu.Unlock()
	if m.Changed == nil {
		return
	}
	m.queue = append(m.queue, changed...)
	if m.telling {
		return
	}
	m.telling = true
	for len(m.queue) > 0 {
		s := m.queue[0]
		m.queue = m.queue[1:]
		m.mu.Unlock()
		m.Changed(s)
		m.mu.Lock()
	}
	m.telling = false
}
