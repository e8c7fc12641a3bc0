package lab_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/observe/fact"
	"assay/harness/virtual"
)

// chaosPersonas are who the suite plays on, Android 6, 8.1, 11 and 16, and how
// the apps of the scenarios behave there.
var chaosPersonas = map[string]map[string]string{
	"gionee": {"specimen.camera": "after-refusal", "specimen.dialer": "listens-on"},
	"honor":  {"specimen.dialer": "identifier-in-log"},
	"hmd":    {"specimen.camera": "before-consent"},
	"google": {"specimen.camera": "by-another-hand", "specimen.dialer": "identifier-in-log"},
}

// chaosScenarios change permissions and answer a dialog, or change nothing.
var chaosScenarios = []string{"camera-consent-refused", "dialer"}

// calm is what an undisturbed handset of a persona does in a scenario.
type calm struct {
	persona    string
	scenario   string
	boundaries []int // how many services are open when a part of the run begins: a job, a step, what puts the handset back
	cells      map[string]finding.Cell
	told       []string // everything that its tables say
	state      string   // of what the scenario changes, before and after
}

// undisturbed plays each scenario, and under the race detector one, on a handset of
// each persona that nothing befalls.
func undisturbed(t *testing.T) []*calm {
	t.Helper()
	var calms []*calm
	scenarios := chaosScenarios
	if underRace {
		scenarios = scenarios[:1]
	}
	for _, scenario := range scenarios {
		calms = append(calms, undisturbedIn(t, scenario)...)
	}
	return calms
}

func undisturbedIn(t *testing.T, scenario string) []*calm {
	t.Helper()
	personas := slices.Sorted(maps.Keys(chaosPersonas))
	var handsets []*virtual.Handset
	var inv farm.Inventory
	services := make([]opened, len(personas))
	for i, persona := range personas {
		h, e := clone(t, persona, i)
		t.Cleanup(func() { require.NoError(t, h.Close()) })
		handsets, inv.Devices = append(handsets, h), append(inv.Devices, e)
		h.Hear(services[i].add)
	}
	server := embedded(t, handsets...)
	before := statesOf(t, server, inv)
	for i := range services {
		services[i].times = nil
	}
	dir, summary := run(t, lab.Runner{Server: server, Limits: hasty.limits, Clock: newHastyClock()}, lab.Plan{Scenarios: play(t, scenario), Inventory: inv})
	require.Zero(t, summary.Infra+summary.Unusable)
	for i := range services {
		services[i].stop()
	}
	require.Equal(t, before, statesOf(t, server, inv), "the handsets are as they were")

	j := judged(t, dir)
	var calms []*calm
	for i, persona := range personas {
		e := inv.Devices[i]
		at := slices.IndexFunc(j.Models, func(m finding.Model) bool { return m.Model == e.Model })
		c := &calm{persona: persona, scenario: scenario, cells: j.Models[at].Cells, told: toldOf(j, e), state: before[i]}
		for _, at := range begun(t, dir, e.Key()) {
			c.boundaries = append(c.boundaries, services[i].before(at))
		}
		slices.Sort(c.boundaries)
		c.boundaries = slices.Compact(c.boundaries)
		calms = append(calms, c)
	}
	return calms
}

// opened is when each service of a handset was opened.
type opened struct {
	mu    sync.Mutex
	times []time.Time
	over  bool
}

func (o *opened) add(int, string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.over {
		o.times = append(o.times, time.Now())
	}
}

func (o *opened) stop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = true
}

// before is how many services had been opened by then, from 1.
func (o *opened) before(at time.Time) int {
	n := 0
	for n < len(o.times) && o.times[n].Before(at) {
		n++
	}
	return max(n, 1)
}

// statesOf is what the scenarios could change on each handset.
func statesOf(t *testing.T, server *adb.Server, inv farm.Inventory) []string {
	t.Helper()
	var states []string
	for _, e := range inv.Devices {
		state, err := stateOf(t.Context(), server, e.Serial)
		require.NoError(t, err)
		states = append(states, state)
	}
	return states
}

// begun is when each part of a handset's run began: what is in the journal, and
// each step.
func begun(t *testing.T, dir, key string) []time.Time {
	t.Helper()
	var times []time.Time
	entries, err := evidence.ReadJournal(filepath.Join(dir, "journal.jsonl"))
	require.NoError(t, err)
	for _, e := range entries {
		if e.Serial == key {
			times = append(times, e.Time)
		}
	}
	require.NoError(t, judge.EachFact(dir, "steps", func(m evidence.Manifest, o fact.Observation) error {
		if s, ok := o.Fact.(fact.Step); ok && string(m.Handset.Serial) == key {
			times = append(times, s.Started, s.Ended)
		}
		return nil
	}))
	return times
}

// hasty are the limits of a farm whose handsets answer at once.
var hasty = struct {
	limits  lab.Limits
	options adb.Options
}{
	lab.Limits{Answer: 6 * time.Second, Capture: 6 * time.Second, Output: 8 << 20, Cleanup: 15 * time.Second, Settle: 4 * time.Second, Vital: 4 * time.Second},
	adb.Options{Dial: 3 * time.Second, Handshake: 6 * time.Second, Silence: 6 * time.Second},
}

// hastyClock goes ten times as fast as the wall's.
type hastyClock struct{ start time.Time }

const haste = 10

func newHastyClock() hastyClock { return hastyClock{time.Now()} }

func (c hastyClock) Now() time.Time { return c.start.Add(haste * time.Since(c.start)) }

func (c hastyClock) Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d / haste)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// openFiles counts what this process has open: files and sockets.
func openFiles() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0 // not on Linux
	}
	return len(entries)
}

// indent puts a heading and lines below one another.
func indent(heading string, lines []string) string {
	return fmt.Sprintf("%s\n\t%s", heading, strings.Join(lines, "\n\t"))
}
