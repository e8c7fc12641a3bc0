package ledger_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/ledger"
)

// two handsets of two models owe one scenario each, and the baseline.
func record() ledger.Record {
	return ledger.Record{Name: "nightly", Tool: "v1", Started: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC), Repeat: 1,
		Scenarios: []ledger.Scenario{{Name: "dialer", Text: "steps: []", Digest: evidence.Digest([]byte("steps: []"))}},
		Handsets:  []ledger.Handset{{Key: "A1", Brand: "lyf", Model: "Earth"}, {Key: "B2", Brand: "lava", Model: "Z1"}},
	}
}

func started(key, scenario string, attempt int) evidence.Entry {
	return evidence.Entry{Kind: evidence.JobStarted, Serial: key, Scenario: scenario, Repeat: 1, Attempt: attempt, Bundle: "bundles/x"}
}

func ended(key, scenario string, attempt int, state evidence.OutcomeState) evidence.Entry {
	e := started(key, scenario, attempt)
	e.Kind, e.Outcome = evidence.JobEnded, &evidence.Outcome{State: state}
	return e
}

// outcomes are the last attempts' states, handset by handset, job by job.
func outcomes(l ledger.Ledger) string {
	var all []string
	for _, a := range l.Handsets {
		for _, j := range a.Jobs {
			all = append(all, a.Key+" "+j.Scenario+": "+string(j.Outcome.State)+", "+string(j.Outcome.Owner))
		}
	}
	return strings.Join(all, "\n")
}

func TestAJournalSaysWhatBecameOfEachJob(t *testing.T) {
	for name, c := range map[string]struct {
		entries []evidence.Entry
		want    string
	}{
		"nothing was begun": {nil, "A1 baseline: not run, host\nA1 dialer: not run, host\nB2 baseline: not run, host\nB2 dialer: not run, host"},
		"one was cut off": {
			[]evidence.Entry{started("A1", "baseline", 1), ended("A1", "baseline", 1, evidence.Finished), started("A1", "dialer", 1)},
			"A1 baseline: finished, \nA1 dialer: interrupted, host\nB2 baseline: not run, host\nB2 dialer: not run, host"},
		"the second attempt counts": {
			[]evidence.Entry{started("A1", "dialer", 1), ended("A1", "dialer", 1, evidence.Infra), started("A1", "dialer", 2), ended("A1", "dialer", 2, evidence.Finished)},
			"A1 baseline: not run, host\nA1 dialer: finished, \nB2 baseline: not run, host\nB2 dialer: not run, host"},
		"a handset was given up": {
			[]evidence.Entry{{Kind: evidence.HandsetSeen, Serial: "B2", Note: "offline", Outcome: &evidence.Outcome{Cause: "unplugged", Owner: evidence.OwnerHandset}}},
			"A1 baseline: not run, host\nA1 dialer: not run, host\nB2 baseline: not run, handset\nB2 dialer: not run, handset"},
		"it came back later": {
			[]evidence.Entry{{Kind: evidence.HandsetSeen, Serial: "B2", Note: "offline", Outcome: &evidence.Outcome{Cause: "unplugged"}},
				{Kind: evidence.HandsetSeen, Serial: "B2", Note: ledger.LeasedNote}},
			"A1 baseline: not run, host\nA1 dialer: not run, host\nB2 baseline: not run, host\nB2 dialer: not run, host"},
		"of another handset, and another scenario": {
			[]evidence.Entry{started("C3", "dialer", 1), started("A1", "camera", 1)},
			"A1 baseline: not run, host\nA1 dialer: not run, host\nB2 baseline: not run, host\nB2 dialer: not run, host"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, outcomes(ledger.Of(record(), c.entries)))
		})
	}
}

