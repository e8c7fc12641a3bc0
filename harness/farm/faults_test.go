package farm_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/farm"
	"assay/harness/virtual"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
)

// must reads a fault.
func must(t *testing.T, text string) fault.Fault {
	t.Helper()
	f, err := fault.Parse(text)
	require.NoError(t, err)
	return f
}

func TestTheLadderBringsHandsetsBackFromTheFaultsOfAFarm(t *testing.T) {
	for fault, c := range map[string]struct {
		rungs    []string // that are tried
		rebooted bool
	}{
		"offline:back=3":                              {[]string{"settle"}, false},
		"unplugged:back=5":                            {[]string{"settle"}, false},
		"unplugged:back=30":                           {[]string{"settle", "boot"}, false},
		"unauthorized:back=4":                         {[]string{"settle"}, false},
		"flap:20":                                     {[]string{"settle", "reconnect"}, false},
		"reboot:back=3":                               {[]string{"settle"}, true},
		"reboot:back=30:count=9":                      {[]string{"settle", "boot"}, true},
		"bootloop:1:back=2":                           {[]string{"settle"}, true},
		"system-restart:2":                            {[]string{"settle"}, false},
		"hung:boot_id:times=1":                        {[]string{"settle"}, false},
		"silent:boot_id:times=1":                      {[]string{"settle"}, false},
		"cut:1:getprop:times=3":                       {[]string{"settle"}, false},
		"endless:cat /proc/sys/kernel:times=1":        {[]string{"settle"}, false},
		"escapes:getprop sys.boot:times=1":            {[]string{"settle"}, false},
		"truncated:0:getprop sys.boot:times=1":        {[]string{"settle"}, false},
		"long-line:10000000:getprop sys.boot:times=1": {[]string{"settle"}, false},
	} {
		t.Run(fault, func(t *testing.T) {
			h := plugged(t, testPersona(t, nil), "")
			b := newBench(t, nil, h)
			l := leased(t, b.Farm, b.inv)
			before := l.BootID
			h.Inject(must(t, fault))
			var j journal
			// Only who never answers is waited for by the wall's clock: no load makes the
			// others late.
			answer := time.Minute
			if slices.ContainsFunc([]string{"hung", "silent", "endless", "cut"}, func(kind string) bool { return strings.HasPrefix(fault, kind) }) {
				answer = 5 * time.Second
			}
			require.NoError(t, (&farm.Ladder{Farm: b.Farm, Inventory: b.inv, Answer: answer}).Climb(t.Context(), l, j.note))
			var tried []string
			for i, o := range j.outcomes {
				if o.Skipped == "" {
					tried = append(tried, j.rungs[i])
				}
			}
			assert.Equal(t, c.rungs, tried)
			assert.Equal(t, c.rebooted, l.BootID != before, "whether it says that it rebooted")
			out, err := l.Device.Shell(t.Context(), "getprop", android.PropBootCompleted)
			require.NoError(t, err)
			assert.Equal(t, "1\n", out)
		})
	}
}

const sameSerial = "0123456789ABCDEF"

func TestAnEndlessBootLoopGoesIntoQuarantine(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, func(e *farm.Entry) { e.Reboot = true }, h)
	l := leased(t, b.Farm, b.inv)
	h.Inject(must(t, "bootloop:0:back=4"))
	var j journal
	err := (&farm.Ladder{Farm: b.Farm, Inventory: b.inv}).Climb(t.Context(), l, j.note)
	var not *farm.NotReady
	require.ErrorAs(t, err, &not)
	assert.Equal(t, farm.Quarantined, not.State)
	assert.Contains(t, j.rungs, "reboot: it would not help")
	_, active, err := b.Quarantine.Active(l.Entry.Key(), b.clock.Now())
	require.NoError(t, err)
	assert.True(t, active)
}

func TestARebootByTheLadderIsSeenByItsBootID(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, func(e *farm.Entry) { e.Reboot = true }, h)
	l := leased(t, b.Farm, b.inv)
	before := l.BootID
	h.Inject(must(t, "hung:boot_id:times=1"))
	rungs := quick("settle", "reboot", "human")
	rungs[1].Time = time.Minute
	var j journal
	require.NoError(t, (&farm.Ladder{Farm: b.Farm, Inventory: b.inv, Rungs: rungs, Answer: time.Second}).Climb(t.Context(), l, j.note))
	assert.Equal(t, []string{"settle", "reboot"}, j.rungs)
	assert.NotEqual(t, before, l.BootID)
	_, err := l.Check(t.Context())
	assert.NoError(t, err, "its own reboots make no boot loop")
}

func TestRampsOfHeatChargeAndStorageHoldAHandsetAndLetItGo(t *testing.T) {
	for fault, cause := range map[string]string{
		"heat:480:back=40":     "battery at 48.0 °C",
		"drain:5:back=60":      "battery at 5 %",
		"full:1000000:back=30": "0 MiB free in /data",
	} {
		t.Run(fault, func(t *testing.T) {
			h := plugged(t, testPersona(t, nil), "")
			b := newBench(t, nil, h)
			m := &farm.Monitor{Farm: b.Farm, Inventory: b.inv}
			look := func() farm.Status {
				rows, err := b.Server.Devices(t.Context())
				require.NoError(t, err)
				m.Feed(farm.List{Rows: rows})
				for _, due := range m.Tick() {
					v, err := farm.Check(t.Context(), b.Server.Device(due.Place.Row))
					require.NoError(t, err)
					m.Befell(due.Entry.Key(), farm.Measured{Vitals: v})
				}
				require.NoError(t, b.clock.Wait(t.Context(), 10*time.Minute))
				return m.Statuses()[0]
			}
			require.Equal(t, farm.Ready, look().State)
			h.Inject(must(t, fault))
			var causes []string
			var changes []farm.State
			for range 40 {
				s := look()
				if causes = append(causes, s.Cause); len(changes) == 0 || changes[len(changes)-1] != s.State {
					changes = append(changes, s.State)
				}
			}
			if changes[0] == farm.Ready {
				changes = changes[1:]
			}
			assert.Equal(t, []farm.State{farm.Held, farm.Ready}, changes, "held once, and let go once")
			assert.Contains(t, causes, cause)
		})
	}
}

