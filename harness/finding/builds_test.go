package finding_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/observe/fact"
)

const (
	clean  = "specimen/one/one:13/T/1:user/release-keys"
	tested = "specimen/one/one:13/T/2:user/test-keys"
)

// built is the specimen's handset of a serial with a build.
func built(serial, fingerprint string) android.Handset {
	h := handset(serial, "Specimen", "One", "13")
	h.Build.Fingerprint = fingerprint
	return h
}

// playedOther is a case of a second job on a handset, in a bundle of its own.
func playedOther(h android.Handset) *kit {
	k := attempt()
	k.c.Scenario = "other"
	k.off(h)
	for i := range k.c.Coverage {
		k.c.Coverage[i].Ref.Bundle = "other of " + string(h.Serial) + h.Build.Fingerprint
	}
	return k.during(step(1, "idle"))
}

// row gives the row of a build.
func row(t *testing.T, j finding.Judgement, build string) finding.Model {
	t.Helper()
	i := slices.IndexFunc(j.Models, func(m finding.Model) bool { return m.Build == build })
	require.GreaterOrEqual(t, i, 0, "no row of build %q", build)
	return j.Models[i]
}

func TestAnotherBuildsKeysDefameNobody(t *testing.T) {
	t.Parallel()
	keys := func(k string) fact.Property { return fact.Property{Key: "ro.build.tags", Value: k} }
	j := tally(baseline(keys("release-keys")).off(built("A1", clean)), baseline(keys("test-keys")).off(built("B2", tested)),
		baseline(keys("release-keys")).off(built("C3", clean)))
	require.Len(t, j.Models, 2)
	assert.Equal(t, finding.Clear, row(t, j, clean).Cells["release-keys"].Verdict)
	assert.Len(t, row(t, j, clean).Handsets, 2)
	assert.Equal(t, finding.Flagged, row(t, j, tested).Cells["release-keys"].Verdict)
	assert.Len(t, row(t, j, tested).Handsets, 1)
}

func TestWithoutAFingerprintReleaseAndPatchTellBuildsApart(t *testing.T) {
	t.Parallel()
	a, b := built("A1", ""), built("B2", "")
	a.Build.SecurityPatch, b.Build.SecurityPatch = "2026-01-01", "2026-02-01"
	j := tally(baseline().off(a), baseline().off(b))
	require.Len(t, j.Models, 2)
	assert.Equal(t, "release 13, SDK 33, patch level 2026-01-01", j.Models[0].Build)
}

// TestAnUpdateWithinARunMakesTwoRows plays a job with each of two builds of one
// handset: each row has what was judged with its build, and doubts of the rest.
func TestAnUpdateWithinARunMakesTwoRows(t *testing.T) {
	t.Parallel()
	old, now := built("A1", clean), built("A1", tested)
	other := playedOther(now)
	flagged := attempt(step(1, "idle")).off(old).after(used(weather, "FINE_LOCATION", android.StateBackground, 5))
	j := tally(flagged, other, job(old, "play", evidence.Finished, ""), job(now, "other", evidence.Finished, ""))
	require.Len(t, j.Models, 2)
	was, is := row(t, j, clean).Cells[background], row(t, j, tested).Cells[background]
	assert.Equal(t, finding.Flagged, was.Verdict)
	assert.Equal(t, []string{"other on A1: not played with this build, but with another that the handset had in this run"}, was.Unknown)
	assert.Equal(t, finding.Unknown, is.Verdict, "one job clears not what two were to show")
	assert.Equal(t, []string{"play on A1: not played with this build, but with another that the handset had in this run"}, is.Unknown)

	// A second handset of the old build plays the rest.
	rest := playedOther(built("B2", clean))
	j = tally(flagged, other, rest, job(old, "play", evidence.Finished, ""), job(now, "other", evidence.Finished, ""), job(built("B2", clean), "other", evidence.Finished, ""))
	assert.Empty(t, row(t, j, clean).Cells[background].Unknown)
}

