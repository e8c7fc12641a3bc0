package lab_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/harness/virtual"
	"assay/harness/virtual/persona"
)

// twins makes n handsets of one model and build.
func twins(t *testing.T, name string, n int) ([]*virtual.Handset, farm.Inventory) {
	t.Helper()
	all, err := personas()
	require.NoError(t, err)
	at := slices.IndexFunc(all, func(p *persona.Persona) bool { return strings.HasPrefix(p.Name, name) })
	require.GreaterOrEqual(t, at, 0)
	var made []*virtual.Handset
	var inv farm.Inventory
	for i := range n {
		p := *all[at]
		p.Identity.Serial = fmt.Sprintf("TWIN%d", i)
		h := virtual.New(&p, 1)
		t.Cleanup(func() { require.NoError(t, h.Close()) })
		made = append(made, h)
		inv.Devices = append(inv.Devices, farm.Entry{Serial: android.Serial(p.Identity.Serial), Brand: p.Brand, Model: "Twin"})
	}
	return made, inv
}

// owing is what became of each job of a run, by scenario and repeat; baselines
// by handset.
func owing(j finding.Judgement) []string {
	var lines []string
	for _, job := range finding.LastAttempts(j.Jobs) {
		name := job.Scenario
		if name == evidence.Baseline {
			name += " " + string(job.Handset.Serial)
		}
		lines = append(lines, fmt.Sprint(name, " ", job.Repeat, " ", job.Outcome.State))
	}
	slices.Sort(lines)
	return lines
}

// cells is the headline.
func cells(j finding.Judgement) []string {
	var lines []string
	for _, m := range j.Models {
		for rule, c := range m.Cells {
			lines = append(lines, fmt.Sprint(m.Brand, " ", m.Model, " ", rule, " ", c.Verdict))
		}
	}
	slices.Sort(lines)
	return lines
}

func TestHandsetsOfOneModelShareWhatItOwes(t *testing.T) {
	plan := lab.Plan{Scenarios: play(t, "browser", "camera-consent-refused", "dialer"), Repeat: 2}
	both, inv := twins(t, "honor", 2)
	plan.Inventory = inv
	dir, summary := run(t, lab.Runner{Server: embedded(t, both...)}, plan)
	assert.Zero(t, summary.Infra+summary.Unusable)
	j := judged(t, dir)
	assert.Len(t, j.Jobs, 2+3*2, "two baselines, and each job once")
	for _, job := range j.Jobs {
		assert.Equal(t, evidence.Finished, job.Outcome.State)
	}
	require.Len(t, j.Models, 1)
	assert.Len(t, j.Models[0].Handsets, 2)
	record, err := ledger.Read(dir)
	require.NoError(t, err)
	assert.Equal(t, []ledger.Sharing{{Brand: inv.Devices[0].Brand, Model: "Twin", Handsets: []string{"TWIN0", "TWIN1"}, Owed: 6}}, record.Models)

	one, inv := twins(t, "honor", 1)
	plan.Inventory = inv
	alone, _ := run(t, lab.Runner{Server: embedded(t, one...)}, plan)
	assert.Equal(t, cells(judged(t, alone)), cells(j), "the same verdicts as of one handset that plays all")
}

func TestEachPlaysEveryScenarioOnEveryHandset(t *testing.T) {
	both, inv := twins(t, "honor", 2)
	plan := lab.Plan{Scenarios: play(t, "browser", "dialer"), Inventory: inv, Each: true}
	dir, _ := run(t, lab.Runner{Server: embedded(t, both...)}, plan)
	assert.Len(t, judged(t, dir).Jobs, 2*3)
}

func TestHandsetsOfOneModelAndTwoBuildsShareNothing(t *testing.T) {
	all, err := personas()
	require.NoError(t, err)
	at := slices.IndexFunc(all, func(p *persona.Persona) bool { return strings.HasPrefix(p.Name, "honor") })
	other := *all[at]
	other.Identity.Serial = "OTHER"
	other.Properties = map[string]string{}
	for k, v := range all[at].Properties {
		other.Properties[k] = v
	}
	other.Properties[android.PropFingerprint] += "2"
	both, inv := twins(t, "honor", 1)
	h := virtual.New(&other, 1)
	t.Cleanup(func() { require.NoError(t, h.Close()) })
	inv.Devices = append(inv.Devices, farm.Entry{Serial: "OTHER", Brand: inv.Devices[0].Brand, Model: "Twin"})
	dir, _ := run(t, lab.Runner{Server: embedded(t, both[0], h)}, lab.Plan{Scenarios: play(t, "dialer"), Inventory: inv})
	assert.Equal(t, []string{"baseline OTHER 1 finished", "baseline TWIN0 1 finished", "dialer 1 finished", "dialer 1 finished"}, owing(judged(t, dir)))
}

