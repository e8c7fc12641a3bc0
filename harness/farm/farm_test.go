package farm_test

import (
	"context"
	"maps"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/farm"
	"assay/harness/virtual"
	"assay/harness/virtual/face"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
)

// personas are read once: it takes a while.
var personas = sync.OnceValues(persona.All)

// testPersona gives a copy of the first persona, to be changed at will.
func testPersona(t *testing.T, change func(p *persona.Persona)) *persona.Persona {
	t.Helper()
	all, err := personas()
	require.NoError(t, err)
	p := *all[0]
	p.Properties = maps.Clone(p.Properties)
	if change != nil {
		change(&p)
	}
	return &p
}

// plugged makes a handset that answers at the end of the test too.
func plugged(t *testing.T, p *persona.Persona, text string) *virtual.Handset {
	t.Helper()
	h := virtual.New(p, 1)
	if text != "" {
		f, err := fault.Parse(text)
		require.NoError(t, err)
		h.Inject(f)
	}
	t.Cleanup(func() { require.NoError(t, h.Close()) })
	return h
}

// serve serves a virtual farm at an address (":0" on loopback for any), until
// the test ends or stop is called.
func serve(t *testing.T, addr string, room *face.Farm) (at string, stop func()) {
	t.Helper()
	ln, err := net.Listen("tcp", addr)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- face.Serve(ctx, ln, room) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-done)
	})
	t.Cleanup(stop)
	return ln.Addr().String(), stop
}

const loopback = "127.0.0.1:0"

// closedPort is an address of this computer at which nothing listens: it was had, and
// let go.
func closedPort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", loopback)
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	return ln.Addr().String()
}

// leased gives a lease on the only handset of a farm.
func leased(t *testing.T, f *farm.Farm, inv farm.Inventory) *farm.Lease {
	t.Helper()
	places, err := f.Survey(t.Context(), inv)
	require.NoError(t, err)
	l, err := f.Lease(t.Context(), places[0])
	require.NoError(t, err)
	t.Cleanup(l.Return)
	return l
}

// bench is a farm behind a virtual server whose handsets a test can swap.
type bench struct {
	*farm.Farm
	inv   farm.Inventory
	rooms *face.Farm
	clock *skipping
	stop  func()
}

// newBench serves handsets; the first one's serial is the inventory's only
// entry, which may be changed.
func newBench(t *testing.T, change func(*farm.Entry), handsets ...*virtual.Handset) *bench {
	t.Helper()
	rooms := virtual.NewFarm(handsets...)
	addr, stop := serve(t, loopback, rooms)
	e := farm.Entry{Serial: android.Serial(handsets[0].Serial()), Brand: "Ours", Model: "One"}
	if change != nil {
		change(&e)
	}
	b := &bench{Farm: farm.New(adb.NewServer(addr, adb.Options{})), inv: farm.Inventory{Devices: []farm.Entry{e}}, rooms: rooms, clock: newSkipping(), stop: stop}
	b.Clock = b.clock
	b.Quarantine = farm.OpenStore(t.TempDir())
	return b
}

// skipping is a clock whose waiting is over at once. before is called in each
// wait, so that a test can change the world meanwhile.
type skipping struct {
	mu     sync.Mutex
	now    time.Time
	waits  int
	before func(wait int)
}

func newSkipping() *skipping {
	return &skipping{now: time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)}
}

func (s *skipping) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *skipping) Wait(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	s.now = s.now.Add(d)
	s.waits++
	wait, before := s.waits, s.before
	s.mu.Unlock()
	if before != nil {
		before(wait)
	}
	return context.Cause(ctx)
}

// journal keeps what the ladder tells.
type journal struct {
	rungs    []string // name, or name: why it was skipped
	outcomes []farm.Outcome
}

func (j *journal) note(r farm.Rung, o farm.Outcome) error {
	name := r.Name
	if o.Skipped != "" {
		name += ": " + o.Skipped
	}
	j.rungs = append(j.rungs, name)
	j.outcomes = append(j.outcomes, o)
	return nil
}

// quick gives rungs of the ladder with budgets for one look each.
func quick(names ...string) []farm.Rung {
	var rungs []farm.Rung
	for _, r := range farm.Rungs() {
		if slices.Contains(names, r.Name) {
			r.Tries, r.Time, r.Pause = 1, time.Second, 2*time.Second
			rungs = append(rungs, r)
		}
	}
	return rungs
}
