package lab_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/harness/scenario"
)

const (
	aScenario = "name: %s\nabout: The handset is left alone.\ntags: [%s]\nsteps:\n  - idle: 10s\n"
	aSuite    = "name: all\nabout: What a tag has.\ntags: [%s]\n"
)

func files(all ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i+1 < len(all); i += 2 {
		fsys[all[i]] = &fstest.MapFile{Data: []byte(all[i+1])}
	}
	return fsys
}

func written(form string, words ...string) string {
	for _, w := range words {
		form = strings.Replace(form, "%s", w, 1)
	}
	return form
}

// loaded reads all scenarios of a folder, and its one suite's.
func loaded(t *testing.T, fsys fstest.MapFS) (all, chosen []scenario.Scenario) {
	t.Helper()
	all, err := scenario.Load(fsys, scenario.Known{})
	require.NoError(t, err)
	suites, err := scenario.LoadSuites(fsys, all)
	require.NoError(t, err)
	require.Len(t, suites, 1)
	return all, suites[0].Select(all)
}

// TestResumePlaysWhatTheRunWasToPlay begins a run of a suite, has somebody change the
// folder of scenarios, and resumes it from its first entry.
func TestResumePlaysWhatTheRunWasToPlay(t *testing.T) {
	ours := []string{"north.yaml", written(aScenario, "north", "quiet"), "south.yaml", written(aScenario, "south", "quiet"),
		"west.yaml", written(aScenario, "west", "loud"), "suites/all.yaml", written(aSuite, "quiet")}
	handset := handsets(t, "asus")
	_, chosen := loaded(t, files(ours...))
	plan := lab.Plan{Scenarios: chosen, Inventory: inventory(handset...)}
	whole, _ := run(t, lab.Runner{Server: embedded(t, handset...)}, plan)
	record, err := ledger.Read(whole)
	require.NoError(t, err)
	require.Len(t, record.Scenarios, 2)
	assert.Equal(t, ours[1], record.Scenarios[0].Text)
	assert.Equal(t, evidence.Digest([]byte(ours[1])), record.Scenarios[0].Digest)

	with := func(changes ...string) fstest.MapFS {
		fsys := files(ours...)
		for name, f := range files(changes...) {
			if fsys[name] = f; len(f.Data) == 0 {
				delete(fsys, name)
			}
		}
		return fsys
	}
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  []string // of the error; none: it goes on
	}{
		"as it was":                  {with(), nil},
		"a step edited":              {with("north.yaml", strings.Replace(ours[1], "10s", "11s", 1)), []string{"scenario north: north.yaml has SHA-256 "}},
		"a comment edited":           {with("north.yaml", ours[1]+"# more\n"), []string{"scenario north: north.yaml has SHA-256 "}},
		"line ends edited":           {with("north.yaml", strings.ReplaceAll(ours[1], "\n", "\r\n")), []string{"scenario north: north.yaml has SHA-256 "}},
		"two edited":                 {with("north.yaml", ours[1]+"\n", "south.yaml", ours[3]+"\n"), []string{"scenario north: north.yaml", "scenario south: south.yaml"}},
		"renamed":                    {with("north.yaml", written(aScenario, "nerth", "quiet")), []string{"scenario north: it is not here; was it renamed to nerth?"}},
		"its file renamed":           {with("north.yaml", "", "other.yaml", ours[1]), nil},
		"removed":                    {with("north.yaml", ""), []string{"scenario north: it is not here"}},
		"another of its name":        {with("north.yaml", strings.Replace(ours[3], "south", "north", 1)+"finally: [home]\n", "south.yaml", ours[3]), []string{"scenario north: north.yaml has"}},
		"another edited":             {with("west.yaml", ours[5]+"# more\n"), nil},
		"the suite has others":       {with("suites/all.yaml", written(aSuite, "loud")), nil},
		"the suite has more":         {with("suites/all.yaml", "name: all\nabout: All.\nscenarios: all\n"), nil},
		"another joined the suite":   {with("east.yaml", written(aScenario, "east", "quiet")), nil},
		"all are of another version": {with("north.yaml", ours[1]+"\n", "south.yaml", ""), []string{"scenario north: north.yaml has", "scenario south: it is not here"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := cutOff(t, whole, 1)
			fresh := handsets(t, "asus")
			now := plan
			all, _ := loaded(t, c.files)
			now.Scenarios = all
			runner := lab.Runner{Server: embedded(t, fresh...), Log: slog.New(slog.DiscardHandler)}
			_, err := runner.Resume(t.Context(), now, dir)
			entries, broken := evidence.ReadJournal(filepath.Join(dir, "journal.jsonl"))
			require.NoError(t, broken)
			if len(c.want) > 0 {
				require.ErrorIs(t, err, lab.ErrAnotherRun)
				for _, w := range append(c.want, `is under "text" in `+filepath.Join(dir, "run.json"), "give --scenarios a folder") {
					assert.ErrorContains(t, err, w)
				}
				assert.Len(t, entries, 1, "no handset was touched")
				return
			}
			require.NoError(t, err)
			played := map[string]int{}
			for _, e := range entries {
				if e.Kind == evidence.JobEnded {
					played[e.Scenario]++
				}
			}
			assert.Equal(t, map[string]int{"baseline": 1, "north": 1, "south": 1}, played)
		})
	}
}

