package lab_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/ledger"
)

// rewrite has somebody who writes the chain anew change run.json, as its keys are, and
// the entries of a journal. nil: they stay.
func rewrite(t *testing.T, dir string, record func(map[string]any), entries func([]evidence.Entry) []evidence.Entry) {
	t.Helper()
	path := filepath.Join(dir, "run.json")
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	if record != nil {
		var r map[string]any
		require.NoError(t, json.Unmarshal(raw, &r))
		record(r)
		require.NoError(t, evidence.WriteJSON(path, r))
		raw, err = os.ReadFile(path)
		require.NoError(t, err)
	}
	path = filepath.Join(dir, "journal.jsonl")
	all, err := evidence.ReadJournal(path)
	require.NoError(t, err)
	if entries != nil {
		all = entries(all)
	}
	require.NoError(t, os.Remove(path))
	j, err := evidence.OpenJournal(path)
	require.NoError(t, err)
	for _, e := range all {
		if e.Kind == evidence.RunStarted {
			e.Digest = evidence.Digest(raw)
		}
		require.NoError(t, j.Append(e))
	}
	require.NoError(t, j.Close())
}

// damagedRun is a small run, for one test to damage.
func damagedRun(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in")
	require.NoError(t, os.Mkdir(path, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(path, "getprop.txt"), []byte("[ro.product.brand]: [Acme]\n[ro.build.tags]: [release-keys]\n"), 0o600))
	dir := filepath.Join(t.TempDir(), "run")
	require.NoError(t, lab.Import(dir, lab.Imports{Name: "x", Paths: []string{path}}))
	return dir
}

// TestAJournalThatSumsUpAndTellsNonsenseCountsForNothing has entries that no run
// writes, in a chain that holds.
func TestAJournalThatSumsUpAndTellsNonsenseCountsForNothing(t *testing.T) {
	edit := func(kind evidence.Kind, change func(*evidence.Entry)) func([]evidence.Entry) []evidence.Entry {
		return func(all []evidence.Entry) []evidence.Entry {
			change(&all[slices.IndexFunc(all, func(e evidence.Entry) bool { return e.Kind == kind })])
			return all
		}
	}
	more := func(add evidence.Entry) func([]evidence.Entry) []evidence.Entry {
		return func(all []evidence.Entry) []evidence.Entry {
			if add.Scenario == "" {
				add.Scenario, add.Serial, add.Repeat, add.Attempt, add.Bundle = all[1].Scenario, all[1].Serial, 1, 1, all[1].Bundle
			}
			return slices.Insert(all, 2, add)
		}
	}
	for name, c := range map[string]struct {
		change func([]evidence.Entry) []evidence.Entry
		want   string
	}{
		"no outcome":          {edit(evidence.JobEnded, func(e *evidence.Entry) { e.Outcome = nil }), `:3: "job ended": it gives no outcome`},
		"an unknown outcome":  {edit(evidence.JobEnded, func(e *evidence.Entry) { e.Outcome.State = "fine" }), "it gives no outcome"},
		"no digest":           {edit(evidence.JobEnded, func(e *evidence.Entry) { e.Digest = "" }), "it gives no digest"},
		"no change":           {more(evidence.Entry{Kind: evidence.Changed}), `:3: "changed": it gives no change`},
		"no change undone":    {more(evidence.Entry{Kind: evidence.Undone}), "it gives no change"},
		"no change failed":    {more(evidence.Entry{Kind: evidence.UndoFailed}), "it gives no change"},
		"a negative change":   {more(evidence.Entry{Kind: evidence.Changed, Change: &evidence.Change{ID: -1}}), "change -1"},
		"a change never made": {more(evidence.Entry{Kind: evidence.Undone, Change: &evidence.Change{ID: 7}}), "change 7, after change 0"},
		"a negative attempt":  {edit(evidence.JobStarted, func(e *evidence.Entry) { e.Attempt = -3 }), "attempt -3"},
		"a huge attempt":      {edit(evidence.JobStarted, func(e *evidence.Entry) { e.Attempt = 1 << 60 }), "attempt 1152921504606846976"},
		"a negative repeat":   {edit(evidence.JobStarted, func(e *evidence.Entry) { e.Repeat = -1 }), "repeat -1 of 1"},
		"a repeat too many":   {edit(evidence.JobStarted, func(e *evidence.Entry) { e.Repeat = 2 }), "repeat 2 of 1"},
		"another's handset":   {edit(evidence.JobStarted, func(e *evidence.Entry) { e.Serial = "x" }), `"x" is no handset of the run`},
		"another's scenario":  {edit(evidence.JobStarted, func(e *evidence.Entry) { e.Scenario = "x" }), `"x" is no scenario of the run`},
		"a bundle outside":    {edit(evidence.JobStarted, func(e *evidence.Entry) { e.Bundle = "bundles/../../x" }), `bundle "bundles/../../x" is not in bundles`},
		"an absolute bundle":  {edit(evidence.JobStarted, func(e *evidence.Entry) { e.Bundle = "/etc" }), `bundle "/etc" is not in bundles`},
		"a job ended twice":   {func(all []evidence.Entry) []evidence.Entry { return slices.Insert(all, 3, all[2]) }, "no such job was begun"},
		"a job begun twice":   {func(all []evidence.Entry) []evidence.Entry { return slices.Insert(all, 2, all[1]) }, "was begun before"},
		"a job not begun":     {func(all []evidence.Entry) []evidence.Entry { return slices.Delete(all, 1, 2) }, "no such job was begun"},
		"no start":            {func(all []evidence.Entry) []evidence.Entry { return all[1:] }, "before the run's start"},
		"more behind the end": {func(all []evidence.Entry) []evidence.Entry { return append(all, all[3]) }, "behind its end"},
		"no such kind":        {more(evidence.Entry{Kind: "dance"}), "no such kind of entry"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := damagedRun(t)
			rewrite(t, dir, nil, c.change)
			run, err := ledger.Verify(dir)
			require.NoError(t, err)
			require.NotEmpty(t, run.Problems)
			assert.ErrorContains(t, run.Problems[0], "journal.jsonl:")
			assert.ErrorContains(t, run.Problems[0], c.want)
			j, err := judge.Run(dir)
			require.NoError(t, err)
			assert.NotEmpty(t, j.Problems)
			for _, m := range j.Models {
				for rule, cell := range m.Cells {
					assert.NotContains(t, []finding.Verdict{finding.Clear, finding.Flagged}, cell.Verdict, rule)
				}
			}
		})
	}
}

