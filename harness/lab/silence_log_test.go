package lab_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/lab"
)

// TestWhatAHandsetDoesNotSayHasItsReason puts the conditions of a real lab to a handset
// on which the claim is otherwise flagged or clear.
func TestWhatAHandsetDoesNotSayHasItsReason(t *testing.T) {
	t.Parallel()
	const claim = "no-identifier-in-the-log"
	for fault, want := range map[string]struct{ source, reason string }{
		"log-off":                    {"logcat", "logd says that nothing was ever written to the log: it is switched off"},
		"log-filter:S":               {"", "the log is filtered: log.tag is S, so nothing is written to it"},
		"log-filter:M":               {"", "the log is filtered: log.tag is M, so what is written to it is not known"},
		"mute:uiautomator":           {"ui-hierarchy", "it complained on its standard error: ERROR: could not get idle state."},
		"mute:dumpsys appops":        {"dumpsys-appops", "Error dumping service info: (Unknown error -2147483646) appops"},
		"mute:dumpsys battery":       {"dumpsys-battery", "Error dumping service info: (Unknown error -2147483646) battery"},
		"mute:proc/net:scope=script": {"proc-net", "it printed nothing"},
		"cut-lines:60:dumpsys alarm": {"", ""}, // nothing of a claim rests on it: the verdicts stay
	} {
		t.Run(fault, func(t *testing.T) {
			all := handsets(t, "asus")
			inject(t, all[0], fault)
			dir, _ := run(t, lab.Runner{Server: embedded(t, all...)}, lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(all...)})
			j := judged(t, dir)
			cell := j.Models[0].Cells[claim]
			if want.source == "" && want.reason == "" {
				assert.Equal(t, finding.Clear, cell.Verdict)
				return
			}
			if want.source == "" || want.source == "logcat" {
				assert.Equal(t, finding.Unknown, cell.Verdict)
			}
			if want.source == "" {
				assert.Contains(t, cell.Unknown, want.reason)
				return
			}
			rows := slices.DeleteFunc(j.Coverage, func(r finding.CoverageRow) bool { return r.Source != want.source })
			require.NotEmpty(t, rows)
			for _, r := range rows {
				assert.NotEqual(t, evidence.Whole, r.State)
				assert.Contains(t, r.Reason, want.reason)
			}
		})
	}
}
