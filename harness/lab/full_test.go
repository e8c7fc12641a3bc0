package lab_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/lab"
	"assay/harness/ledger"
)

// filling is a disk that is full from one write on, for so many writes.
type filling struct {
	mu     sync.Mutex
	writes int
	files  map[string][]int // which writes were to which file
	from   int
	fails  int
}

func (f *filling) ask(file string, _ int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writes++
	if f.files == nil {
		f.files = map[string][]int{}
	}
	f.files[file] = append(f.files[file], f.writes)
	if f.from > 0 && f.writes >= f.from && f.writes < f.from+f.fails {
		return &os.PathError{Op: "write", Path: file, Err: syscall.ENOSPC}
	}
	return nil
}

// forGood is more writes than any run has.
const forGood = 1 << 30

var fullScenarios = []string{"camera-consent-refused", "dialer"}

// playFull plays on new handsets with a disk that fills, and gives what is needed
// to go on.
func playFull(t *testing.T, disk *filling) (f *killFarm, dir string, before any, err error) {
	t.Helper()
	f = newKillFarm(t)
	before = statesOf(t, f.server, f.inv)
	dir = filepath.Join(t.TempDir(), "run")
	runner := lab.Runner{Server: f.server, Log: slog.New(slog.DiscardHandler)}
	runner.Fill(disk.ask)
	_, err = runner.Run(t.Context(), lab.Plan{Name: "run", Seed: 1, Repeat: 1, Scenarios: play(t, fullScenarios...), Inventory: f.inv}, dir)
	return f, dir, before, err
}

// TestADiskThatFillsUpPausesTheRunAndCostsNothing has the disk fill at writes of
// evidence and of the journal, for one write or for good, and wants the handsets
// put back, the journal whole, and after resume the tables of the undisturbed
// run. A few writes are tried by default, other ones each time; many with
// ASSAY_CHAOS; under the race detector the first and the last words alone.
func TestADiskThatFillsUpPausesTheRunAndCostsNothing(t *testing.T) {
	calm := &filling{}
	f, whole, _, err := playFull(t, calm)
	require.NoError(t, err)
	f.close(t)
	want := tables(judged(t, whole))
	journal := calm.files["journal.jsonl"]
	require.Greater(t, len(journal), 10)
	require.Greater(t, calm.writes, 2*len(journal))

	type point struct{ from, fails int }
	points := []point{{1, forGood}, {journal[len(journal)-1], forGood}} // the first and the last words
	each := 1
	switch {
	case os.Getenv("ASSAY_CHAOS") != "":
		each = 40
	case underRace:
		each = 0
	}
	for i := range each {
		points = append(points, point{journal[1+rand.IntN(len(journal)-2)], []int{1, forGood}[i%2]})
		points = append(points, point{2 + rand.IntN(calm.writes-2), []int{forGood, 1}[i%2]})
	}
	for _, p := range points {
		at := fmt.Sprintf("full at write %d of about %d, %d writes", p.from, calm.writes, p.fails)
		f, dir, before, err := playFull(t, &filling{from: p.from, fails: p.fails})
		require.ErrorIs(t, err, lab.ErrFull, at)
		assert.Equal(t, before, any(statesOf(t, f.server, f.inv)), "%s: the handsets are as they were", at)
		entries, err := evidence.ReadJournal(filepath.Join(dir, "journal.jsonl"))
		require.NoError(t, err, at)
		for _, e := range entries {
			if e.Kind == evidence.JobEnded {
				assert.Empty(t, evidence.Verify(filepath.Join(dir, filepath.FromSlash(e.Bundle))), at)
				assert.NotEqual(t, evidence.Infra, e.Outcome.State, "%s: %s", at, e.Outcome.Cause)
			}
		}
		runner := lab.Runner{Server: f.server, Log: slog.New(slog.DiscardHandler)}
		summary, err := runner.Resume(t.Context(), lab.Plan{Scenarios: play(t, fullScenarios...), Inventory: f.inv}, dir)
		require.NoError(t, err, at)
		assert.Zero(t, summary.Infra+summary.Unusable, at)
		assert.Equal(t, want, tables(judged(t, dir)), at)
		f.close(t)
	}
}

