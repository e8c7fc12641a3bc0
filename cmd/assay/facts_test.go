package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/observe"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
	"assay/reports"
)

// observed is where the golden print-outs of each source stand.
const observed = "../../harness/observe/testdata"

// TestALineOfEveryKindOfFactIsOfTheSchema reads every golden print-out, and holds
// each fact, as the stream writes it, to the schema that --schema prints, with no
// field allowed that it does not name.
func TestALineOfEveryKindOfFactIsOfTheSchema(t *testing.T) {
	strict, err := factSchemaOf(true)
	require.NoError(t, err)
	resolved, err := strict.Resolve(nil)
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, p := range observe.Parsers {
		files, err := filepath.Glob(filepath.Join(observed, p.Source, "*.*"))
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, ".jsonl") {
				continue
			}
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			subject, _, _ := strings.Cut(filepath.Base(file), "@")
			_, err = observe.Read(p.Source, bytes.NewReader(body), printout.Input{Subject: subject}, func(f fact.Fact, s evidence.Span) {
				seen[f.Kind()] = true
				line := asRead(t, lineOf(evidence.Manifest{}, fact.Observation{Fact: f, Source: p.Source, Ref: evidence.Ref{Span: s}}))
				if err := resolved.Validate(line); err != nil {
					t.Errorf("%s:%d: %v", file, s.Line, err)
				}
			})
			require.NoError(t, err)
		}
	}
	for _, k := range fact.Kinds {
		assert.True(t, seen[k.Fact.Kind()], "no golden print-out has a fact of kind %s", k.Fact.Kind())
		assert.Contains(t, strict.Defs, k.Fact.Kind())
	}
	assert.Len(t, strict.Defs, len(fact.Kinds))
}

// TestTheSchemaRefusesWhatIsOfNoKind keeps the test above honest.
func TestTheSchemaRefusesWhatIsOfNoKind(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, writeFactSchema(&out))
	var published jsonschema.Schema
	require.NoError(t, json.Unmarshal(out.Bytes(), &published))
	resolved, err := published.Resolve(nil)
	require.NoError(t, err)
	good := asRead(t, lineOf(evidence.Manifest{}, fact.Observation{Fact: fact.Property{Key: "a", Value: "b"}}))
	require.NoError(t, resolved.Validate(good))
	for name, change := range map[string]func(map[string]any){
		"another kind":     func(l map[string]any) { l["fact"] = "rumour" },
		"fields of a kind": func(l map[string]any) { l["fact"] = "grant" },
		"a number":         func(l map[string]any) { l["fields"].(map[string]any)["value"] = 7.0 },
		"a field missing":  func(l map[string]any) { delete(l["fields"].(map[string]any), "key") },
		"no reference":     func(l map[string]any) { delete(l, "ref") },
		"another version":  func(l map[string]any) { l["schema"] = 2.0 },
	} {
		line := asRead(t, lineOf(evidence.Manifest{}, fact.Observation{Fact: fact.Property{Key: "a", Value: "b"}}))
		change(line)
		assert.Error(t, resolved.Validate(line), name)
	}
	good["later"] = "a field of a later release"
	assert.NoError(t, resolved.Validate(good))
}

// asRead is a line as a reader of the stream has it.
func asRead(t *testing.T, line any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(line)
	require.NoError(t, err)
	var read map[string]any
	require.NoError(t, json.Unmarshal(raw, &read))
	return read
}

// TestTablesCanBeRecomputedFromTheFactsAlone makes the rows of two tables of the
// lines of assay facts --json, as jq would, and compares with the report's.
func TestTablesCanBeRecomputedFromTheFactsAlone(t *testing.T) {
	paths := map[string]string{"golden": goldenFolder(t)}
	for _, device := range []string{"google/Pixel_sailfish/10", "smartron/tphone_T5911/8.1.0"} {
		if _, err := os.Stat(filepath.Join(corpus, device)); err == nil {
			paths[strings.ReplaceAll(device, "/", "-")] = filepath.Join(corpus, device)
		}
	}
	for name, path := range paths {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			require.NoError(t, lab.Import(dir, lab.Imports{Name: "x", Paths: []string{path}}))
			j, err := judge.Run(dir)
			require.NoError(t, err)
			chosen, err := reports.Select([]string{"permissions", "use"})
			require.NoError(t, err)
			tables := reports.Build(j, chosen)
			lines := factLines(t, dir)
			assert.Equal(t, rowsOf(t, tables[0], "Package", "User", "Permission", "Granted", "How", "Flags"), permissionRows(lines))
			assert.Equal(t, rowsOf(t, tables[1], "Package", "Op", "State", "Refused", "Entries"), useRows(lines))
			assert.NotEmpty(t, tables[0].Rows)
		})
	}
}

// goldenFolder is a folder of two golden print-outs.
func goldenFolder(t *testing.T) string {
	dir := t.TempDir()
	for from, to := range map[string]string{"dumpsys-package/8.txt": "dumpsys_package.txt", "dumpsys-appops/10.txt": "dumpsys_appops.txt"} {
		raw, err := os.ReadFile(filepath.Join(observed, from))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, to), raw, 0o644))
	}
	return dir
}

