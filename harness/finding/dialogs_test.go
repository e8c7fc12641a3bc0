package finding_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// stood is an attempt in whose one step a dialog stood in front.
func stood(d fact.Dialog, unwatched string) *kit {
	k := attempt(fact.Step{Index: 1, Verb: "wait", Text: "wait: 5s", Result: "ok", Started: begun, Ended: begun, Device: begun.Add(5 * time.Minute),
		Dialogs: []fact.Dialog{d}, Unwatched: unwatched})
	k.c.Coverage = append(k.c.Coverage, finding.Covered{Source: "screenshot", Phase: evidence.During, Coverage: evidence.Coverage{State: evidence.Whole},
		Reading: printout.Reading{Coverage: evidence.Coverage{State: evidence.Whole}},
		Ref:     evidence.Ref{Bundle: k.bundle, File: "captures/0009-screenshot.during.png", Span: evidence.Span{Line: 1, Length: 700}}})
	return k
}

func TestNothingIsClearWhereSomethingUnforeseenStoodInFront(t *testing.T) {
	t.Parallel()
	picture := []string{"captures/0009-screenshot.during.png"}
	for name, c := range map[string]struct {
		dialog    fact.Dialog
		unwatched string
		clear     bool
	}{
		"not foreseen":           {dialog: fact.Dialog{Name: "update", Answer: "back", Files: picture}},
		"could not be dismissed": {dialog: fact.Dialog{Name: "update", Answer: "stays", Declared: true, Files: picture}},
		"nobody could look":      {dialog: fact.Dialog{Name: "update", Answer: "back", Declared: true}, unwatched: "no focus"},
		"foreseen":               {dialog: fact.Dialog{Name: "update", Answer: "dismiss", Declared: true, Files: picture}, clear: true},
		"before the first step":  {dialog: fact.Dialog{Name: "update", Answer: "back", Early: true, Files: picture}, clear: true},
	} {
		t.Run(name, func(t *testing.T) {
			k := stood(c.dialog, c.unwatched)
			asked := 0
			for _, f := range finding.Judge(&k.c, finding.All) {
				if f.Verdict == finding.NotApplicable {
					continue
				}
				asked++
				if c.clear {
					assert.NotContains(t, f.Detail, "in front", f.Rule)
					continue
				}
				assert.Equal(t, finding.Unknown, f.Verdict, f.Rule)
			}
			require.NotZero(t, asked)
		})
	}
}

func TestAnUnforeseenDialogLeadsToItsPicture(t *testing.T) {
	t.Parallel()
	k := stood(fact.Dialog{Name: "update", Package: "com.x", Answer: "back", Files: []string{"captures/0009-screenshot.during.png"}}, "")
	var files []string
	for _, f := range finding.Judge(&k.c, finding.All) {
		if f.Rule == "no-clear-text-traffic" {
			assert.Equal(t, "steps: in 1 of them a dialog of kind update stood in front that the scenario does not foresee", f.Detail)
			for _, g := range f.Grounds {
				files = append(files, g.File)
			}
		}
	}
	assert.Contains(t, files, "captures/0009-screenshot.during.png")

	tally := finding.NewTally(finding.Info{})
	tally.Job(finding.Job{Handset: phone, Scenario: "play", Repeat: 1, Attempt: 1})
	tally.Add(&k.c)
	job := tally.Judgement().Jobs[0]
	require.Len(t, job.Dialogs, 1)
	assert.Equal(t, `update (com.x) in "wait: 5s": left by BACK, not foreseen`, job.Dialogs[0].String())
	assert.Len(t, job.Dialogs[0].Refs, 2)
}

func TestWhatIsFlaggedStandsBehindADialog(t *testing.T) {
	t.Parallel()
	k := stood(fact.Dialog{Name: "update", Answer: "back"}, "")
	rule := finding.Rule{ID: "flags", Check: func(*finding.Case) []finding.Finding {
		return []finding.Finding{{Verdict: finding.Flagged, Detail: "seen"}}
	}}
	verdicts := map[finding.Verdict]int{}
	for _, f := range finding.Judge(&k.c, []finding.Rule{rule}) {
		verdicts[f.Verdict]++
	}
	assert.Equal(t, map[finding.Verdict]int{finding.Flagged: 1, finding.Unknown: 1}, verdicts)
}
