package lab_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/virtual"
)

// shortcomings are faults by which a handset answers less than it should, in which
// {} stands for a part of the command. The first is none.
var shortcomings = []string{
	"",
	"mute:{}:scope=script", "mute:{}:scope=script:what=newline", "mute:{}:scope=script:what=first-line", "mute:{}:scope=inside",
	"cut-lines:30:{}:scope=script", "cut-lines:60:{}:scope=script", "cut-lines:90:{}:scope=script", "refused:denied:match={}",
}

// ofScripts are the shortcomings of a source that a script asks for: a refusal is of
// one program, and a script has many.
var ofScripts = shortcomings[:len(shortcomings)-1]

// breach is a claim that a handset of a persona breaks in a scenario, and a source that
// the claim rests on.
type breach struct{ persona, scenario, rule, source string }

// breaches finds one for each source that a rule needs.
func breaches(t *testing.T, j finding.Judgement, personas map[string]string) []breach {
	t.Helper()
	var all []breach
	seen := map[string]bool{}
	for _, r := range finding.All {
		for _, n := range r.Needs {
			asked := collectorOf(t, n.Source)
			i := slices.IndexFunc(j.Findings, func(f finding.Finding) bool {
				return f.Rule == r.ID && f.Verdict == finding.Flagged && asked.Serves(f.Handset.Build.SDK)
			})
			if i < 0 || seen[n.Source] {
				continue
			}
			seen[n.Source] = true
			f := j.Findings[i]
			all = append(all, breach{personas[string(f.Handset.Serial)], f.Scenario, r.ID, n.Source})
		}
	}
	return all
}

// TestAHandsetThatAnswersLessClearsNothing has handsets answer a part, nothing, or a
// refusal to each source that a flagged claim rests on, with exit status 0: on the way
// from the handset's shell to the cell.
func TestAHandsetThatAnswersLessClearsNothing(t *testing.T) {
	if underRace {
		t.Skip("a farm of seventy handsets; the plain run plays it")
	}
	all, inv := offenders(t)
	dir, _ := run(t, lab.Runner{Server: embedded(t, all...)}, lab.Plan{Scenarios: offences(t), Inventory: inv})
	names := map[string]string{}
	for _, h := range all {
		names[h.Serial()] = h.Persona().Name
	}
	found := breaches(t, judged(t, dir), names)
	require.GreaterOrEqual(t, len(found), 6)
	for _, b := range found {
		t.Run(b.source, func(t *testing.T) {
			t.Parallel()
			answersLess(t, b)
		})
	}
}

func answersLess(t *testing.T, b breach) {
	var made []*virtual.Handset
	var inv farm.Inventory
	forms := shortcomings
	if scripted(t, b.source) {
		forms = ofScripts
	}
	for i, form := range forms {
		h, e := offender(t, b.persona, i)
		made, inv.Devices = append(made, h), append(inv.Devices, e)
		if form != "" {
			inject(t, h, strings.ReplaceAll(form, "{}", fragmentOf(t, b.source, h.Persona().SDK)))
		}
	}
	scenario := b.scenario
	if scenario == evidence.Baseline {
		scenario = "dialer"
	}
	plan := lab.Plan{Scenarios: play(t, scenario), Inventory: inv}
	dir, _ := run(t, lab.Runner{Server: embedded(t, made...), Patience: 2 * time.Second, Clock: newHastyClock()}, plan)
	j, err := judge.Run(dir)
	require.NoError(t, err)
	for i, form := range forms {
		at := slices.IndexFunc(j.Models, func(m finding.Model) bool { return m.Model == inv.Devices[i].Model })
		require.GreaterOrEqual(t, at, 0, inv.Devices[i].Model)
		cell := j.Models[at].Cells[b.rule]
		if form == "" {
			require.Equal(t, finding.Flagged, cell.Verdict, "without a fault")
			continue
		}
		assert.Contains(t, []finding.Verdict{finding.Flagged, finding.Unknown}, cell.Verdict, "%s of %s on %s: %s", form, b.source, b.persona, b.rule)
		if cell.Verdict == finding.Unknown {
			assert.NotEmpty(t, cell.Unknown, "the reason")
		}
	}
}

var plainWords = regexp.MustCompile(`[A-Za-z0-9_/. -]{5,}`)

func collectorOf(t *testing.T, source string) collect.Collector {
	t.Helper()
	at := slices.IndexFunc(collect.All, func(c collect.Collector) bool { return c.Name == source })
	require.GreaterOrEqual(t, at, 0, source)
	return collect.All[at]
}

func scripted(t *testing.T, source string) bool { return collectorOf(t, source).Forms[0].Script != "" }

// fragmentOf gives a part of the command that a source is asked with, without what a
// fault's own form would take for its own.
func fragmentOf(t *testing.T, source string, sdk int) string {
	t.Helper()
	for _, f := range collectorOf(t, source).Forms {
		if !f.Serves(sdk) {
			continue
		}
		if f.Script == "" {
			return strings.Join(f.Argv[:min(2, len(f.Argv))], " ")
		}
		longest := ""
		for _, w := range plainWords.FindAllString(f.Script, -1) {
			if w = strings.TrimSpace(w); len(w) > len(longest) {
				longest = w
			}
		}
		return longest
	}
	require.Fail(t, "no form", "%s on SDK %d", source, sdk)
	return ""
}
