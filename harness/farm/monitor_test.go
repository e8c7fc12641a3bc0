package farm_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/farm"
	"assay/harness/virtual"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
)

// diary keeps what a monitor tells.
type diary struct {
	mu  sync.Mutex
	all []farm.Status
}

func (d *diary) note(s farm.Status) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all = append(d.all, s)
}

// states gives the states that a handset went through, as told.
func (d *diary) states(key string) []farm.State {
	d.mu.Lock()
	defer d.mu.Unlock()
	var found []farm.State
	for _, s := range d.all {
		if s.Entry.Key() == key && (len(found) == 0 || found[len(found)-1] != s.State) {
			found = append(found, s.State)
		}
	}
	return found
}

// monitored runs a monitor of a bench, on the wall's clock, until the test ends.
func monitored(t *testing.T, b *bench, d *diary) *farm.Monitor {
	t.Helper()
	b.Clock = nil
	m := &farm.Monitor{Farm: b.Farm, Inventory: b.inv, Every: 20 * time.Millisecond, Settle: 100 * time.Millisecond, Changed: d.note}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		assert.ErrorIs(t, <-done, context.Canceled)
	})
	return m
}

// becomes waits until a monitor's handset is in a state, and gives its status.
func becomes(t *testing.T, m *farm.Monitor, key string, want farm.State) farm.Status {
	t.Helper()
	var last farm.Status
	require.Eventually(t, func() bool {
		for _, s := range m.Statuses() {
			if s.Entry.Key() == key {
				last = s
			}
		}
		return last.State == want
	}, 30*time.Second, 10*time.Millisecond, "%s is to become %s", key, want)
	return last
}

func TestAHandsetThatComesIsAskedHowItIs(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	var d diary
	m := monitored(t, b, &d)
	s := becomes(t, m, h.Serial(), farm.Ready)
	require.NotNil(t, s.Vitals)
	assert.Equal(t, h.Persona().Battery.Level, *s.Vitals.Battery)
	assert.Equal(t, h.Persona().Identity.BootID, s.Vitals.BootID)
	assert.Equal(t, []farm.State{farm.Connecting, farm.Ready}, d.states(h.Serial()))
}

func TestAHandsetWithAnEmptyBatteryIsHeldAndNotLeased(t *testing.T) {
	h := plugged(t, testPersona(t, func(p *persona.Persona) { p.Battery.Level = 12 }), "")
	b := newBench(t, nil, h)
	var d diary
	m := monitored(t, b, &d)
	s := becomes(t, m, h.Serial(), farm.Held)
	assert.Equal(t, "battery at 12 %", s.Cause)

	b.CheckUp = true
	places, err := b.Survey(t.Context(), b.inv)
	require.NoError(t, err)
	_, err = b.Lease(t.Context(), places[0])
	var not *farm.NotReady
	require.ErrorAs(t, err, &not)
	assert.Equal(t, farm.Held, not.State)
	assert.Contains(t, not.Remedy, "charge to 30 %")
	b.inv.Devices[0].Hold = farm.Hold{BatteryHold: 5, BatteryRelease: 10}
	places, err = b.Survey(t.Context(), b.inv)
	require.NoError(t, err)
	l, err := b.Lease(t.Context(), places[0])
	require.NoError(t, err, "devices.yaml may set other limits")
	assert.Equal(t, 12, *l.Vitals.Battery)
	l.Return()
}

