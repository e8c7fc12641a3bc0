package farm_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/farm"
)

// seen is adb's word on the handset of the tests.
func seen(state string, transport int64) farm.Seen {
	inv := farm.Inventory{Devices: []farm.Entry{{Serial: "A"}}}
	if state == "" {
		return farm.Seen{Place: farm.Survey(inv, farm.List{})[0]}
	}
	return farm.Seen{Place: farm.Survey(inv, farm.List{Rows: []adb.Row{{Serial: "A", State: state, Path: "usb:1-4.1", TransportID: transport}}})[0]}
}

func measured(change func(*farm.Vitals)) farm.Measured {
	battery, heat, free := 80, 30.0, int64(8<<30)
	v := farm.Vitals{BootID: "b1", BootCompleted: true, Fingerprint: "f1", Battery: &battery, Temperature: &heat, Free: &free}
	if change != nil {
		change(&v)
	}
	return farm.Measured{Vitals: v}
}

func percent(n int) farm.Measured { return measured(func(v *farm.Vitals) { v.Battery = &n }) }

// at is an event at so many seconds after noon, and the state that it leads to.
type at struct {
	seconds float64
	event   farm.Event
	want    farm.State
}

func TestHealthIsWhatEventsMakeIt(t *testing.T) {
	plugged, booted := seen("device", 1), measured(nil)
	booting := measured(func(v *farm.Vitals) { v.BootCompleted = false })
	other := measured(func(v *farm.Vitals) { v.Fingerprint = "f2" })
	hot := measured(func(v *farm.Vitals) { *v.Temperature = 45 })
	warm := measured(func(v *farm.Vitals) { *v.Temperature = 41 })
	full := measured(func(v *farm.Vitals) { *v.Free = 1 })
	hour := farm.SentenceFound{Sentence: farm.Sentence{Key: "A", Reason: "r", Until: noon.Add(time.Hour)}}
	retired := farm.Seen{Place: farm.Survey(farm.Inventory{Devices: []farm.Entry{{Serial: "A", Retired: true}}}, farm.List{})[0]}
	for name, story := range map[string][]at{
		"comes and is well": {{0, plugged, farm.Connecting}, {1, booted, farm.Ready}},
		"comes by all states of adb": {{0, seen("", 0), farm.Missing}, {1, seen("connecting", 1), farm.Connecting}, {2, seen("unauthorized", 1), farm.Unauthorized},
			{3, seen("offline", 1), farm.Offline}, {4, plugged, farm.Connecting}, {5, booting, farm.Booting}, {6, booted, farm.Ready}},
		"is leased and returned":       {{0, plugged, farm.Connecting}, {1, booted, farm.Ready}, {2, farm.LeaseTaken{}, farm.Leased}, {3, farm.LeaseEnded{}, farm.Ready}},
		"is leased before it is asked": {{0, plugged, farm.Connecting}, {1, farm.LeaseTaken{}, farm.Leased}},
		"battery goes down and up":     {{0, plugged, farm.Connecting}, {1, percent(20), farm.Ready}, {2, percent(19), farm.Held}, {3, percent(29), farm.Held}, {4, percent(30), farm.Ready}},
		"heats and cools":              {{0, plugged, farm.Connecting}, {1, warm, farm.Ready}, {2, hot, farm.Held}, {3, warm, farm.Held}, {4, booted, farm.Ready}},
		"fills up under a lease":       {{0, plugged, farm.Connecting}, {1, booted, farm.Ready}, {2, farm.LeaseTaken{}, farm.Leased}, {3, full, farm.Held}, {4, farm.LeaseEnded{}, farm.Held}},
		"does not answer":              {{0, plugged, farm.Connecting}, {1, farm.Unanswered{Err: errors.New("silent")}, farm.Offline}, {2, booted, farm.Ready}},
		"is lost and settles":          {{0, plugged, farm.Connecting}, {1, booted, farm.Ready}, {2, seen("", 0), farm.Missing}, {3, seen("device", 2), farm.Missing}, {4, booted, farm.Missing}, {5, farm.Passed{}, farm.Ready}},
		"is lost between two looks":    {{0, plugged, farm.Connecting}, {1, booted, farm.Ready}, {2, seen("device", 2), farm.Connecting}, {5, farm.Passed{}, farm.Connecting}, {6, booted, farm.Ready}},
		"is recovered":                 {{0, plugged, farm.Connecting}, {1, booted, farm.Ready}, {2, farm.LeaseTaken{}, farm.Leased}, {3, seen("offline", 1), farm.Offline}, {4, farm.ClimbBegan{}, farm.Recovering}, {5, seen("device", 2), farm.Recovering}, {9, farm.ClimbEnded{}, farm.Leased}},
		"is sentenced until a time":    {{0, plugged, farm.Connecting}, {1, booted, farm.Ready}, {2, hour, farm.Quarantined}, {3, seen("", 0), farm.Quarantined}, {4, seen("device", 2), farm.Quarantined}, {3600, farm.Passed{}, farm.Connecting}, {3601, booted, farm.Ready}},
		"is sentenced and lifted":      {{0, plugged, farm.Connecting}, {1, booted, farm.Ready}, {2, hour, farm.Quarantined}, {3, farm.SentenceGone{}, farm.Ready}},
		"is retired":                   {{0, plugged, farm.Connecting}, {1, booted, farm.Ready}, {2, retired, farm.Retired}, {3, hour, farm.Retired}},
		"gets a new system image":      {{0, plugged, farm.Connecting}, {1, booted, farm.Ready}, {2, seen("", 0), farm.Missing}, {3, seen("device", 2), farm.Missing}, {6, other, farm.Ready}},
		"is another under a lease":     {{0, plugged, farm.Connecting}, {1, booted, farm.Ready}, {2, farm.LeaseTaken{}, farm.Leased}, {3, other, farm.Ambiguous}, {4, booted, farm.Leased}},
		"is another and is returned":   {{0, plugged, farm.Connecting}, {1, booted, farm.Ready}, {2, farm.LeaseTaken{}, farm.Leased}, {3, other, farm.Ambiguous}, {4, farm.LeaseEnded{}, farm.Connecting}, {5, other, farm.Ready}},
		"two answer to one entry": {{0, farm.Seen{Place: farm.Survey(farm.Inventory{Devices: []farm.Entry{{Serial: "A"}}},
			farm.List{Rows: []adb.Row{{Serial: "A", State: "device", Path: "usb:1-1"}, {Serial: "A", State: "device", Path: "usb:1-2"}}})[0]}, farm.Ambiguous}},
	} {
		t.Run(name, func(t *testing.T) {
			var h farm.Health
			for i, step := range story {
				was := h
				h = h.After(step.event, noon.Add(time.Duration(step.seconds*float64(time.Second))), farm.Limits{})
				require.Equal(t, step.want, h.State, "event %d: %T", i, step.event)
				if h.State != farm.Ready && h.State != farm.Leased {
					assert.NotEmpty(t, h.Cause, "event %d", i)
				}
				if h.State != was.State {
					assert.Equal(t, noon.Add(time.Duration(step.seconds*float64(time.Second))), h.Since)
				} else {
					assert.Equal(t, was.Since, h.Since)
				}
			}
		})
	}
}

