package lab_test

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/harness/virtual"
	"assay/harness/virtual/fault"
)

// TestASoakLeavesMemoryAndDescriptorsFlat plays run after run, each on new handsets
// with faults at random, and looks after each at what is still in use. It prints a
// table. The last third of the rounds may have no more than the first, but for 15 %
// and a little.
//
//	ASSAY_SOAK=30m go test -run Soak -v -timeout 1h ./harness/lab
//
// Virtual handsets move their clocks on instead of waiting: the table tells how many
// hours have gone by for them, all together.
func TestASoakLeavesMemoryAndDescriptorsFlat(t *testing.T) {
	if os.Getenv("ASSAY_SOAK") == "" {
		t.Skip("takes as long as ASSAY_SOAK says, such as 30m")
	}
	long, err := time.ParseDuration(os.Getenv("ASSAY_SOAK"))
	require.NoError(t, err, "ASSAY_SOAK")
	var rounds []soaked
	for begun := time.Now(); len(rounds) < leastRounds || time.Since(begun) < long; {
		rounds = append(rounds, soak(t, uint64(len(rounds)+1)))
	}
	t.Log("\n" + soakTable(rounds))
	first, last := rounds[1:len(rounds)/3+1], rounds[len(rounds)-len(rounds)/3:] // the first round loads what is loaded once
	for _, flat := range []struct {
		name  string
		of    func(soaked) int
		slack int
	}{
		{"bytes of heap", func(s soaked) int { return s.heap }, 2 << 20},
		{"bytes of stacks", func(s soaked) int { return s.stacks }, 1 << 20},
		{"goroutines", func(s soaked) int { return s.goroutines }, 2},
		{"file descriptors", func(s soaked) int { return s.files }, 2},
	} {
		was, is := median(first, flat.of), median(last, flat.of)
		assert.LessOrEqual(t, float64(is), 1.15*float64(was)+float64(flat.slack), "%s: %d in the first third of rounds, %d in the last", flat.name, was, is)
	}
}

// leastRounds are needed to speak of thirds.
const leastRounds = 9

// soaked is what a round was, and what was in use when it was over.
type soaked struct {
	heap, stacks, goroutines, files int

	jobs   int           // attempts at them
	infra  int           // of which the lab's faults ended
	lost   int           // handsets
	passed time.Duration // on the handsets' clocks, together
}

// soak plays one round.
func soak(t *testing.T, seed uint64) soaked {
	t.Helper()
	s := soakRound(t, seed)
	runtime.GC()
	runtime.GC() // what has a finalizer is freed by the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s.heap, s.stacks, s.goroutines = int(m.HeapInuse), int(m.StackInuse), runtime.NumGoroutine()
	open, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	s.files = len(open)
	return s
}

// A round is soakFleet handsets, for which faults are drawn at soakSteps services, of
// which a handset's part of the round takes some 400. Each comes with a chance that
// leaves most jobs to be played: what a handset is lost to at once soaks nothing.
const (
	soakFleet  = 6
	soakSteps  = 400
	soakChance = 1.0 / 12 // of one in four services
)

// sparse is faults at random for a handset.
func sparse(draw *rand.Rand, seed uint64, serial string) fault.Script {
	return slices.DeleteFunc(fault.ChaosOf(seed, serial, soakSteps), func(fault.Fault) bool { return draw.Float64() > soakChance })
}

// soakScenarios are short ones, one that changes permissions and takes them back,
// and one of hours.
var soakScenarios = []string{"camera-consent-refused", "dialer", "idle-control"}

func soakRound(t *testing.T, seed uint64) soaked {
	t.Helper()
	all, err := personas()
	require.NoError(t, err)
	draw := rand.New(rand.NewPCG(seed, 0))
	var handsets []*virtual.Handset
	var inv farm.Inventory
	for i, at := range draw.Perm(len(all))[:soakFleet] {
		p := *all[at]
		p.Identity.Serial = fmt.Sprintf("SOAK%04d", i)
		h := virtual.New(&p, seed)
		h.Follow(sparse(draw, seed, p.Identity.Serial))
		handsets = append(handsets, h)
		inv.Devices = append(inv.Devices, farm.Entry{Serial: android.Serial(p.Identity.Serial), Brand: p.Brand, Model: fmt.Sprintf("%s %d", p.Name, i)})
	}
	addr, stop, err := virtual.Start(t.Context(), handsets...)
	require.NoError(t, err)
	dir, err := os.MkdirTemp(t.TempDir(), "round")
	require.NoError(t, err)
	runner := lab.Runner{Server: adb.NewServer(addr, hasty.options), Log: slog.New(slog.DiscardHandler), Patience: 15 * time.Second, Limits: hasty.limits, Clock: newHastyClock()}
	plan := lab.Plan{Name: "soak", Seed: seed, Repeat: 1, Scenarios: play(t, soakScenarios...), Inventory: inv}
	run := filepath.Join(dir, "run")
	summary, err := runner.Run(t.Context(), plan, run)
	require.NoError(t, err)
	j, err := judge.Run(run)
	require.NoError(t, err)
	s := soaked{jobs: len(j.Jobs), infra: summary.Infra, lost: summary.Unusable, passed: passed(t, run)}
	err = stop()
	for _, h := range handsets {
		err = errors.Join(err, h.Close())
	}
	require.NoError(t, errors.Join(err, os.RemoveAll(dir)))
	return s
}

// passed is how long a run's handsets were up while they were recorded, by their own
// uptime, which a fault of the clock leaves alone.
func passed(t *testing.T, run string) time.Duration {
	t.Helper()
	bundles, err := ledger.Bundles(run)
	require.NoError(t, err)
	var sum time.Duration
	for _, b := range bundles {
		m, err := evidence.Open(filepath.Join(run, b))
		if errors.Is(err, evidence.ErrUnsealed) {
			continue
		}
		require.NoError(t, err)
		var last time.Duration
		for _, c := range m.Captures {
			if c.Clock == nil || c.Clock.Booted.IsZero() {
				continue
			}
			up := c.Clock.Device.Sub(c.Clock.Booted)
			if last > 0 && up > last {
				sum += up - last
			}
			last = up
		}
	}
	return sum
}

func median(rounds []soaked, of func(soaked) int) int {
	var all []int
	for _, r := range rounds {
		all = append(all, of(r))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// soakTable is a line for each of some twenty rounds, and the sum of all.
func soakTable(rounds []soaked) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "round\theap KB\tstacks KB\tgoroutines\tfiles\tjobs\tinfra\tlost\thours\t")
	var sum soaked
	every := max(1, len(rounds)/20)
	for i, r := range rounds {
		sum.jobs, sum.infra, sum.lost, sum.passed = sum.jobs+r.jobs, sum.infra+r.infra, sum.lost+r.lost, sum.passed+r.passed
		if i%every == 0 || i == len(rounds)-1 {
			fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%.1f\t\n", i+1, r.heap>>10, r.stacks>>10, r.goroutines, r.files, r.jobs, r.infra, r.lost, r.passed.Hours())
		}
	}
	fmt.Fprintf(w, "all\t\t\t\t\t%d\t%d\t%d\t%.1f\t\n", sum.jobs, sum.infra, sum.lost, sum.passed.Hours())
	w.Flush() // to memory
	return text.String()
}