// TestARecordThatIsTooMuchIsRefused has run.json owe more than memory holds.
func TestARecordThatIsTooMuchIsRefused(t *testing.T) {
	if underRace {
		t.Skip("one goroutine reads; CI plays it without the race detector")
	}
	many := func(n int, one func(i int) any) []any {
		all := make([]any, n)
		for i := range all {
			all[i] = one(i)
		}
		return all
	}
	handset := func(i int) any { return map[string]any{"key": fmt.Sprint("h", i), "brand": "", "model": ""} }
	scenario := func(i int) any {
		return map[string]any{"name": fmt.Sprint("s", i), "about": "", "digest": evidence.Digest(nil), "text": ""}
	}
	for name, c := range map[string]struct {
		change func(map[string]any)
		want   string
	}{
		"repeats":             {func(r map[string]any) { r["repeat"] = 3_000_000 }, "repeat 3000000: a run repeats its scenarios at most 10000 times"},
		"negative repeats":    {func(r map[string]any) { r["repeat"] = -1 }, "repeat -1"},
		"repeats past an int": {func(r map[string]any) { r["repeat"] = 1e30 }, "cannot unmarshal number"},
		"handsets":            {func(r map[string]any) { r["handsets"] = many(20_000, handset) }, "20000 handsets: a run has at most 10000"},
		"more bytes than any": {func(r map[string]any) { r["notice"] = strings.Repeat("x", 17<<20) }, "has more than 16777216 bytes"},
		"scenarios":           {func(r map[string]any) { r["scenarios"] = many(20_000, scenario) }, "20000 scenarios: a run has at most 1000"},
		"all of them": {func(r map[string]any) {
			r["handsets"], r["scenarios"], r["repeat"] = many(100, handset), many(100, scenario), 100
		}, "100 handsets, 100 scenarios, 100 repeats: a run has at most 250000 jobs"},
		"a handset twice":  {func(r map[string]any) { r["handsets"] = []any{handset(1), handset(1)} }, `handset "h1": each has a key of its own`},
		"a scenario twice": {func(r map[string]any) { r["scenarios"] = []any{scenario(1), scenario(1)} }, `scenario "s1": each has a name of its own`},
		"a baseline":       {func(r map[string]any) { r["scenarios"] = []any{map[string]any{"name": "baseline", "about": ""}} }, `scenario "baseline"`},
		"a model of others": {func(r map[string]any) {
			r["models"] = []any{map[string]any{"brand": "a", "model": "b", "handsets": []string{"x"}, "owed": 1}}
		}, `handset "x" is not one of the run's`},
		"no salt":      {func(r map[string]any) { delete(r, "salt") }, "its salt must be 32 bytes in hex"},
		"a short salt": {func(r map[string]any) { r["salt"] = "00" }, "its salt must be 32 bytes in hex"},
		"another key":  {func(r map[string]any) { r["Repeat"] = 1 }, `unknown key "Repeat"; it is written "repeat"`},
		"a text of another digest": {func(r map[string]any) {
			s := scenario(1).(map[string]any)
			s["text"] = "name: other\n"
			r["scenarios"] = []any{s}
		}, `scenario "s1": its digest "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" is not that of its text`},
		"a text of before it was kept": {func(r map[string]any) {
			r["schema"], r["scenarios"] = 2, []any{scenario(1)}
		}, `scenario "s1": a digest and a text are kept from schema 3 on, and this is schema 2`},
		"roles of before they were kept": {func(r map[string]any) {
			r["schema"], r["roles"] = 2, []any{map[string]any{"brand": "acme", "role": "camera", "package": "com.x"}}
		}, "roles are kept from schema 3 on, and this is schema 2"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := damagedRun(t)
			rewrite(t, dir, c.change, nil)
			for _, read := range []func() error{
				func() error { _, err := ledger.Verify(dir); return err },
				func() error { _, err := judge.Run(dir); return err },
				func() error { _, err := ledger.Read(dir); return err },
			} {
				assert.ErrorContains(t, read(), c.want)
			}
		})
	}
}