// TestAJobBeginsOnlyWithTheReserveFree has the disk run low, without an error.
func TestAJobBeginsOnlyWithTheReserveFree(t *testing.T) {
	plan := lab.Plan{Name: "run", Seed: 1, Repeat: 1, Scenarios: play(t, "dialer")}
	all := handsets(t, "asus")
	plan.Inventory = inventory(all...)
	server := embedded(t, all...)
	var mu sync.Mutex
	free, looks := uint64(1<<30), 0
	runner := lab.Runner{Server: server, Log: slog.New(slog.DiscardHandler), Limits: lab.Limits{Reserve: 100 << 20}}
	runner.Space = func(string) (uint64, error) {
		mu.Lock()
		defer mu.Unlock()
		if looks++; looks == 3 { // before the run, the baseline and the scenario
			free = 99 << 20
		}
		return free, nil
	}
	dir := filepath.Join(t.TempDir(), "run")
	_, err := runner.Run(t.Context(), plan, dir)
	var full *lab.Full
	require.ErrorAs(t, err, &full)
	assert.Equal(t, "the host's disk is full: 99.0 MiB free where "+dir+" is, and a run wants 100.0 MiB", err.Error())
	path := filepath.Join(dir, "journal.jsonl")
	entries, err := evidence.ReadJournal(path)
	require.NoError(t, err)
	last := entries[len(entries)-1]
	assert.Equal(t, evidence.RunEnded, last.Kind)
	assert.Equal(t, "paused: "+full.Error(), last.Note)

	paused, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = runner.Resume(t.Context(), plan, dir)
	require.ErrorIs(t, err, lab.ErrFull)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(paused), string(after), "a run that still has no room touches nothing")

	free = 1 << 30
	_, err = runner.Resume(t.Context(), plan, dir)
	require.NoError(t, err)
	for _, job := range judged(t, dir).Jobs {
		assert.Equal(t, evidence.Finished, job.Outcome.State, job.Scenario)
		assert.Equal(t, 1, job.Attempt, "%s: what was taken before the pause stands", job.Scenario)
	}
}

// TestEvidenceStopsShortOfTheReserve has a handset print until only half of the
// reserve is left.
func TestEvidenceStopsShortOfTheReserve(t *testing.T) {
	plan := lab.Plan{Name: "run", Seed: 1, Repeat: 1, Scenarios: play(t, "dialer")}
	all := handsets(t, "asus")
	inject(t, all[0], "long-line:16777216:match=-T 1:times=1")
	plan.Inventory = inventory(all...)
	dir := filepath.Join(t.TempDir(), "run")
	runner := lab.Runner{Server: embedded(t, all...), Log: slog.New(slog.DiscardHandler), Limits: lab.Limits{Reserve: 100 << 20, Settle: time.Second}}
	runner.Space = func(string) (uint64, error) {
		logs, err := filepath.Glob(filepath.Join(dir, "bundles", "*", "captures", "*-logcat.*"))
		for _, l := range logs {
			if info, err := os.Stat(l); err == nil && info.Size() > 4<<20 {
				return 49 << 20, nil
			}
		}
		return 100 << 20, err
	}
	_, err := runner.Run(t.Context(), plan, dir)
	require.ErrorIs(t, err, lab.ErrFull)
	bundles, err := ledger.Bundles(dir)
	require.NoError(t, err)
	require.Len(t, bundles, 2)
	assert.Empty(t, evidence.Verify(filepath.Join(dir, bundles[0])), "the baseline stands")
	_, err = evidence.Open(filepath.Join(dir, bundles[1]))
	assert.ErrorIs(t, err, evidence.ErrUnsealed)
}
