package finding_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/observe/fact"
)

func TestAnUnknownSaysWhatToDoToKnow(t *testing.T) {
	t.Parallel()
	general := finding.ToKnow("")
	require.NotEmpty(t, general)
	for state, do := range map[evidence.State]string{
		evidence.Denied: "unlocked", evidence.TimedOut: "at rest", evidence.Truncated: "take it again", evidence.NotRun: "resume", evidence.Unsupported: "this one does not",
	} {
		k := attempt(step(1, "idle")).weaken("dumpsys-appops", evidence.Coverage{State: state, Reason: "so it was"})
		for _, f := range k.judge(t, background) {
			require.Equal(t, finding.Unknown, f.Verdict, state)
			assert.Contains(t, f.ToKnow, do, "%s", f.Detail)
		}
	}
	for name, k := range map[string]*kit{
		"not captured":  attempt(step(1, "idle")).lose("dumpsys-appops"),
		"one print-out": attempt().imported(),
		"a dialog":      stood(fact.Dialog{Name: "update", Answer: "back"}, ""),
		"unwatched":     stood(fact.Dialog{Name: "update", Answer: "back"}, "no views"),
		"in view":       attempt(step(1, "launch", on(weather)), step(2, "back"), step(3, "wait")).after(used(camera, "GPS", android.StateForeground, 25)),
		"announced":     attempt(step(1, "idle")).after(used(camera, "GPS", android.StateForegroundService, 5)),
		"overwritten":   attempt(step(1, "launch", on(weather))).after(older(weather, "GPS", 0)),
		"still running": attempt(step(1, "idle")).after(legs(leg{android.StateTop, 0, 58_000}, leg{android.StateBackground, 58_000, 58_100})...),
	} {
		for _, r := range []string{background, watched} {
			for _, f := range k.judge(t, r) {
				if f.Verdict == finding.Unknown {
					assert.NotEqual(t, general, f.ToKnow, "%s: %s", name, f.Detail)
					assert.NotEmpty(t, f.ToKnow, name)
				}
			}
		}
	}
}

func TestEachRulesOwnReasonsHaveAdviceOfTheirOwn(t *testing.T) {
	t.Parallel()
	general, asked := finding.ToKnow(""), 0
	for _, k := range []*kit{
		baseline(), attempt(), attempt(step(1, "idle")),
		baseline(fact.Property{Key: android.PropSecurityPatch, Value: "March"}),
		attempt(step(1, "launch", on(weather)), step(2, "answer", on(weather), func(s *fact.Step) {
			s.Result, s.Text, s.Dialog = "failed", "answer CAMERA with deny", "android.permission.CAMERA"
		})),
	} {
		for _, f := range finding.Judge(&k.c, finding.All) {
			if f.Verdict == finding.Unknown {
				asked++
				assert.NotEqual(t, general, f.ToKnow, "%s: %s", f.Rule, f.Detail)
			}
		}
	}
	assert.Greater(t, asked, 8)
}

func TestWhatIsKnownNeedsNoAdvice(t *testing.T) {
	t.Parallel()
	for _, f := range attempt(step(1, "idle")).after(used(weather, "GPS", android.StateBackground, 5)).judge(t, background) {
		assert.Empty(t, f.ToKnow, f.Detail)
	}
	for _, f := range attempt(step(1, "idle")).judge(t, background) {
		assert.Empty(t, f.ToKnow, f.Detail)
	}
}

func TestACellSaysWhatToDoAboutEachReasonOnce(t *testing.T) {
	t.Parallel()
	j := tally(attempt(step(1, "idle")), job(phone, "other", evidence.Infra, "usb"), job(phone, "third", evidence.Infra, "hub"))
	cell := j.Models[0].Cells[background]
	require.Len(t, cell.Unknown, 2)
	assert.Equal(t, []string{finding.ToKnow("other on A1: infrastructure: usb")}, cell.ToKnow)
	assert.Empty(t, tally(attempt(step(1, "idle"))).Models[0].Cells[background].ToKnow)
}
