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

func TestAnExcuseIsToldInAnImportAndClearsNothing(t *testing.T) {
	t.Parallel()
	k := attempt().imported().at(evidence.Before, legs(leg{android.StateTop, 0, 30_000}, leg{android.StateBackground, 29_999, 30_389})...)
	k.expect(t, watched, want{finding.Unknown, "", "one print-out, nothing was played between two looks"},
		want{finding.Unknown, camera, "specimen.camera used CAMERA on the screen, and began just before or closed just after it was there"})
	assert.Len(t, k.judge(t, watched)[1].Grounds, 2)
	found := k.weaken("dumpsys-appops", evidence.Coverage{State: evidence.Truncated}).judge(t, watched)
	require.Len(t, found, 3, "a dump that was cut off shows it all the same")
	for _, f := range found {
		assert.Equal(t, finding.Unknown, f.Verdict, f.Detail)
	}
}

const unplayed = "one print-out, nothing was played between two looks"

func TestOnePrintOutClearsNoBehaviour(t *testing.T) {
	t.Parallel()
	breaches := map[string]fact.Fact{
		background: used(weather, "FINE_LOCATION", android.StateBackground, -86400),
		watched:    used(weather, "CAMERA", android.StateCached, -86400),
	}
	asked := 0
	for _, r := range finding.All {
		if r.Scope != finding.PerScenario {
			continue
		}
		asked++
		for _, f := range attempt().imported().judge(t, r.ID) {
			assert.Equal(t, finding.Unknown.String(), f.Verdict.String(), "%s: %s", r.ID, f.Detail)
		}
		details := details(attempt().imported().judge(t, r.ID))
		assert.Contains(t, details, "Unknown: "+unplayed, r.ID)
		if breach, ok := breaches[r.ID]; ok {
			found := attempt(breach).imported().judge(t, r.ID)
			require.Len(t, found, 1, r.ID)
			assert.Equal(t, finding.Flagged, found[0].Verdict, "the print-out itself shows it")
		}
	}
	require.Greater(t, asked, 3)
	old := attempt().imported().sdk(22, "5.1.1")
	assert.Equal(t, finding.NotApplicable, old.judge(t, "no-access-after-consent-is-refused")[0].Verdict, "nobody is asked before Android 6")
}

func TestWhatNoScenarioIsAboutIsNotBesideThePoint(t *testing.T) {
	t.Parallel()
	const consent = "no-access-after-consent-is-refused"
	cell := func(add ...any) finding.Cell { return tally(add...).Models[0].Cells[consent] }
	asking := attempt(step(1, "launch", on(weather)), step(2, "answer", on(weather), answered("android.permission.CAMERA", "deny")))
	asking.c.Scenario = "ask"
	silent := attempt(step(1, "idle"))
	assert.Equal(t, finding.Unknown, cell(silent).Verdict)
	assert.Equal(t, []string{"no scenario that was played is about it"}, cell(silent).Unknown)
	assert.Equal(t, finding.Clear.String(), cell(silent, asking).Verdict.String(), "another scenario asks")
	assert.Equal(t, finding.NotApplicable, cell(attempt(step(1, "idle")).sdk(22, "5.1.1")).Verdict, "Android 5 asks nobody")
	assert.Equal(t, finding.Unknown, cell(job(phone, "ask", evidence.NotApplicable, "no camera")).Verdict, "the handset may have it by another name")
}
