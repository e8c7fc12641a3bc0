package lab_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/lab"
	"assay/harness/scenario"
)

// TestAChangeThatABootingHandsetDoesNotTakeBackIsTakenBackOnceItIsUp restarts the
// system of a handset whose user has just refused the camera: pm finds no service
// then, and the marks of the refusal are wiped out later.
func TestAChangeThatABootingHandsetDoesNotTakeBackIsTakenBackOnceItIsUp(t *testing.T) {
	for _, fault := range []string{"system-restart:4:match=pm clear-permission-flags", "reboot:match=in tcp:skip=5:bytes=20"} {
		h, e := clone(t, "google", 0)
		t.Cleanup(func() { require.NoError(t, h.Close()) })
		server := embedded(t, h)
		before, err := stateOf(t.Context(), server, e.Serial)
		require.NoError(t, err)
		inject(t, h, fault)
		plan := lab.Plan{Scenarios: play(t, "camera-consent-refused")}
		plan.Inventory.Devices = append(plan.Inventory.Devices, e)
		dir, summary := run(t, lab.Runner{Server: server, Limits: hasty.limits, Clock: newHastyClock()}, plan)
		assert.Positive(t, summary.Infra, fault)
		after, err := stateOf(t.Context(), server, e.Serial)
		require.NoError(t, err, fault)
		assert.Empty(t, differences(before, after), fault)
		for _, job := range finding.LastAttempts(judged(t, dir).Jobs) {
			assert.Empty(t, job.NotUndone, fault)
		}
	}
}

// TestAnUndoOfAServiceThatTheHandsetLacksCostsNothingElse has a scenario take a change back
// by a service that no build has: that is told of this change, and the handset plays on.
func TestAnUndoOfAServiceThatTheHandsetLacksCostsNothingElse(t *testing.T) {
	s, err := scenario.Parse("lacking.yaml", []byte(`name: lacking
about: The volume is changed, and what would take it back is not there.
subject: {role: dialer}
steps:
  - shell: {run: [input, keyevent, "24"], changes: {what: the volume, undo: [cmd, nosuchservice, "off"]}}
  - shell: {run: [settings, put, global, stay_on_while_plugged_in, "3"], changes: {what: the screen stays on, undo: [settings, put, global, stay_on_while_plugged_in, "0"]}}
`), scenario.Known{})
	require.NoError(t, err)
	h := handsets(t, "honor")[0]
	dir, summary := run(t, lab.Runner{Server: embedded(t, h)}, lab.Plan{Scenarios: []scenario.Scenario{s}, Inventory: inventory(h)})
	assert.Zero(t, summary.Infra)
	assert.Zero(t, summary.Unusable)
	for _, job := range finding.LastAttempts(judged(t, dir).Jobs) {
		if job.Scenario == "lacking" {
			assert.Equal(t, evidence.Finished, job.Outcome.State, job.Outcome.Cause)
			assert.Len(t, job.NotUndone, 1, "the other change is taken back")
		}
	}
}