func TestTwentyFlapsAreOneIncidentAndTwoChanges(t *testing.T) {
	h := farm.Health{}.After(seen("device", 1), noon, farm.Limits{}).After(measured(nil), noon, farm.Limits{})
	var states []farm.State
	now := noon
	apply := func(e farm.Event) {
		was := h.State
		if h = h.After(e, now, farm.Limits{}); h.State != was {
			states = append(states, h.State)
		}
		now = now.Add(300 * time.Millisecond)
	}
	for range 20 {
		apply(seen("offline", 1))
		apply(seen("device", 1))
	}
	assert.Equal(t, 1, h.Incidents)
	assert.Equal(t, 20, h.Flap.Count)
	assert.Contains(t, h.Cause, "it was lost 20 times")
	now = now.Add(2 * time.Second)
	apply(farm.Passed{})
	apply(measured(nil))
	assert.Equal(t, []farm.State{farm.Offline, farm.Connecting, farm.Ready}, states)
	assert.Zero(t, h.Flap)
	apply(seen("offline", 1))
	assert.Equal(t, 2, h.Incidents, "the next loss, after it was well, is another")
}

func TestWhyAHandsetIsHeldIsToldWithWhatEndsIt(t *testing.T) {
	h := farm.Health{}.After(seen("device", 1), noon, farm.Limits{}).After(measured(func(v *farm.Vitals) {
		*v.Battery, *v.Temperature, *v.Free = 12, 46.5, 300<<20
	}), noon, farm.Limits{})
	assert.Equal(t, "battery at 12 %, battery at 46.5 °C, 300 MiB free in /data", h.Cause)
	assert.Equal(t, "let it charge to 30 %, let it cool to 40.0 °C, free 800 MiB of /data", h.Remedy)
}
