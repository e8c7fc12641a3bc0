package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/judge"
	"assay/harness/ledger"
)

// assay runs one command in this process.
func assay(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// smallRun is a run of one virtual handset, and its inventory.
func smallRun(t *testing.T) (dir, devices string) {
	t.Helper()
	root := t.TempDir()
	devices = filepath.Join(root, "devices.yaml")
	text := "server: virtual\nvirtual: {personas: [honor]}\ndevices:\n  - {brand: Honor, model: DUA-L22, serial: VRTHONR0001}\n"
	require.NoError(t, os.WriteFile(devices, []byte(text), 0o600))
	dir = filepath.Join(root, "run")
	code, out, errs := assay(t, "run", "--quiet", "--devices", devices, "--scenario", "dialer", "--out", dir, "--format", "csv")
	require.Equal(t, exitFlagged, code, "%s\n%s", out, errs)
	return dir, devices
}

// put writes a JSON file anew, with one key set; nil: taken out.
func put(t *testing.T, path, key string, value any) {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	var all map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &all))
	if delete(all, key); value != nil {
		all[key], err = json.Marshal(value)
		require.NoError(t, err)
	}
	require.NoError(t, evidence.WriteJSON(path, all))
}

// reseal writes the journal of a run anew, so that it names what is there, as the
// assay that wrote it would have done.
func reseal(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "journal.jsonl")
	all, err := evidence.ReadJournal(path)
	require.NoError(t, err)
	require.NoError(t, os.Remove(path))
	j, err := evidence.OpenJournal(path)
	require.NoError(t, err)
	digest := func(name string) string {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		return evidence.Digest(raw)
	}
	for _, e := range all {
		switch e.Kind {
		case evidence.RunStarted:
			e.Digest = digest("run.json")
		case evidence.JobEnded:
			e.Digest = digest(e.Bundle + "/manifest.json")
		}
		require.NoError(t, j.Append(e))
	}
	require.NoError(t, j.Close())
}

// printed is a run of one handset's print-outs.
func printed(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	in, dir := filepath.Join(root, "in"), filepath.Join(root, "run")
	require.NoError(t, os.Mkdir(in, 0o700))
	text := "[ro.build.tags]: [test-keys]\n[ro.build.version.sdk]: [33]\n[ro.product.brand]: [Acme]\n"
	require.NoError(t, os.WriteFile(filepath.Join(in, "getprop.txt"), []byte(text), 0o600))
	code, _, errs := assay(t, "import", in, "--out", dir, "--format", "csv")
	require.Equal(t, exitFlagged, code, errs)
	return dir
}

// bundleOf is the last bundle of a run.
func bundleOf(t *testing.T, dir string) string {
	t.Helper()
	all, err := ledger.Bundles(dir)
	require.NoError(t, err)
	return filepath.Join(dir, all[len(all)-1])
}

// ages are what a stored file may say of its version, and what is said of that.
func ages(t *testing.T) []age {
	set := func(name string, schema any) func(string) {
		return func(dir string) {
			path := filepath.Join(dir, name)
			if name != "run.json" {
				path = filepath.Join(bundleOf(t, dir), name)
			}
			put(t, path, "schema", schema)
			put(t, path, "news", []int{1}) // what this assay knows nothing of
			reseal(t, dir)
		}
	}
	line := func(schema any) func(string) {
		return func(dir string) {
			rechain(t, dir, func(line map[string]any) {
				if line["schema"] != nil {
					line["schema"], line["news"] = schema, 1
				}
			})
		}
	}
	record, seal := "run.json:", "manifest.json:"
	return []age{
		{"run.json older", set("run.json", 1), exitUsage, []string{record, "schema 1, and this assay reads 2 to 3; use assay"}, false},
		{"run.json newer", set("run.json", 99), exitUsage, []string{record, "schema 99, and this assay reads 2 to 3; use"}, false},
		{"run.json without", set("run.json", nil), exitInfra, []string{record, `key "schema" is missing`}, false},
		{"run.json of a word", set("run.json", "3"), exitInfra, []string{record, `"schema" is "3": it must be a whole number`}, false},
		{"manifest older", set("manifest.json", 1), exitInfra, []string{seal, "schema 1, and this assay reads 2; use assay as of commit"}, true},
		{"manifest newer", set("manifest.json", 99), exitInfra, []string{seal, "schema 99, and this assay reads 2; use a later one"}, true},
		{"manifest without", set("manifest.json", nil), exitInfra, []string{seal, `key "schema" is missing`}, true},
		{"manifest of a word", set("manifest.json", "2"), exitInfra, []string{seal, `"schema" is "2": it must be a whole number`}, true},
		{"journal newer", line(99), exitInfra, []string{"journal.jsonl:1:", "schema 99, and this assay reads 1; use"}, false},
		{"journal of a word", line("1"), exitInfra, []string{"journal.jsonl:1:", `"schema" is "1": it must be a whole number`}, false},
	}
}

type age struct {
	name    string
	harm    func(dir string)
	code    int      // of what reads a run
	want    []string // of what it says
	bundles bool     // what reads a bundle says so too
}