// TestAnotherRecordHasNoJudgement exchanges run.json for one that names another maker.
func TestAnotherRecordHasNoJudgement(t *testing.T) {
	dir := damagedRun(t)
	path := filepath.Join(dir, "run.json")
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(raw), `"brand": ""`, `"brand": "Other"`, 1)), 0o600))
	_, err = judge.Run(dir)
	assert.ErrorIs(t, err, ledger.ErrForged)
	assert.ErrorContains(t, err, "run.json: it is not the one that the run was begun with")
}

// TestABundleMustBeOfTheJobThatTheJournalNames writes manifests anew, and the journal
// after them.
func TestABundleMustBeOfTheJobThatTheJournalNames(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*evidence.Manifest)
		want   string
	}{
		"serial":   {func(m *evidence.Manifest) { m.Handset.Serial = "other" }, `handset "other" and "import-01"`},
		"scenario": {func(m *evidence.Manifest) { m.Scenario = "camera" }, `scenario "camera" and "import"`},
		"repeat":   {func(m *evidence.Manifest) { m.Repeat = 2 }, "repeat 2, attempt 1 and repeat 1, attempt 1"},
		"attempt":  {func(m *evidence.Manifest) { m.Attempt = 2 }, "repeat 1, attempt 2 and repeat 1, attempt 1"},
		"outcome":  {func(m *evidence.Manifest) { m.Outcome.State = evidence.Infra }, `outcome "infrastructure" and "finished"`},
	} {
		dir := damagedRun(t)
		bundles, err := ledger.Bundles(dir)
		require.NoError(t, err)
		m, err := evidence.Open(filepath.Join(dir, bundles[0]))
		require.NoError(t, err)
		c.change(&m)
		path := filepath.Join(dir, bundles[0], "manifest.json")
		require.NoError(t, evidence.WriteJSON(path, m))
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		rewrite(t, dir, nil, func(all []evidence.Entry) []evidence.Entry {
			all[2].Digest = evidence.Digest(raw)
			return all
		})
		run, err := ledger.Verify(dir)
		require.NoError(t, err)
		require.Len(t, run.Problems, 1, name)
		assert.ErrorContains(t, run.Problems[0], "speak of two things: "+c.want)
		j, err := judge.Run(dir)
		require.NoError(t, err)
		assert.Len(t, j.Problems, 1, name)
		assert.Equal(t, evidence.Infra, j.Jobs[0].Outcome.State, name)
	}
}

