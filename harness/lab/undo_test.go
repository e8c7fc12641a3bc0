package lab_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/finding"
	"assay/harness/lab"
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
