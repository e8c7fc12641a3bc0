package lab_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/ledger"
)

// verdicts is what a judgement's headline and jobs say.
func verdicts(j finding.Judgement) []string {
	var lines []string
	for _, m := range j.Models {
		for rule, c := range m.Cells {
			lines = append(lines, fmt.Sprintln(m.Brand, m.Model, rule, c.Verdict, c.Flagged))
		}
	}
	for _, job := range finding.LastAttempts(j.Jobs) {
		lines = append(lines, fmt.Sprintln(job.Handset.Serial, job.Scenario, job.Repeat, job.Outcome.State, job.NotUndone))
	}
	slices.Sort(lines)
	return lines
}

// cutOff copies a run as it stood when its journal had n entries: what was
// sealed later is not, and what was begun later is not there.
func cutOff(t *testing.T, run string, n int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	require.NoError(t, os.CopyFS(dir, os.DirFS(run)))
	path := filepath.Join(dir, "journal.jsonl")
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := bytes.SplitAfter(raw, []byte("\n"))
	require.NoError(t, os.WriteFile(path, bytes.Join(lines[:n], nil), 0o644))
	entries, err := evidence.ReadJournal(path)
	require.NoError(t, err)
	begun := map[string]bool{}
	for _, e := range entries {
		if e.Kind == evidence.JobStarted {
			begun[e.Bundle] = true
		}
	}
	bundles, err := ledger.Bundles(dir)
	require.NoError(t, err)
	for _, b := range bundles {
		if !begun[b] {
			require.NoError(t, os.RemoveAll(filepath.Join(dir, b)))
		}
	}
	return dir
}

// TestARunThatIsCutOffAtAnyEntryOfItsJournalResumesToTheSameTable cuts a
// finished run after each entry of its journal, resumes it, and compares.
func TestARunThatIsCutOffAtAnyEntryOfItsJournalResumesToTheSameTable(t *testing.T) {
	t.Parallel()
	plan := lab.Plan{Scenarios: play(t, "camera-consent-refused", "dialer")}
	all := handsets(t, "honor")
	plan.Inventory = inventory(all...)
	whole, _ := run(t, lab.Runner{Server: embedded(t, all...)}, plan)
	want := verdicts(judged(t, whole))
	raw, err := os.ReadFile(filepath.Join(whole, "journal.jsonl"))
	require.NoError(t, err)
	entries := bytes.Count(raw, []byte("\n"))
	require.Greater(t, entries, 10)
	step := 1
	if underRace { // each append of another run is killed at in any case: TestAKillAtEachAppend
		step = 4
	}
	for n := 1; n <= entries; n += step {
		dir := cutOff(t, whole, n)
		fresh := handsets(t, "honor")
		runner := lab.Runner{Server: embedded(t, fresh...), Log: slog.New(slog.DiscardHandler)}
		summary, err := runner.Resume(t.Context(), plan, dir)
		require.NoError(t, err, "cut after entry %d", n)
		assert.Zero(t, summary.Infra+summary.Unusable, "cut after entry %d", n)
		assert.Equal(t, want, verdicts(judged(t, dir)), "cut after entry %d", n)
	}
}

func TestResumePlaysNothingTwice(t *testing.T) {
	plan := lab.Plan{Scenarios: play(t, "dialer")}
	all := handsets(t, "asus")
	plan.Inventory = inventory(all...)
	server := embedded(t, all...)
	dir, _ := run(t, lab.Runner{Server: server}, plan)
	before, err := ledger.Bundles(dir)
	require.NoError(t, err)
	runner := lab.Runner{Server: server, Log: slog.New(slog.DiscardHandler)}
	_, err = runner.Resume(t.Context(), plan, dir)
	require.NoError(t, err)
	after, err := ledger.Bundles(dir)
	require.NoError(t, err)
	assert.Equal(t, before, after)
}

func TestRetryKeepsEveryAttempt(t *testing.T) {
	plan := lab.Plan{Scenarios: play(t, "dialer")}
	all := handsets(t, "honor") // whose specimen dialer writes an identifier to the log
	plan.Inventory = inventory(all...)
	server := embedded(t, all...)
	dir, _ := run(t, lab.Runner{Server: server}, plan)
	first := judged(t, dir)
	runner := lab.Runner{Server: server, Judge: judge.Run, Log: slog.New(slog.DiscardHandler)}
	_, err := runner.Resume(t.Context(), plan, dir, lab.Flagged)
	require.NoError(t, err)
	second := judged(t, dir)
	assert.Equal(t, verdicts(first), verdicts(second))
	attempts := 0
	for _, job := range second.Jobs {
		if job.Scenario == "dialer" {
			attempts++
		}
	}
	assert.Equal(t, 2, attempts)
}