func TestFlapsAtTheWireAreOneIncident(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	m := &farm.Monitor{Farm: b.Farm, Inventory: b.inv}
	var d diary
	m.Changed = d.note
	look := func() {
		rows, err := b.Server.Devices(t.Context())
		require.NoError(t, err)
		m.Feed(farm.List{Rows: rows})
		require.NoError(t, b.clock.Wait(t.Context(), 200*time.Millisecond))
		for _, due := range m.Tick() {
			v, err := farm.Check(t.Context(), b.Server.Device(due.Place.Row))
			require.NoError(t, err)
			m.Befell(due.Entry.Key(), farm.Measured{Vitals: v})
		}
	}
	look()
	for range 20 {
		h.Inject(fault.Fault{Kind: fault.Offline, Back: 1})
		look()
		look()
	}
	for range 15 {
		look()
	}
	s := m.Statuses()[0]
	assert.Equal(t, farm.Ready, s.State)
	assert.Equal(t, 1, s.Incidents)
	assert.Equal(t, []farm.State{farm.Connecting, farm.Ready, farm.Offline, farm.Ready}, d.states(h.Serial()))
}

func TestALeaseIsSeenAndAnOperatorsQuarantineRevokesIt(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	var d diary
	m := monitored(t, b, &d)
	becomes(t, m, h.Serial(), farm.Ready)
	l := leased(t, b.Farm, b.inv)
	becomes(t, m, h.Serial(), farm.Leased)
	require.NoError(t, b.Quarantine.Add(farm.Sentence{Key: h.Serial(), Reason: "smells of smoke", Since: time.Now()}))
	becomes(t, m, h.Serial(), farm.Quarantined)
	<-l.Done()
	assert.ErrorContains(t, l.Cause(), "quarantined: smells of smoke")
	l.Return()
	lifted, err := b.Quarantine.Lift(h.Serial())
	require.NoError(t, err)
	assert.True(t, lifted)
	becomes(t, m, h.Serial(), farm.Ready)
}

func TestWhoeverIsToldOfAChangeMayUseTheFarm(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	m := &farm.Monitor{Farm: b.Farm, Inventory: b.inv}
	told := 0
	m.Changed = func(s farm.Status) {
		told++
		assert.Len(t, m.Statuses(), 1)
		if s.State == farm.Connecting {
			m.Befell(s.Entry.Key(), farm.LeaseTaken{})
		}
	}
	rows, err := b.Server.Devices(t.Context())
	require.NoError(t, err)
	m.Feed(farm.List{Rows: rows})
	assert.Equal(t, 2, told)
	assert.Equal(t, farm.Leased, m.Statuses()[0].State)
}

func TestAServerThatGoesTakesAllWithItAndBringsTheNetworksBack(t *testing.T) {
	door, err := net.Listen("tcp", loopback)
	require.NoError(t, err)
	t.Cleanup(func() { door.Close() })
	go answerTheDoor(door)
	h := plugged(t, testPersona(t, func(p *persona.Persona) { p.Identity.Serial = door.Addr().String() }), "")
	b := newBench(t, func(e *farm.Entry) { e.Serial, e.Connect = "", door.Addr().String() }, h)
	addr := b.Server.Addr()
	var d diary
	m := monitored(t, b, &d)
	becomes(t, m, h.Serial(), farm.Ready)
	b.stop()
	s := becomes(t, m, h.Serial(), farm.Missing)
	assert.Equal(t, "no adb server answers", s.Cause)
	assert.Contains(t, s.Remedy, "adb start-server")

	room := virtual.NewFarm(h)
	elsewhere, stop := serve(t, loopback, room)
	require.NoError(t, adb.NewServer(elsewhere, adb.Options{}).Disconnect(t.Context(), h.Serial()))
	stop()
	serve(t, addr, room) // which has just started, and knows no handset of the network
	becomes(t, m, h.Serial(), farm.Ready)
}