// TestATwinTakesOverWhatALostHandsetOwes loses one of two in its first job, for
// good.
func TestATwinTakesOverWhatALostHandsetOwes(t *testing.T) {
	both, inv := twins(t, "honor", 2)
	inject(t, both[0], "unplugged:match=am start")
	plan := lab.Plan{Scenarios: play(t, "browser", "camera-consent-refused", "dialer"), Inventory: inv}
	dir, summary := run(t, lab.Runner{Server: embedded(t, both...), Patience: time.Second}, plan)
	assert.Equal(t, 1, summary.Unusable)
	j := judged(t, dir)
	assert.Equal(t, []string{"baseline TWIN0 1 finished", "baseline TWIN1 1 finished",
		"browser 1 finished", "camera-consent-refused 1 finished", "dialer 1 finished"}, owing(j))
	require.Len(t, j.Missing, 1, "the one that was lost needs a hand")
	var moved []finding.Job
	for _, job := range j.Jobs {
		if job.Moved != "" {
			moved = append(moved, job)
		}
	}
	require.Len(t, moved, 1, "its attempt stays listed")
	assert.Equal(t, evidence.Infra, moved[0].Outcome.State)
	assert.Equal(t, "TWIN1", moved[0].Moved)
	assert.NotEmpty(t, moved[0].Bundle)
	for _, m := range j.Models {
		for rule, c := range m.Cells {
			why := slices.DeleteFunc(slices.Clone(c.Unknown), func(why string) bool { // not the twin's fault
				return rule == "no-clear-text-traffic" && strings.Contains(why, "specimen.browser (uid ") && strings.Contains(why, " moved ")
			})
			assert.Empty(t, why, "%s: what the twin played is not unknown", rule)
		}
	}
}

// TestATwinThatNeverCameOwesNothing has one that adb does not show.
func TestATwinThatNeverCameOwesNothing(t *testing.T) {
	one, inv := twins(t, "honor", 1)
	inv.Devices = append([]farm.Entry{{Serial: "GONE", Brand: inv.Devices[0].Brand, Model: "Twin"}}, inv.Devices...)
	plan := lab.Plan{Scenarios: play(t, "dialer"), Inventory: inv}
	dir, _ := run(t, lab.Runner{Server: embedded(t, one...)}, plan)
	j := judged(t, dir)
	assert.Equal(t, []string{"baseline GONE 1 not run", "baseline TWIN0 1 finished", "dialer 1 finished"}, owing(j))
	require.Len(t, j.Missing, 1)
	assert.Equal(t, "missing", j.Missing[0].State)
}

// TestWhatNoHandsetOfAModelCouldPlayIsListedOnce has two that adb does not show.
func TestWhatNoHandsetOfAModelCouldPlayIsListedOnce(t *testing.T) {
	one, inv := twins(t, "asus", 1)
	inv.Devices = append(inv.Devices, farm.Entry{Serial: "GONE1", Brand: "Ours", Model: "Gone"}, farm.Entry{Serial: "GONE2", Brand: "Ours", Model: "Gone"})
	dir, _ := run(t, lab.Runner{Server: embedded(t, one...)}, lab.Plan{Scenarios: play(t, "dialer"), Inventory: inv})
	var listed []string
	for _, job := range judged(t, dir).Jobs {
		if job.Handset.Model == "Gone" && job.Scenario != evidence.Baseline {
			listed = append(listed, fmt.Sprint(job.Handset.Serial, " ", job.Scenario, " ", job.Outcome.State))
			assert.Contains(t, job.Outcome.Cause, "missing: adb does not show it")
		}
	}
	assert.Equal(t, []string{"GONE1 dialer not run"}, listed)
}

