package lab_test

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
)

// TestAHandsetThatWasUpdatedWithinARunHasTwoRows plays a run with one build, and
// again what was flagged once the handset runs another: each row has what was
// judged with its build, and that the new one did less is no unsteadiness.
func TestAHandsetThatWasUpdatedWithinARunHasTwoRows(t *testing.T) {
	const updated = "HONOR/DUA-L22/HNDUA-M:8.1.0/HONORDUA-L22/another:user/release-keys"
	plan := lab.Plan{Scenarios: play(t, "dialer")} // in which the Honor's specimen writes an identifier to the log
	old := lacking(t, "")
	plan.Inventory = inventory(old)
	dir, _ := run(t, lab.Runner{Server: embedded(t, old)}, plan)
	first := judged(t, dir)
	require.Len(t, first.Models, 1)
	require.Equal(t, finding.Flagged, first.Models[0].Cells["no-identifier-in-the-log"].Verdict)

	runner := lab.Runner{Server: embedded(t, lacking(t, updated)), Judge: judge.Run, Log: slog.New(slog.DiscardHandler)}
	_, err := runner.Resume(t.Context(), plan, dir, lab.Flagged)
	require.NoError(t, err)
	j := judged(t, dir)
	require.Len(t, j.Models, 2)
	at := slices.IndexFunc(j.Models, func(m finding.Model) bool { return m.Build == updated })
	require.GreaterOrEqual(t, at, 0)
	is, was := j.Models[at], j.Models[1-at]
	assert.Equal(t, first.Models[0].Build, was.Build)
	for rule, c := range first.Models[0].Cells {
		assert.Equal(t, c.Verdict.String(), was.Cells[rule].Verdict.String(), "%s of the old build", rule)
	}
	// The baseline was not taken again: of the new build it says nothing.
	assert.Equal(t, finding.Unknown, is.Cells["verified-boot-is-green"].Verdict)
	assert.Equal(t, []string{"baseline of " + string(is.Handsets[0].Serial) + ": not played with this build, but with another that the handset had in this run"},
		is.Cells["verified-boot-is-green"].Unknown)
	assert.NotEqual(t, finding.Clear, is.Cells["no-identifier-in-the-log"].Verdict, "whose identifiers were not read with it")
	builds := map[string]int{}
	for _, job := range j.Jobs {
		if job.Scenario != evidence.Baseline {
			builds[job.Handset.Build.Fingerprint]++
			assert.Empty(t, job.Unstable, "another build's")
		}
	}
	assert.Equal(t, map[string]int{was.Build: 1, updated: 1}, builds)
	again, err := judge.Run(dir)
	require.NoError(t, err)
	assert.Equal(t, j, again)
}