func TestAnEarlierAttemptIsKept(t *testing.T) {
	t.Parallel()
	l := ledger.Of(record(), []evidence.Entry{
		started("A1", "dialer", 1), ended("A1", "dialer", 1, evidence.Infra),
		started("A1", "dialer", 2), ended("A1", "dialer", 2, evidence.Finished),
	})
	job := l.Handsets[0].Jobs[1]
	require.Len(t, job.Earlier, 1)
	assert.Equal(t, evidence.Infra, job.Earlier[0].Outcome.State)
	assert.True(t, job.Committed())
	left, all := l.Left()
	assert.Equal(t, []int{1, 2}, []int{left, all}, "the baseline is none of the plan's scenarios")
}

func TestAChangeThatIsNotTakenBackIsTold(t *testing.T) {
	t.Parallel()
	change := func(kind evidence.Kind, id int) evidence.Entry {
		e := started("A1", "dialer", 1)
		e.Kind, e.Change, e.Note = kind, &evidence.Change{ID: id, What: "airplane mode"}, "refused"
		return e
	}
	undone := ledger.Of(record(), []evidence.Entry{started("A1", "dialer", 1), change(evidence.Changed, 1), change(evidence.UndoFailed, 1), change(evidence.Undone, 1)})
	assert.Empty(t, undone.Handsets[0].Jobs[1].NotUndone(), "a later part of the run took it back")
	left := ledger.Of(record(), []evidence.Entry{started("A1", "dialer", 1), change(evidence.Changed, 1), change(evidence.UndoFailed, 1)})
	assert.Len(t, left.Handsets[0].Jobs[1].NotUndone(), 1)
}

// begun makes a run on disk that has begun.
func begun(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	journal, err := ledger.Create(dir, record())
	require.NoError(t, err)
	require.NoError(t, ledger.Begin(dir, journal, "nightly", "v1"))
	require.NoError(t, journal.Close())
	return dir
}

func TestARunNeverWritesOverAnother(t *testing.T) {
	t.Parallel()
	dir := begun(t)
	_, err := ledger.Create(dir, record())
	require.ErrorIs(t, err, ledger.ErrOutput)
	kept, err := ledger.Read(dir)
	require.NoError(t, err)
	assert.Equal(t, "nightly", kept.Name)
	assert.Len(t, kept.Secret(), 32)
}

func TestARecordThatTheRunWasNotBegunWithIsForged(t *testing.T) {
	t.Parallel()
	dir := begun(t)
	file := filepath.Join(dir, ledger.RecordName)
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(raw), "Earth", "Water", 1)), 0o600))
	run, err := ledger.Check(dir)
	require.NoError(t, err)
	require.ErrorIs(t, run.Forged(), ledger.ErrForged)
	require.ErrorIs(t, run.Forged(), ledger.ErrRecord)
	for _, a := range run.Ledger().Handsets {
		for _, j := range a.Jobs {
			assert.Equal(t, evidence.Infra, j.Outcome.State, "%s %s", a.Key, j.Scenario)
		}
	}
}

func TestAFolderWithoutARunSaysSo(t *testing.T) {
	t.Parallel()
	_, err := ledger.Check(t.TempDir())
	assert.ErrorIs(t, err, ledger.ErrNoRun)
}

func TestHistoryIsOfTheModelBeforeItIsOfOthers(t *testing.T) {
	t.Parallel()
	var h ledger.History
	_, known := h.Took("dialer", "lyf", "Earth")
	assert.False(t, known)
	h.Add("dialer", ledger.ModelName("lava", "Z1"), 9*time.Second)
	e, known := h.Took("dialer", "lyf", "Earth")
	assert.True(t, known)
	assert.Equal(t, ledger.Estimate{For: 9 * time.Second, From: "other models"}, e)
	h.Add("dialer", ledger.ModelName("LYF", "Earth"), 4*time.Second)
	e, _ = h.Took("dialer", "lyf", "Earth")
	assert.Equal(t, ledger.Estimate{For: 4 * time.Second, From: "history"}, e, "people write a brand in small and large letters")
}