// TestResumeWantsTheInventoryToSayTheSame: whom a scenario is about, and whose its
// print-outs are, stands in devices.yaml.
func TestResumeWantsTheInventoryToSayTheSame(t *testing.T) {
	handset := handsets(t, "asus")
	plan := lab.Plan{Scenarios: play(t, "idle-control"), Inventory: inventory(handset...)}
	brand := plan.Inventory.Devices[0].Brand
	roles := func(all ...string) (list []farm.RoleOverride) {
		for i := 0; i+2 < len(all); i += 3 {
			list = append(list, farm.RoleOverride{Brand: all[i], Role: all[i+1], Package: android.Package(all[i+2])})
		}
		return list
	}
	plan.Inventory.Roles = roles(brand, "camera", "com.x", "Acme", "camera", "com.acme")
	whole, _ := run(t, lab.Runner{Server: embedded(t, handset...)}, plan)
	for name, c := range map[string]struct {
		change func(*farm.Inventory)
		want   string
	}{
		"as it was":         {func(*farm.Inventory) {}, ""},
		"in capitals":       {func(i *farm.Inventory) { i.Roles = roles(strings.ToUpper(brand), "Camera", "com.x") }, ""},
		"a role of others":  {func(i *farm.Inventory) { i.Roles = roles(brand, "camera", "com.x", "Acme", "dialer", "com.y") }, ""},
		"another app":       {func(i *farm.Inventory) { i.Roles[0].Package = "com.y" }, "devices.yaml had com.x play it, and has not now"},
		"a role less":       {func(i *farm.Inventory) { i.Roles = nil }, "role camera of asus: devices.yaml had com.x play it"},
		"a role more":       {func(i *farm.Inventory) { i.Roles = append(i.Roles, roles(brand, "dialer", "com.z")...) }, "role dialer of asus: devices.yaml has com.z play it, and had not then"},
		"another brand":     {func(i *farm.Inventory) { i.Devices[0].Brand = "Acme" }, `and is "Acme"`},
		"another model":     {func(i *farm.Inventory) { i.Devices[0].Model = "One" }, `"One" there; give --devices as it was`},
		"without a handset": {func(i *farm.Inventory) { i.Devices = nil }, "which devices.yaml does not list"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := cutOff(t, whole, 1)
			fresh := handsets(t, "asus")
			now := plan
			now.Inventory = inventory(fresh...)
			now.Inventory.Roles = roles(brand, "camera", "com.x", "Acme", "camera", "com.acme")
			c.change(&now.Inventory)
			runner := lab.Runner{Server: embedded(t, fresh...), Log: slog.New(slog.DiscardHandler)}
			_, err := runner.Resume(t.Context(), now, dir)
			if c.want == "" {
				require.NoError(t, err)
				assert.Empty(t, judged(t, dir).Problems)
				return
			}
			require.ErrorIs(t, err, lab.ErrAnotherRun)
			assert.ErrorContains(t, err, c.want)
		})
	}
}

// TestARunOfBeforeTextsWereKeptIsReadAndNotResumed writes run.json as schema 2 had it.
func TestARunOfBeforeTextsWereKeptIsReadAndNotResumed(t *testing.T) {
	handset := handsets(t, "asus")
	plan := lab.Plan{Scenarios: play(t, "idle-control"), Inventory: inventory(handset...), Tool: "v0.2"}
	server := embedded(t, handset...)
	dir, _ := run(t, lab.Runner{Server: server}, plan)
	want := judged(t, dir)
	rewrite(t, dir, func(r map[string]any) {
		r["schema"] = 2
		for _, s := range r["scenarios"].([]any) {
			delete(s.(map[string]any), "text")
			delete(s.(map[string]any), "digest")
		}
	}, nil)
	assert.Equal(t, want, judged(t, dir))
	runner := lab.Runner{Server: server, Log: slog.New(slog.DiscardHandler)}
	_, err := runner.Resume(t.Context(), plan, dir)
	require.ErrorIs(t, err, lab.ErrAnotherRun)
	assert.ErrorContains(t, err, `go on with assay "v0.2", which wrote it`)
}

// TestARunOfMoreTextThanIsReadAgainIsNotBegun: what is written must be read again.
func TestARunOfMoreTextThanIsReadAgainIsNotBegun(t *testing.T) {
	handset := handsets(t, "asus")
	plan := lab.Plan{Scenarios: play(t, "idle-control"), Inventory: inventory(handset...), Repeat: 1}
	plan.Scenarios[0].Text = strings.Repeat("\x00", 3<<20)
	runner := lab.Runner{Server: embedded(t, handset...), Log: slog.New(slog.DiscardHandler)}
	dir := filepath.Join(t.TempDir(), "run")
	_, err := runner.Run(t.Context(), plan, dir)
	require.ErrorIs(t, err, ledger.ErrOutput)
	assert.ErrorContains(t, err, "the scenarios' files are too long")
	_, err = os.Stat(dir)
	assert.ErrorIs(t, err, os.ErrNotExist)
}