// TestEachCommandRefusesAnotherSchemaByName puts each version in each kind of stored
// file that is read again, and gives the run to each command that reads one. Facts,
// findings and tables are not read again: they are derived anew.
func TestEachCommandRefusesAnotherSchemaByName(t *testing.T) {
	imported := printed(t)
	played, devices := smallRun(t)
	j, err := judge.Run(imported)
	require.NoError(t, err)
	goOn := []string{"--quiet", "--devices", devices, "--format", "csv"}
	for _, c := range []struct {
		name  string
		whole string
		args  func(dir string) []string
		one   bool // it reads one bundle
	}{
		{"verify", imported, func(dir string) []string { return []string{"verify", dir} }, false},
		{"judge", imported, func(dir string) []string { return []string{"judge", dir} }, false},
		{"report", imported, func(dir string) []string { return []string{"report", dir} }, false},
		{"explain", imported, func(dir string) []string { return []string{"explain", dir, j.Findings[0].ID} }, false},
		{"coverage", imported, func(dir string) []string { return []string{"explain", "--coverage", dir} }, false},
		{"facts", imported, func(dir string) []string { return []string{"facts", dir, "--json"} }, false},
		{"resume", played, func(dir string) []string { return append(goOn, "resume", dir) }, false},
		{"retry", played, func(dir string) []string { return append(goOn, "retry", dir, "--only", "infra") }, false},
		{"coverage of a bundle", imported, func(dir string) []string { return []string{"explain", "--coverage", bundleOf(t, dir)} }, true},
	} {
		for _, a := range ages(t) {
			if c.one && !a.bundles {
				continue
			}
			t.Run(c.name+" "+a.name, func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "run")
				require.NoError(t, os.CopyFS(dir, os.DirFS(c.whole)))
				a.harm(dir)
				code, out, errs := assay(t, c.args(dir)...)
				assert.Equal(t, a.code, code, errs)
				for _, w := range a.want {
					assert.Contains(t, errs, w, "%.2000s", out)
				}
				if strings.Contains(errs, "another version") {
					assert.NotContains(t, errs, "restore", "no copy of it would be of another version")
				}
			})
		}
	}
}

// TestReplayRefusesAManifestOfAnotherSchema: a replay reads 1 and 2, which are the same
// to it.
func TestReplayRefusesAManifestOfAnotherSchema(t *testing.T) {
	whole := printed(t)
	for _, c := range []struct {
		schema any
		want   string
	}{{1, ""}, {2, ""}, {99, "manifest.json: schema 99, and this assay replays 1 and 2"}, {nil, `manifest.json: key "schema" is missing`}, {"2", "manifest.json: json: cannot unmarshal string"}} {
		dir := filepath.Join(t.TempDir(), "run")
		require.NoError(t, os.CopyFS(dir, os.DirFS(whole)))
		put(t, filepath.Join(bundleOf(t, dir), "manifest.json"), "schema", c.schema)
		code, _, errs := assay(t, "virtual", "--listen", "", "--replay", bundleOf(t, dir))
		if c.want == "" {
			assert.Equal(t, exitOK, code, errs)
			continue
		}
		assert.Equal(t, exitUsage, code)
		assert.Contains(t, errs, c.want)
	}
}

// TestRunsOfBeforeTheJournalHadASchemaAreRead gives a run as the assay before wrote it
// to the same commands.
func TestRunsOfBeforeTheJournalHadASchemaAreRead(t *testing.T) {
	dir, devices := smallRun(t)
	_, want, _ := assay(t, "report", dir, "--table", "all", "--format", "csv")
	old(t, dir)
	code, got, errs := assay(t, "report", dir, "--table", "all", "--format", "csv")
	assert.Equal(t, exitOK, code, errs)
	assert.Equal(t, want, got)
	for _, c := range [][]string{{"verify", dir}, {"facts", dir}, {"explain", "--coverage", dir}} {
		code, _, errs := assay(t, c...)
		assert.Equal(t, exitOK, code, "%s: %s", c[0], errs)
	}
	code, _, errs = assay(t, "resume", dir, "--devices", devices)
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errs, "schema 2, which does not keep what its scenarios say")
}

// old writes a run as assay wrote it before its journal had a schema.
func old(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "run.json")
	put(t, path, "schema", 2)
	var r struct {
		Scenarios []map[string]string `json:"scenarios"`
	}
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &r))
	for _, s := range r.Scenarios {
		delete(s, "text")
		delete(s, "digest")
	}
	put(t, path, "scenarios", r.Scenarios)
	reseal(t, dir)
	rechain(t, dir, func(line map[string]any) { delete(line, "schema") })
}

// rechain writes each line of a journal anew.
func rechain(t *testing.T, dir string, change func(map[string]any)) {
	t.Helper()
	path := filepath.Join(dir, "journal.jsonl")
	all, err := evidence.ReadJournal(path)
	require.NoError(t, err)
	var text []byte
	prev := ""
	for _, e := range all {
		e.Prev, e.Sum = "", ""
		raw, err := json.Marshal(e)
		require.NoError(t, err)
		var line map[string]any
		require.NoError(t, json.Unmarshal(raw, &line))
		change(line)
		if prev != "" {
			line["prev"] = prev
		}
		raw, err = json.Marshal(line)
		require.NoError(t, err)
		raw = append(raw[:len(raw)-1], `,"sum":"`+evidence.Digest(raw)+`"}`...)
		prev = evidence.Digest(raw)
		text = append(append(text, raw...), '\n')
	}
	require.NoError(t, os.WriteFile(path, text, 0o600))
}