func TestTwoHandsetsOfOneSerialAreAskedApart(t *testing.T) {
	first := plugged(t, testPersona(t, func(p *persona.Persona) { p.Battery.Level = 70 }), "")
	second := plugged(t, testPersona(t, func(p *persona.Persona) { p.Battery.Level = 60 }), "")
	b := newBench(t, func(e *farm.Entry) { e.USB = "usb:1-1.1" }, first, second)
	b.inv.Devices = append(b.inv.Devices, farm.Entry{Serial: android.Serial(second.Serial()), USB: "usb:1-1.2"})
	var d diary
	m := monitored(t, b, &d)
	assert.Equal(t, 70, *becomes(t, m, first.Serial()+"@usb:1-1.1", farm.Ready).Vitals.Battery)
	assert.Equal(t, 60, *becomes(t, m, second.Serial()+"@usb:1-1.2", farm.Ready).Vitals.Battery)
}

func TestAHandsetThatIsNotListedIsShownWhileItIsThereAndLeftAlone(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	m := &farm.Monitor{Farm: b.Farm, Inventory: farm.Inventory{}}
	m.Feed(farm.List{Rows: []adb.Row{{Serial: "STRANGER", State: "device", Path: "usb:1-9"}}})
	require.Len(t, m.Statuses(), 1)
	assert.Equal(t, farm.Unlisted, m.Statuses()[0].State)
	assert.Empty(t, m.Tick())
	m.Feed(farm.List{})
	assert.Empty(t, m.Statuses())
}

func TestABootLoopIsSeenByHealthChecks(t *testing.T) {
	booted := func(id string) *virtual.Handset {
		return plugged(t, testPersona(t, func(p *persona.Persona) { p.Identity.BootID = "00000000-0000-4000-8000-00000000000" + id }), "")
	}
	h := booted("0")
	b := newBench(t, nil, h)
	var d diary
	m := monitored(t, b, &d)
	for _, id := range []string{"1", "2", "3"} {
		becomes(t, m, h.Serial(), farm.Ready)
		b.rooms.Remove(h)
		becomes(t, m, h.Serial(), farm.Missing)
		h = booted(id)
		b.rooms.Add(h)
	}
	s := becomes(t, m, h.Serial(), farm.Quarantined)
	assert.Contains(t, s.Cause, "boot loop")
	all, err := b.Quarantine.List()
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.NotEmpty(t, all[0].Ticket)
}

func TestEveryPersonaAnswersAHealthCheckInFull(t *testing.T) {
	all, err := personas()
	require.NoError(t, err)
	var handsets []*virtual.Handset
	for _, p := range all {
		handsets = append(handsets, plugged(t, p, ""))
	}
	b := newBench(t, nil, handsets...)
	for _, h := range handsets {
		v, err := farm.Check(t.Context(), b.Server.Device(adb.Row{Serial: android.Serial(h.Serial())}))
		require.NoError(t, err, h.Serial())
		assert.Empty(t, v.Unknown, h.Persona().Name)
		assert.True(t, v.BootCompleted)
		assert.Equal(t, h.Persona().Identity.BootID, v.BootID)
		assert.InDelta(t, float64(h.Persona().Battery.Temperature)/10, *v.Temperature, 0.01)
		assert.Positive(t, *v.Free)
	}
}

func TestAHealthCheckThatIsRefusedLeavesItsReadingUnknown(t *testing.T) {
	h := plugged(t, testPersona(t, func(p *persona.Persona) { p.Denies = []string{"battery"} }), "")
	b := newBench(t, nil, h)
	v, err := farm.Check(t.Context(), b.Server.Device(adb.Row{Serial: android.Serial(h.Serial())}))
	require.NoError(t, err)
	assert.Nil(t, v.Battery)
	require.Len(t, v.Unknown, 1)
	assert.Contains(t, v.Unknown[0], "battery: ")
	assert.NotNil(t, v.Free, "the others are asked all the same")
}

func TestALeaseIsCheckedOnEveryNthJob(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	l := leased(t, b.Farm, b.inv)
	for job := 1; job <= 4; job++ {
		require.NoError(t, l.CheckEvery(t.Context(), 3))
		assert.Equal(t, job >= 3, l.Vitals != nil, "job %d", job)
	}
	require.NoError(t, l.CheckEvery(t.Context(), 0))
}
