package lab_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/observe/fact"
	"assay/harness/scenario"
	"assay/harness/virtual"
	"assay/scenarios"
)

// ofEachRelease is a handset of every so many releases that some persona has; under the
// race detector of each fourth, with ASSAY_CHAOS of each.
func ofEachRelease(t *testing.T, every int) (all []*virtual.Handset, inv farm.Inventory) {
	t.Helper()
	switch {
	case underRace:
		every = 4
	case os.Getenv("ASSAY_CHAOS") != "":
		every = 1
	}
	list, err := personas()
	require.NoError(t, err)
	seen := map[int]bool{}
	for i, p := range list {
		if seen[p.SDK] {
			continue
		}
		seen[p.SDK] = true
		if len(seen)%every != 0 {
			continue
		}
		h, e := clone(t, p.Name, i)
		e.Model = p.Name
		t.Cleanup(func() { require.NoError(t, h.Close()) })
		all, inv.Devices = append(all, h), append(inv.Devices, e)
	}
	return all, inv
}

func everything(t *testing.T) []scenario.Scenario {
	t.Helper()
	all, err := scenario.Load(scenarios.Files, scenario.Known{Collectors: collect.Names()})
	require.NoError(t, err)
	return all
}

// footprint is all that scenarios could leave on a handset, a line each: who holds
// what with which flags, the modes of ops, the settings.
func footprint(ctx context.Context, t *testing.T, server *adb.Server, serial android.Serial) map[string]string {
	t.Helper()
	rows, err := server.Devices(ctx)
	require.NoError(t, err)
	at := slices.IndexFunc(rows, func(r adb.Row) bool { return r.Serial == serial })
	require.GreaterOrEqual(t, at, 0)
	d := server.Device(rows[at])
	say := func(argv ...string) string {
		out, err := d.Shell(ctx, argv...)
		require.NoError(t, err, argv)
		return out
	}
	found := map[string]string{}
	pkg, user := "", ""
	for line := range strings.Lines(say("dumpsys", "package")) {
		text := strings.TrimSpace(line)
		if m := packageLine.FindStringSubmatch(text); m != nil {
			pkg, user = m[1], ""
		}
		if strings.HasPrefix(text, "User ") {
			user, _, _ = strings.Cut(text, ":")
		}
		if name, state, ok := strings.Cut(text, ": granted="); ok && state != "false" {
			found[pkg+" "+user+" "+name] = state
		}
	}
	var ask, modes string
	for line := range strings.Lines(say("pm", "list", "packages")) {
		name := strings.TrimPrefix(strings.TrimSpace(line), "package:")
		if ask += "echo package: " + name + "; appops get " + name + "; "; len(ask) > 3000 { // 4000 bytes are the most of a command
			modes, ask = modes+say("sh", "-c", ask), ""
		}
	}
	modes += say("sh", "-c", ask+"true")
	for line := range strings.Lines(modes) {
		op, mode, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch op {
		case "package":
			pkg = mode
			continue
		case "Uid mode":
			op, mode, _ = strings.Cut(mode, ": ")
			op = "uid " + op
		}
		mode, _, _ = strings.Cut(mode, ";")
		if mode, _, _ = strings.Cut(mode, " "); mode != "allow" && mode != "default" && mode != "" {
			found[pkg+" op "+op] = mode
		}
	}
	for _, namespace := range []string{"global", "secure", "system"} {
		for line := range strings.Lines(say("settings", "list", namespace)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			found["setting "+namespace+" "+key] = value
		}
	}
	return found
}

var packageLine = regexp.MustCompile(`^(?:Package|SharedUser) \[([^\]]+)\]`)

// strays are the differences that no job of a run has listed.
func strays(before, after map[string]string, listed []string) []string {
	var all []string
	for _, name := range slices.Sorted(mapsKeys(before, after)) {
		if before[name] == after[name] {
			continue
		}
		words := strings.Fields(name)
		last := strings.TrimPrefix(words[len(words)-1], "android.permission.")
		if !slices.ContainsFunc(listed, func(l string) bool { return strings.Contains(l, words[0]) && strings.Contains(l, last) }) {
			all = append(all, fmt.Sprintf("%s was %q, and is %q", name, before[name], after[name]))
		}
	}
	return all
}

func mapsKeys(all ...map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		seen := map[string]bool{}
		for _, m := range all {
			for k := range m {
				if !seen[k] && !yield(k) {
					return
				}
				seen[k] = true
			}
		}
	}
}

