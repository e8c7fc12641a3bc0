package lab_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/lab"
	"assay/harness/scenario"
	"assay/harness/virtual"
	"assay/scenarios"
)

// victimEnv holds the address of an adb server: with it this test program is a
// runner that plays a plan there, and is killed.
const (
	victimEnv = "ASSAY_TEST_VICTIM"
	ordersEnv = "ASSAY_TEST_VICTIM_ORDERS"
)

// orders say what a victim is to do.
type orders struct {
	Dir       string
	Inventory farm.Inventory
	Scenarios []string
	Entries   int // of its journal, after which it kills itself
}

// victim is the runner that is killed: by SIGKILL, the moment that an entry of
// its journal is on disk.
func victim(addr string) int {
	var o orders
	if err := json.Unmarshal([]byte(os.Getenv(ordersEnv)), &o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	all, err := scenario.Load(scenarios.Files, scenario.Known{Collectors: collect.Names()})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	plan := lab.Plan{Name: "run", Seed: 1, Repeat: 1, Inventory: o.Inventory}
	for _, s := range all {
		if slices.Contains(o.Scenarios, s.Name) {
			plan.Scenarios = append(plan.Scenarios, s)
		}
	}
	entries := 0
	runner := lab.Runner{Server: adb.NewServer(addr, adb.Options{}), Log: slog.New(slog.DiscardHandler)}
	runner.Noted = func(evidence.Entry) {
		if entries++; entries == o.Entries {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // nothing more is done, not even while the signal is on its way
		}
	}
	if _, err := runner.Run(context.Background(), plan, o.Dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// kill has a runner play the plan on handsets that outlive it, and killed after
// so many entries of its journal.
func kill(t *testing.T, server *adb.Server, o orders) {
	t.Helper()
	raw, err := json.Marshal(o)
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), victimEnv+"="+server.Addr(), ordersEnv+"="+string(raw))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	require.True(t, errors.As(err, &exit), "%v %s", err, out)
	require.Equal(t, syscall.SIGKILL, exit.Sys().(syscall.WaitStatus).Signal(), "%s", out)
}

// TestAKillAtEachAppendIsResumedToTheSameTables kills a runner by SIGKILL at
// entries of its journal, on handsets that stay as it left them, resumes the run,
// and wants the tables of the undisturbed one, and the handsets as they were. It
// does so again where the kill tore the entry in two. A few entries are tried by
// default, other ones each time; all of them with ASSAY_CHAOS.
func TestAKillAtEachAppendIsResumedToTheSameTables(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a runner that is killed again and again; skipped by -short")
	}
	calm := newKillFarm(t)
	whole, _ := run(t, lab.Runner{Server: calm.server}, lab.Plan{Scenarios: play(t, chaosScenarios...), Inventory: calm.inv})
	want := tables(judged(t, whole))
	journal, err := evidence.ReadJournal(filepath.Join(whole, "journal.jsonl"))
	require.NoError(t, err)
	require.Greater(t, len(journal), 30)

	every := 1
	if os.Getenv("ASSAY_CHAOS") == "" {
		every = len(journal) / 3
	}
	killed := 0
	for n := 1 + rand.IntN(every); n <= len(journal); n += every {
		for _, torn := range []bool{false, true} {
			if every > 1 && torn != (killed%2 == 1) {
				continue
			}
			killedAt(t, n, torn, want)
		}
		killed++
	}
	t.Logf("killed after %d of %d entries", killed, len(journal))
}

func killedAt(t *testing.T, n int, torn bool, want []string) {
	t.Helper()
	at := fmt.Sprintf("killed after entry %d, torn: %t", n, torn)
	f := newKillFarm(t)
	before := statesOf(t, f.server, f.inv)
	dir := filepath.Join(t.TempDir(), "run")
	kill(t, f.server, orders{Dir: dir, Inventory: f.inv, Scenarios: chaosScenarios, Entries: n})
	path := filepath.Join(dir, "journal.jsonl")
	cutAfter(t, path, n, torn)
	entries, err := evidence.ReadJournal(path)
	require.NoError(t, err, at)
	require.Len(t, entries, n-count(torn), at)
	runner := lab.Runner{Server: f.server, Log: slog.New(slog.DiscardHandler)}
	summary, err := runner.Resume(t.Context(), lab.Plan{Scenarios: play(t, chaosScenarios...), Inventory: f.inv}, dir)
	require.NoError(t, err, at)
	assert.Zero(t, summary.Infra+summary.Unusable, at)
	got := tables(judged(t, dir))
	assert.Equal(t, want, got, at)
	assert.Equal(t, before, statesOf(t, f.server, f.inv), at)
	f.close(t)
}

// cutAfter leaves so many entries of a journal, and of the last one half where it is
// to be torn. What stands behind them shared the sync of the last: the runner was
// killed before it told anybody of that.
func cutAfter(t *testing.T, path string, n int, torn bool) {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := bytes.SplitAfter(raw, []byte("\n"))
	require.Greater(t, len(lines), n, "what was told of is on disk")
	kept := len(bytes.Join(lines[:n], nil))
	if torn {
		kept -= len(lines[n-1]) - len(lines[n-1])/2
	}
	require.NoError(t, os.Truncate(path, int64(kept)))
}

// tables is what a judgement says, but for what the attempts at a job were, and
// how much of what each print-out held.
func tables(j finding.Judgement) []string {
	lines := verdicts(j)
	for _, line := range told(j, nil) {
		if _, rest, _ := strings.Cut(line, " "); !strings.HasPrefix(rest, "coverage ") && !strings.HasPrefix(rest, "job ") {
			lines = append(lines, line)
		}
	}
	return lines
}

// killFarm is two handsets that outlive the runner.
type killFarm struct {
	handsets []*virtual.Handset
	inv      farm.Inventory
	server   *adb.Server
	stop     func() error
}

func newKillFarm(t *testing.T) *killFarm {
	t.Helper()
	f := &killFarm{}
	for i, persona := range []string{"honor", "google"} {
		h, e := clone(t, persona, i)
		f.handsets, f.inv.Devices = append(f.handsets, h), append(f.inv.Devices, e)
	}
	addr, stop, err := virtual.Start(context.WithoutCancel(t.Context()), f.handsets...)
	require.NoError(t, err)
	f.server, f.stop = adb.NewServer(addr, adb.Options{}), stop
	t.Cleanup(func() { f.close(t) })
	return f
}

func (f *killFarm) close(t *testing.T) {
	t.Helper()
	if f.stop == nil {
		return
	}
	require.NoError(t, f.stop())
	for _, h := range f.handsets {
		require.NoError(t, h.Close())
	}
	f.stop = nil
}