func factLines(t *testing.T, dir string) []map[string]any {
	var out, errs bytes.Buffer
	require.Zero(t, Main([]string{"facts", dir, "--json"}, strings.NewReader(""), &out, &errs), errs.String())
	var lines []map[string]any
	for line := range bytes.Lines(out.Bytes()) {
		var l map[string]any
		require.NoError(t, json.Unmarshal(line, &l))
		lines = append(lines, l)
	}
	return lines
}

func rowsOf(t *testing.T, table reports.Table, columns ...string) []string {
	var rows []string
	for _, r := range table.Rows {
		var cells []string
		for _, name := range columns {
			at := slices.IndexFunc(table.Columns, func(c reports.Column) bool { return c.Name == name })
			require.GreaterOrEqual(t, at, 0, name)
			cells = append(cells, r[at].Text)
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
	slices.Sort(rows)
	return rows
}

// each calls do with the fields of each line of a kind.
func each(lines []map[string]any, kind string, do func(map[string]any)) {
	for _, l := range lines {
		if l["fact"] == kind {
			do(l["fields"].(map[string]any))
		}
	}
}

// permissionRows keeps the first grant of each holder, user and permission. A
// package with a shared user holds nothing by itself; who is not installed for a
// user holds nothing of theirs; a role is as good as its flag.
func permissionRows(lines []map[string]any) []string {
	sharing, known, there := map[any]any{}, map[any]bool{}, map[string]bool{}
	for _, hidden := range []bool{false, true} {
		each(lines, "install", func(f map[string]any) {
			if f["hidden"] == hidden && !known[f["package"]] {
				known[f["package"]], sharing[f["package"]] = true, f["sharedUser"]
			}
		})
	}
	each(lines, "user-state", func(f map[string]any) {
		for _, user := range []any{f["user"], -1} {
			key := fmt.Sprint(f["package"], user)
			there[key] = there[key] || f["installed"] == true
		}
	})
	gone := func(p, user any) bool {
		installed, said := there[fmt.Sprint(p, user)]
		return said && !installed
	}
	rows := map[string]string{}
	each(lines, "grant", func(f map[string]any) {
		permission := fmt.Sprint(f["permission"])
		if f["hidden"] == true || !android.Sensitive(android.Permission(permission)) {
			return
		}
		holder, members := fmt.Sprint(f["package"]), []any{f["package"]}
		name := cmp.Or(f["sharedUser"], sharing[f["package"]])
		if name != nil {
			holder, members = fmt.Sprint("shared user ", name), nil
			for p, of := range sharing {
				if of == name {
					members = append(members, p)
				}
			}
		}
		all := len(members)
		members = slices.DeleteFunc(members, func(p any) bool { return gone(p, f["user"]) })
		if all > 0 && len(members) == 0 {
			return
		}
		user := strings.Replace(fmt.Sprint(f["user"]), "-1", "all", 1)
		key := fmt.Sprintf("%s|%s|%s", holder, user, strings.TrimPrefix(permission, "android.permission."))
		if _, ok := rows[key]; !ok {
			rows[key] = fmt.Sprintf("%s|%s|%s|%s", key, yesNo(f["granted"]), how(f, byRole(lines, members, f)), words(f["flags"]))
		}
	})
	return slices.Sorted(maps.Values(rows))
}

// byRole says whether one of the packages has a role that gives the permission.
func byRole(lines []map[string]any, packages []any, grant map[string]any) (held bool) {
	each(lines, "role-holder", func(f map[string]any) {
		if f["user"] == grant["user"] && slices.Contains(packages, f["package"]) {
			held = held || android.RoleGives(android.Role(fmt.Sprint(f["role"])), android.Permission(fmt.Sprint(grant["permission"])))
		}
	})
	return held
}

func useRows(lines []map[string]any) []string {
	counts := map[string]int{}
	each(lines, "op-use", func(f map[string]any) {
		if android.OpGroup(android.Op(fmt.Sprint(f["op"]))) == "" {
			return
		}
		state := f["state"]
		if state == nil {
			state = "unknown"
		}
		counts[fmt.Sprintf("%v|%v|%v|%s", f["package"], f["op"], state, yesNo(f["rejected"]))]++
	})
	var rows []string
	for key, n := range counts {
		rows = append(rows, fmt.Sprintf("%s|%d", key, n))
	}
	slices.Sort(rows)
	return rows
}

func yesNo(v any) string {
	if v == true {
		return "yes"
	}
	return "no"
}

// byItsHolder stands among the flags for a print-out of roles.
const byItsHolder = "BY_ITS_HOLDER"

// how says how a permission came to be held, as the permissions table tells it.
func how(f map[string]any, role bool) string {
	flags := " " + words(f["flags"]) + " "
	if role {
		flags += byItsHolder + " "
	}
	for _, c := range []struct{ flag, how string }{
		{"USER_SET", "user"}, {"USER_FIXED", "user"}, {"GRANTED_BY_ROLE", "role"}, {"SYSTEM_FIXED", "system-fixed"},
		{"POLICY_FIXED", "policy"}, {byItsHolder, "role"}, {"GRANTED_BY_DEFAULT", "default"},
	} {
		if strings.Contains(flags, " "+c.flag+" ") {
			return c.how
		}
	}
	if f["type"] == "install" {
		return "install"
	}
	return "unknown"
}

func words(v any) string {
	list, _ := v.([]any)
	var all []string
	for _, w := range list {
		all = append(all, fmt.Sprint(w))
	}
	return strings.Join(all, " ")
}