// TestARunOfTwinsThatIsCutOffAtAnyEntryResumesToTheSameTable cuts a run of two
// handsets of one model after entries of its journal, and resumes it. ASSAY_CUTS=1
// cuts it after each.
func TestARunOfTwinsThatIsCutOffAtAnyEntryResumesToTheSameTable(t *testing.T) {
	t.Parallel()
	both, inv := twins(t, "asus", 2)
	plan := lab.Plan{Scenarios: play(t, "browser", "dialer"), Inventory: inv}
	whole, _ := run(t, lab.Runner{Server: embedded(t, both...)}, plan)
	want, jobs := cells(judged(t, whole)), owing(judged(t, whole))
	raw, err := os.ReadFile(filepath.Join(whole, "journal.jsonl"))
	require.NoError(t, err)
	stride := 4
	if os.Getenv("ASSAY_CUTS") != "" {
		stride = 1
	}
	for n := 1; n <= bytes.Count(raw, []byte("\n")); n += stride {
		dir := cutOff(t, whole, n)
		fresh, _ := twins(t, "asus", 2)
		runner := lab.Runner{Server: embedded(t, fresh...), Log: slog.New(slog.DiscardHandler)}
		summary, err := runner.Resume(t.Context(), plan, dir)
		require.NoError(t, err, "cut after entry %d", n)
		assert.Zero(t, summary.Infra+summary.Unusable, "cut after entry %d", n)
		j := judged(t, dir)
		assert.Equal(t, want, cells(j), "cut after entry %d", n)
		assert.Equal(t, jobs, owing(j), "cut after entry %d", n)
	}
}

// TestRetryOfWhatTwinsShareGoesToWhoPlayedIt compares a handset with itself.
func TestRetryOfWhatTwinsShareGoesToWhoPlayedIt(t *testing.T) {
	both, inv := twins(t, "honor", 2)
	plan := lab.Plan{Scenarios: play(t, "browser", "camera-consent-refused", "dialer"), Inventory: inv}
	server := embedded(t, both...)
	dir, _ := run(t, lab.Runner{Server: server}, plan)
	runner := lab.Runner{Server: server, Judge: judge.Run, Log: slog.New(slog.DiscardHandler)}
	_, err := runner.Resume(t.Context(), plan, dir, lab.Flagged)
	require.NoError(t, err)
	players := map[string]map[android.Serial]int{}
	again := 0
	for _, job := range judged(t, dir).Jobs {
		if job.Scenario == evidence.Baseline {
			continue
		}
		if players[job.Scenario] == nil {
			players[job.Scenario] = map[android.Serial]int{}
		}
		players[job.Scenario][job.Handset.Serial]++
		if job.Attempt == 2 {
			again++
		}
	}
	assert.Positive(t, again)
	for name, by := range players {
		assert.Len(t, by, 1, "%s was played by one handset alone", name)
	}
}

// TestATwinThatWasUpdatedHasNoPartInWhatTheOthersShare resumes with one of two
// updated.
func TestATwinThatWasUpdatedHasNoPartInWhatTheOthersShare(t *testing.T) {
	both, inv := twins(t, "asus", 2)
	plan := lab.Plan{Scenarios: play(t, "browser", "dialer"), Inventory: inv}
	whole, _ := run(t, lab.Runner{Server: embedded(t, both...)}, plan)
	raw, err := os.ReadFile(filepath.Join(whole, "journal.jsonl"))
	require.NoError(t, err)
	dir := cutOff(t, whole, bytes.Count(raw, []byte("\n"))-2)
	p := *both[1].Persona()
	p.Properties = map[string]string{}
	for k, v := range both[1].Persona().Properties {
		p.Properties[k] = v
	}
	p.Properties[android.PropFingerprint] += "2"
	updated := virtual.New(&p, 1)
	t.Cleanup(func() { require.NoError(t, updated.Close()) })
	runner := lab.Runner{Server: embedded(t, both[0], updated), Log: slog.New(slog.DiscardHandler)}
	summary, err := runner.Resume(t.Context(), plan, dir)
	require.NoError(t, err)
	assert.Equal(t, 1, summary.Unusable)
	j := judged(t, dir)
	require.Len(t, j.Missing, 1)
	assert.Contains(t, j.Missing[0].Cause, "the run began with another build")
}