// TestResumeTouchesNoHandsetForAForgedJournal has no farm at all: resume ends before it
// would ask it.
func TestResumeTouchesNoHandsetForAForgedJournal(t *testing.T) {
	all := handsets(t, "asus")
	plan := lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(all...)}
	whole, _ := run(t, lab.Runner{Server: embedded(t, all...)}, plan)
	dir := cutOff(t, whole, 6)
	path := filepath.Join(dir, "journal.jsonl")
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	raw[len(raw)/2] ^= 1
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	runner := lab.Runner{Log: slog.New(slog.DiscardHandler)}
	_, err = runner.Resume(t.Context(), plan, dir)
	require.ErrorIs(t, err, ledger.ErrForged)
	assert.ErrorContains(t, err, "no handset was touched")
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(raw), string(after))
}

// TestResumeSendsNothingThatNoStepWrites has a journal, written by who knows how, tell
// of changes to be taken back.
func TestResumeSendsNothingThatNoStepWrites(t *testing.T) {
	all := handsets(t, "asus")
	plan := lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(all...)}
	server := embedded(t, all...)
	whole, _ := run(t, lab.Runner{Server: server}, plan)
	entries, err := evidence.ReadJournal(filepath.Join(whole, "journal.jsonl"))
	require.NoError(t, err)
	begun := 1 + slices.IndexFunc(entries, func(e evidence.Entry) bool { return e.Kind == evidence.JobStarted && e.Scenario == "dialer" })
	dir := cutOff(t, whole, begun)
	hostile := [][]string{{"settings", "put", "global", "adb_enabled", "0"}, {"sh", "-c", "settings put global adb_enabled 0"}, {"reboot"},
		{"am", "kill", "--user", "0", "a;reboot"}}
	const kept = "am kill --user 0 com.android.dialer"
	job := entries[begun-1]
	rewrite(t, dir, nil, func(all []evidence.Entry) []evidence.Entry {
		for i, argv := range append(hostile, strings.Fields(kept)) {
			job.Kind, job.Change = evidence.Changed, &evidence.Change{ID: i + 1, What: strings.Join(argv, " "), Undo: argv}
			all = append(all, job)
		}
		return all
	})
	before := statesOf(t, server, plan.Inventory)
	runner := lab.Runner{Server: server, Log: slog.New(slog.DiscardHandler)}
	_, err = runner.Resume(t.Context(), plan, dir)
	require.NoError(t, err)
	assert.Equal(t, before, statesOf(t, server, plan.Inventory))
	after, err := evidence.ReadJournal(filepath.Join(dir, "journal.jsonl"))
	require.NoError(t, err)
	refused := map[string]string{}
	undone := false
	for _, e := range after {
		if e.Kind == evidence.UndoFailed {
			refused[e.Change.What] = e.Note
		}
		undone = undone || e.Kind == evidence.Undone && e.Change.What == kept
	}
	assert.True(t, undone, "what a step writes is taken back")
	assert.Len(t, refused, len(hostile))
	for _, argv := range hostile {
		assert.Contains(t, refused[strings.Join(argv, " ")], `not sent: no step of scenario "dialer" takes anything back with`)
	}
	told := judged(t, dir)
	for _, j := range told.Jobs {
		if j.Scenario == "dialer" {
			assert.Len(t, j.NotUndone, len(hostile), "and the report tells it")
		}
	}
}