func TestARunDoesNotGoOnWithAnotherPlan(t *testing.T) {
	plan := lab.Plan{Scenarios: play(t, "dialer")}
	all := handsets(t, "asus")
	plan.Inventory = inventory(all...)
	server := embedded(t, all...)
	dir, _ := run(t, lab.Runner{Server: server}, plan)
	runner := lab.Runner{Server: server, Log: slog.New(slog.DiscardHandler)}
	other := plan
	other.Scenarios = play(t, "browser")
	_, err := runner.Resume(t.Context(), other, dir)
	assert.ErrorIs(t, err, lab.ErrAnotherRun)
	other = plan
	other.Inventory.Devices = nil
	_, err = runner.Resume(t.Context(), other, dir)
	assert.ErrorIs(t, err, lab.ErrAnotherRun)
	_, err = runner.Resume(t.Context(), plan, dir, "everything")
	assert.ErrorContains(t, err, `--only "everything"`)
}

// TestARunThatIsPlayedIsNotGoneOnWith has others go on with a run at each of its first
// entries, while it is played, and while somebody else goes on with it.
func TestARunThatIsPlayedIsNotGoneOnWith(t *testing.T) {
	plan := lab.Plan{Repeat: 1, Scenarios: play(t, "camera-consent-refused", "dialer")}
	all := handsets(t, "honor")
	plan.Inventory = inventory(all...)
	server := embedded(t, all...)
	dir := filepath.Join(t.TempDir(), "run")
	quiet := slog.New(slog.DiscardHandler)
	refused := func(when string) {
		before, err := os.ReadFile(filepath.Join(dir, ledger.JournalName))
		require.NoError(t, err)
		_, err = (&lab.Runner{Server: server, Log: quiet}).Resume(t.Context(), plan, dir)
		assert.ErrorIs(t, err, evidence.ErrHeld, when)
		assert.ErrorContains(t, err, "no handset was touched", when)
		after, err := os.ReadFile(filepath.Join(dir, ledger.JournalName))
		require.NoError(t, err)
		assert.True(t, bytes.HasPrefix(after, before), when)
	}
	seen := 0
	noted := func(e evidence.Entry) {
		if seen++; seen%2 == 0 {
			refused(string(e.Kind))
		}
	}
	_, err := (&lab.Runner{Server: server, Log: quiet, Noted: noted}).Run(t.Context(), plan, dir)
	require.NoError(t, err)
	require.Greater(t, seen, 10)
	whole := verdicts(judged(t, dir))

	seen = 0
	_, err = (&lab.Runner{Server: server, Log: quiet, Noted: noted}).Resume(t.Context(), plan, dir)
	require.NoError(t, err, "once it has ended it may be gone on with")
	require.Positive(t, seen)
	_, err = (&lab.Runner{Server: server, Log: quiet}).Resume(t.Context(), plan, dir)
	require.NoError(t, err)
	run, err := ledger.Verify(dir)
	require.NoError(t, err)
	assert.Empty(t, run.Problems)
	assert.Equal(t, whole, verdicts(judged(t, dir)))
}

// TestABaselineThatWasStoppedIsForgottenOnceItWasTaken stops runs in mid-baseline, with
// and without devices.yaml saying of the handsets what they then say themselves, and
// otherwise.
func TestABaselineThatWasStoppedIsForgottenOnceItWasTaken(t *testing.T) {
	for _, notice := range []string{"", "these handsets are on loan"} {
		plan := lab.Plan{Repeat: 1, Scenarios: play(t, "dialer")}
		all := handsets(t, "honor", "google")
		plan.Inventory = inventory(all...)
		plan.Inventory.Notice = notice
		server := embedded(t, all...)
		whole, _ := run(t, lab.Runner{Server: server}, plan)

		dir, drain := filepath.Join(t.TempDir(), "run"), make(chan struct{})
		stop := sync.OnceFunc(func() { close(drain) })
		runner := lab.Runner{Server: server, Log: slog.New(slog.DiscardHandler), Drain: drain, Noted: func(e evidence.Entry) {
			if e.Kind == evidence.JobStarted && e.Scenario == evidence.Baseline {
				stop()
			}
		}}
		_, err := runner.Run(t.Context(), plan, dir)
		require.NoError(t, err)
		require.NotEqual(t, verdicts(judged(t, whole)), verdicts(judged(t, dir)), "else nothing was stopped")
		runner.Drain, runner.Noted = nil, nil
		_, err = runner.Resume(t.Context(), plan, dir)
		require.NoError(t, err)
		assert.Equal(t, verdicts(judged(t, whole)), verdicts(judged(t, dir)), notice)
	}
}