// TestAfterEveryScenarioEachHandsetIsAsBeforeOrSaysWhatRemains plays every embedded
// scenario on a handset of each release that some persona has, and looks at the handset
// when each has ended: nothing more is sent to it until the journal has taken that in.
func TestAfterEveryScenarioEachHandsetIsAsBeforeOrSaysWhatRemains(t *testing.T) {
	t.Parallel()
	all, inv := ofEachRelease(t, 1)
	server := embedded(t, all...)
	model, before := map[string]farm.Entry{}, map[string]map[string]string{}
	for i, e := range inv.Devices {
		if i%2 == 0 { // a dump of the views sets upright what is locked in landscape
			landscape(t, server, e.Serial)
		}
		model[e.Key()], before[e.Key()] = e, footprint(t.Context(), t, server, e.Serial)
		require.Greater(t, len(before[e.Key()]), 20)
	}
	listed, ended, remained := map[string][]string{}, 0, 0
	look := func(e evidence.Entry) {
		switch {
		case e.Kind == evidence.Remains:
			listed[e.Serial] = append(listed[e.Serial], e.Part.Left)
		case e.Kind == evidence.JobEnded && e.Scenario != evidence.Baseline && e.Outcome.State != evidence.Infra: // else all is put back once it is there again
			ended++
			after := footprint(t.Context(), t, server, model[e.Serial].Serial)
			assert.Empty(t, strays(before[e.Serial], after, listed[e.Serial]), "%s on %s leaves what it does not list", e.Scenario, model[e.Serial].Model)
			if len(listed[e.Serial]) > 0 {
				remained++
				assert.NotEmpty(t, strays(before[e.Serial], after, nil), "%s on %s: what is listed is there: %q", e.Scenario, model[e.Serial].Model, listed[e.Serial])
			}
			before[e.Serial], listed[e.Serial] = after, nil
		}
	}
	scenarios := everything(t)
	dir, _ := run(t, lab.Runner{Server: server, Noted: look}, lab.Plan{Scenarios: scenarios, Inventory: inv, Each: true})
	assert.Equal(t, len(scenarios)*len(all), ended)
	assert.Positive(t, remained, "before Android 12 no command of the shell's wipes out an answer")
	assert.Empty(t, missingEvidence(dir))
	told := 0
	for _, job := range judged(t, dir).Jobs {
		if told += len(job.NotUndone); len(job.NotUndone) > 0 {
			assert.Less(t, job.Handset.Build.SDK, 31, "%s on %s: %q", job.Scenario, job.Handset.Model, job.NotUndone)
		}
	}
	assert.GreaterOrEqual(t, told, remained, "the table of jobs tells it")
}

// landscape locks a handset's rotation in landscape.
func landscape(t *testing.T, server *adb.Server, serial android.Serial) {
	t.Helper()
	rows, err := server.Devices(t.Context())
	require.NoError(t, err)
	at := slices.IndexFunc(rows, func(r adb.Row) bool { return r.Serial == serial })
	for key, value := range map[string]string{"accelerometer_rotation": "0", "user_rotation": "1"} {
		_, err := server.Device(rows[at]).Shell(t.Context(), "settings", "put", "system", key, value)
		require.NoError(t, err)
	}
}

// TestTheFifthRunOnOneHandsetGivesTheFirstsVerdicts plays what asks for consent five
// times on the same handsets, well-behaved apps and others.
func TestTheFifthRunOnOneHandsetGivesTheFirstsVerdicts(t *testing.T) {
	t.Parallel()
	all, inv := ofEachRelease(t, 2)
	server := embedded(t, all...)
	var first map[string]map[string]finding.Verdict
	again := 0
	for n := range 5 {
		dir, summary := run(t, lab.Runner{Server: server},
			lab.Plan{Scenarios: play(t, "camera-consent-refused", "weather"), Inventory: inv, Each: true})
		assert.Zero(t, summary.Infra)
		j := judged(t, dir)
		for _, job := range j.Jobs {
			assert.Contains(t, []evidence.OutcomeState{evidence.Finished, evidence.NotApplicable}, job.Outcome.State, "run %d: %s on %s: %s", n+1, job.Scenario, job.Handset.Model, job.Outcome.Cause)
		}
		verdicts := map[string]map[string]finding.Verdict{}
		for _, m := range j.Models {
			verdicts[m.Model] = map[string]finding.Verdict{}
			for rule, cell := range m.Cells {
				if was := first[m.Model][rule]; m.Handsets[0].Build.SDK < 23 && (was == finding.Unknown || cell.Verdict == finding.Unknown) && first != nil {
					cell.Verdict = was // Android 5 asks nobody, and its clock of whole seconds does not always tell before from after
				}
				verdicts[m.Model][rule] = cell.Verdict
			}
		}
		if first == nil {
			first = verdicts
		}
		assert.Equal(t, first, verdicts, "run %d", n+1)
		again += standing(t, dir)
	}
	assert.Positive(t, again, "on Android 10 and 11 nobody is asked a third time")
}

// standing counts the answers of a run that an earlier one has given.
func standing(t *testing.T, dir string) int {
	t.Helper()
	n := 0
	require.NoError(t, judge.EachFact(dir, "steps", func(m evidence.Manifest, o fact.Observation) error {
		if s := o.Fact.(fact.Step); s.Standing {
			n++
			assert.Contains(t, s.Detail, "is not asked again on this handset")
			assert.Equal(t, fact.StepOK, s.Result)
			assert.Contains(t, []int{29, 30}, m.Handset.Build.SDK)
		}
		return nil
	}))
	return n
}
