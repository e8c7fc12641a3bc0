package finding_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
)

// TestReasonsThatDifferInFiguresAreToldOnce has two scenarios lack lines of the app-ops,
// of each another number, and two handsets lack a scenario.
func TestReasonsThatDifferInFiguresAreToldOnce(t *testing.T) {
	t.Parallel()
	tally := finding.NewTally(finding.Info{})
	for scenario, lines := range map[string]string{"one": "2 of 9 lines", "two": "3 of 9 lines"} {
		k := attempt(step(1, "idle")).weaken("dumpsys-appops", evidence.Coverage{State: evidence.Truncated, Reason: lines})
		k.c.Scenario = scenario
		tally.Add(&k.c)
	}
	for _, serial := range []string{"A1", "A2"} {
		h := phone
		h.Serial = android.Serial(serial)
		tally.Job(finding.Job{Handset: h, Scenario: "three", Repeat: 1, Attempt: 1, Outcome: evidence.Outcome{State: evidence.Infra, Cause: "unplugged"}})
	}
	models := tally.Judgement().Models
	assert.Len(t, models, 1)
	assert.Equal(t, []string{
		"dumpsys-appops: truncated: 2 of 9 lines", "three on A1: infrastructure: unplugged", "three on A2: infrastructure: unplugged",
	}, models[0].Cells["no-background-location"].Unknown)
}
