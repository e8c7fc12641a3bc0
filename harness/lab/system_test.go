package lab_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/lab"
)

// struck plays a scenario on a handset of a persona that a fault befalls, and
// gives the last attempts at its jobs and its verdicts.
func struck(t *testing.T, persona, scenario string, faults ...string) ([]finding.Job, map[string]finding.Cell) {
	t.Helper()
	h, e := clone(t, persona, 0)
	t.Cleanup(func() { require.NoError(t, h.Close()) })
	for _, f := range faults {
		inject(t, h, f)
	}
	plan := lab.Plan{Scenarios: play(t, scenario)}
	plan.Inventory.Devices = append(plan.Inventory.Devices, e)
	dir, _ := run(t, lab.Runner{Server: embedded(t, h), Limits: hasty.limits, Clock: newHastyClock()}, plan)
	j := judged(t, dir)
	require.Len(t, j.Models, 1)
	return finding.LastAttempts(j.Jobs), j.Models[0].Cells
}

// TestWhatAHandsetLacksIsNotConcludedWhileItsSystemIsDown restarts the system
// just before the app of a role is looked for, on a handset whose commands have
// an exit status and on one whose have none.
func TestWhatAHandsetLacksIsNotConcludedWhileItsSystemIsDown(t *testing.T) {
	for _, persona := range []string{"gionee", "google"} {
		_, calm := struck(t, persona, "camera-consent-refused")
		jobs, cells := struck(t, persona, "camera-consent-refused", "system-restart:20:match=pm list packages")
		for _, job := range jobs {
			assert.NotEqual(t, evidence.NotApplicable, job.Outcome.State, "%s %s: %s", persona, job.Scenario, job.Outcome.Cause)
		}
		for rule, cell := range cells {
			assert.False(t, wrong(calm[rule].Verdict, cell.Verdict), "%s %s: %s, earned %s", persona, rule, cell.Verdict, calm[rule].Verdict)
		}
	}
}

// TestStepsOnADarkScreenProveNothing has the screen go dark while an app is to
// be in front.
func TestStepsOnADarkScreenProveNothing(t *testing.T) {
	for _, persona := range []string{"gionee", "google"} {
		_, calm := struck(t, persona, "dialer")
		jobs, cells := struck(t, persona, "dialer", "doze:match=am start")
		clear := 0
		for rule, cell := range cells {
			assert.False(t, wrong(calm[rule].Verdict, cell.Verdict), "%s %s: %s, earned %s", persona, rule, cell.Verdict, calm[rule].Verdict)
			if cell.Verdict == finding.Unknown && calm[rule].Verdict == finding.Clear {
				clear++
			}
		}
		assert.Positive(t, clear, "%s: what was Clear is not, and says why", persona)
		require.NotEmpty(t, jobs)
	}
}

// TestARestartOfTheSystemThatNoCommandMetProvesNothing restarts the system at the
// end of a step, where only the kernel and the log are asked: every command has its
// answer, and the apps and their last uses are gone.
func TestARestartOfTheSystemThatNoCommandMetProvesNothing(t *testing.T) {
	for _, persona := range []string{"gionee", "google"} {
		_, calm := struck(t, persona, "dialer")
		jobs, cells := struck(t, persona, "dialer", "system-restart:1:match=echo @@; logcat")
		told := 0
		for rule, cell := range cells {
			assert.False(t, wrong(calm[rule].Verdict, cell.Verdict), "%s %s: %s, earned %s", persona, rule, cell.Verdict, calm[rule].Verdict)
			if slices.ContainsFunc(cell.Unknown, func(why string) bool { return strings.Contains(why, "Android's services were restarted") }) {
				told++
			}
		}
		require.NotEmpty(t, jobs)
		assert.Equal(t, evidence.Finished, jobs[len(jobs)-1].Outcome.State, persona)
		assert.Positive(t, told, "%s: what was not observed is Unknown, and says why", persona)
	}
}