func TestLastAttemptsAreOfEachBuild(t *testing.T) {
	t.Parallel()
	at := func(h android.Handset, attempt int, state evidence.OutcomeState) finding.Job {
		j := job(h, "play", state, "")
		j.Attempt = attempt
		return j
	}
	last := finding.LastAttempts([]finding.Job{
		at(built("A1", ""), 1, evidence.Infra), // the handset had not said which build it runs
		at(built("A1", clean), 2, evidence.Finished), at(built("A1", tested), 3, evidence.Finished), at(built("A1", tested), 4, evidence.Infra),
	})
	nobody := built("D4", "")
	nobody.Build = android.Build{}
	last = append(last, finding.LastAttempts([]finding.Job{at(nobody, 1, evidence.Infra), at(nobody, 2, evidence.Interrupted)})...)
	var got []int
	for _, j := range last {
		got = append(got, j.Attempt)
	}
	assert.ElementsMatch(t, []int{1, 2, 4, 2}, got, "release 13, SDK 33 alone is a build too")

	first := built("A1", "")
	first.Build = android.Build{}
	last = finding.LastAttempts([]finding.Job{at(first, 1, evidence.Infra), at(built("A1", clean), 2, evidence.Finished)})
	require.Len(t, last, 1)
	assert.Equal(t, 2, last[0].Attempt, "what failed before the build was known is made up for")
}

func TestAHandsetThatNeverSaidItsBuild(t *testing.T) {
	t.Parallel()
	never := built("D4", "")
	never.Build = android.Build{}
	failed := job(never, "play", evidence.Infra, "usb")
	one := []any{attempt(step(1, "idle")).off(built("A1", clean)), job(built("A1", clean), "play", evidence.Finished, "")}
	t.Run("stands with its model's only build", func(t *testing.T) {
		j := tally(append(one, failed)...)
		require.Len(t, j.Models, 1)
		assert.Equal(t, []string{"play on D4: infrastructure: usb"}, j.Models[0].Cells[background].Unknown)
		assert.Len(t, j.Models[0].Handsets, 2)
	})
	t.Run("has a row of its own where there are several", func(t *testing.T) {
		j := tally(append(one, attempt(step(1, "idle")).off(built("B2", tested)), job(built("B2", tested), "play", evidence.Finished, ""), failed)...)
		require.Len(t, j.Models, 3)
		assert.Equal(t, finding.Unknown, row(t, j, "").Cells[background].Verdict)
		assert.Equal(t, finding.Clear, row(t, j, clean).Cells[background].Verdict)
	})
	t.Run("that is missing is answered for by any build of its model", func(t *testing.T) {
		j := tally(append(one, finding.Missing{Handset: never, State: "offline"})...)
		require.Len(t, j.Models, 1)
		assert.Equal(t, finding.Clear, j.Models[0].Cells[background].Verdict)
	})
	t.Run("and played later is the one that it then was", func(t *testing.T) {
		a := built("A1", "")
		a.Build = android.Build{}
		j := tally(append(one, job(a, "other", evidence.Infra, "usb"))...)
		require.Len(t, j.Models, 1)
		assert.Equal(t, []string{"other on A1: infrastructure: usb"}, j.Models[0].Cells[background].Unknown)
	})
}

func TestBuildsDoNotDependOnTheOrderOfAdding(t *testing.T) {
	t.Parallel()
	other := playedOther(built("A1", tested))
	add := []any{
		attempt(step(1, "idle")).off(built("A1", clean)), other, baseline().off(built("A1", clean)), baseline().off(built("B2", tested)),
		job(built("A1", clean), "play", evidence.Finished, ""), job(built("A1", tested), "other", evidence.Infra, "usb"), job(built("C3", ""), "play", evidence.NotStarted, "off"),
		finding.Missing{Handset: built("E5", ""), State: "offline"},
	}
	want := tally(add...)
	for range 20 {
		rand.Shuffle(len(add), func(a, b int) { add[a], add[b] = add[b], add[a] })
		assert.Equal(t, want, tally(add...))
	}
}