func TestAHubThatLosesItsPowerIsOneIncidentOfAllItsHandsets(t *testing.T) {
	var handsets []*virtual.Handset
	var inv farm.Inventory
	for _, serial := range []string{"A", "B", "C", "D", "E", "F", "G", "ELSEWHERE"} { // seven ports a hub
		handsets = append(handsets, plugged(t, testPersona(t, func(p *persona.Persona) { p.Identity.Serial = serial }), ""))
		inv.Devices = append(inv.Devices, farm.Entry{Serial: android.Serial(serial)})
	}
	b := newBench(t, nil, handsets...)
	places, err := b.Survey(t.Context(), inv)
	require.NoError(t, err)
	require.NoError(t, b.rooms.Inject(must(t, "brownout:usb:1-1.:for=1m")))
	var lost farm.Collector
	var losses []farm.Loss
	require.Eventually(t, func() bool {
		now, err := b.Survey(t.Context(), inv)
		require.NoError(t, err)
		for i, p := range now {
			if p.State != farm.Ready && places[i].State == farm.Ready {
				l := farm.LossOf(places[i], time.Now())
				losses = append(losses, l)
				lost.Lost(l)
				places[i].State = p.State
			}
		}
		return len(losses) == 7
	}, 20*time.Second, time.Millisecond)
	require.Len(t, lost.Incidents(), 1)
	i := lost.Of(losses[6])
	assert.True(t, i.Shared())
	assert.Equal(t, "usb:1-1", i.Hub)
	assert.Len(t, i.Losses, 7)
}

func TestAServerThatIsRestartedGivesTheHandsetBackUnderAnotherNumber(t *testing.T) {
	h, other := plugged(t, testPersona(t, nil), ""), plugged(t, testPersona(t, func(p *persona.Persona) { p.Identity.Serial = "OTHER" }), "")
	b := newBench(t, nil, h, other)
	l := leased(t, b.Farm, b.inv)
	before := l.Device.Row().TransportID
	require.NoError(t, b.rooms.Inject(must(t, "server-restart:back=4")))
	var j journal
	require.NoError(t, (&farm.Ladder{Farm: b.Farm, Inventory: b.inv}).Climb(t.Context(), l, j.note))
	assert.Equal(t, []string{"settle"}, j.rungs)
	assert.NotEqual(t, before, l.Device.Row().TransportID)
}

func TestAServerThatSaysNothingForAWhileIsWaitedFor(t *testing.T) {
	h := plugged(t, testPersona(t, nil), "")
	b := newBench(t, nil, h)
	l := leased(t, b.Farm, b.inv)
	require.NoError(t, b.rooms.Inject(must(t, "server-silent:back=2")))
	var j journal
	require.NoError(t, (&farm.Ladder{Farm: b.Farm, Inventory: b.inv, Answer: 500 * time.Millisecond}).Climb(t.Context(), l, j.note))
	assert.Equal(t, []string{"settle"}, j.rungs)
	_, err := b.Server.Version(t.Context())
	assert.NoError(t, err)
}

func TestTwoHandsetsThatComeToShareASerialAreNotConfused(t *testing.T) {
	first := plugged(t, testPersona(t, func(p *persona.Persona) { p.Battery.Level = 70 }), "serial:"+sameSerial)
	second := plugged(t, testPersona(t, func(p *persona.Persona) { p.Battery.Level = 60 }), "serial:"+sameSerial)
	b := newBench(t, func(e *farm.Entry) { e.Serial, e.USB = sameSerial, "usb:1-1.2" }, first, second)
	l := leased(t, b.Farm, b.inv)
	v, err := l.Check(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 60, *v.Battery)
	second.Inject(must(t, "unplugged:back=6"))
	var j journal
	require.NoError(t, (&farm.Ladder{Farm: b.Farm, Inventory: b.inv}).Climb(t.Context(), l, j.note))
	v, err = l.Check(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 60, *v.Battery, "it is waited for, and the other one is not taken for it")
}

func TestAHandsetThatWasHeldIsNotLeasedBeforeItIsLetGo(t *testing.T) {
	h := plugged(t, testPersona(t, func(p *persona.Persona) { p.Battery.Level = 18 }), "")
	b := newBench(t, nil, h)
	b.CheckUp = true
	lease := func() error {
		places, err := b.Survey(t.Context(), b.inv)
		require.NoError(t, err)
		l, err := b.Lease(t.Context(), places[0])
		if err == nil {
			l.Return()
		}
		return err
	}
	assert.ErrorContains(t, lease(), "held: battery at 18 %")
	for _, c := range []struct {
		level int
		want  string
	}{{25, "held: battery at 25 %"}, {29, "held: battery at 29 %"}, {30, ""}, {25, ""}, {19, "held"}} {
		b.rooms.Remove(h)
		h = plugged(t, testPersona(t, func(p *persona.Persona) { p.Battery.Level = c.level }), "")
		b.rooms.Add(h)
		if err := lease(); c.want == "" {
			assert.NoError(t, err, "%d %%", c.level)
		} else {
			assert.ErrorContains(t, err, c.want)
		}
	}
}
