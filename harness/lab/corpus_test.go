package lab_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/observe/fact"
)

const corpus = "../../../shared/corpus"

// tallied is what one print-out holds, counted by its facts.
type tallied struct {
	Packages, Hidden   map[string]bool
	Install, Runtime   map[string][2]int // holder, or holder/user -> all, granted
	Requested          map[string]int
	OpEntries, UIDOps  int
	ByOp, ByMode       map[string]int
	UIDByOp, UIDByMode map[string]int
	Entries            int
	ByLevel            map[string]int
	Properties, Listed int
}

func newTallied() *tallied {
	return &tallied{Packages: map[string]bool{}, Hidden: map[string]bool{}, Install: map[string][2]int{}, Runtime: map[string][2]int{},
		Requested: map[string]int{}, ByOp: map[string]int{}, ByMode: map[string]int{}, ByLevel: map[string]int{},
		UIDByOp: map[string]int{}, UIDByMode: map[string]int{}}
}

func merge(to, from map[string]int) {
	for k, n := range from {
		to[k] += n
	}
}

func (t *tallied) add(f fact.Fact) {
	switch f := fact.Keep(f).(type) {
	case fact.Install:
		if f.Hidden {
			t.Hidden[string(f.Package)] = true
		} else {
			t.Packages[string(f.Package)] = true
		}
	case fact.Request:
		t.Requested[holder(string(f.Package), "", f.Hidden)]++
	case fact.Grant:
		key, to := holder(string(f.Package), f.SharedUser, f.Hidden), t.Install
		if f.Type == fact.RuntimeGrant {
			key, to = fmt.Sprintf("%s/%d", key, f.User), t.Runtime
		}
		n := to[key]
		n[0]++
		if f.Granted {
			n[1]++
		}
		to[key] = n
	case fact.OpMode:
		if f.Package == "" {
			t.UIDOps++
			t.UIDByOp[string(f.Op)]++
			t.UIDByMode[string(f.Mode)]++
			return
		}
		t.OpEntries++
		t.ByOp[string(f.Op)]++
		t.ByMode[string(f.Mode)]++
	case *fact.LogLine:
		t.Entries++
		t.ByLevel[string(f.Level)]++
	case fact.Property:
		t.Properties++
	case fact.Listed:
		t.Listed++
	}
}

func holder(pkg, shared string, hidden bool) string {
	switch {
	case shared != "":
		return "shared " + shared
	case hidden:
		return "hidden " + pkg
	}
	return pkg
}

// gold is one print-out's counts in corpus/gold, made with line patterns.
type gold struct {
	File          string                `json:"file"`
	Packages      int                   `json:"packages"`
	Hidden        int                   `json:"hidden_system_packages"`
	PerPackage    map[string]goldHolder `json:"per_package"`
	PerHidden     map[string]goldHolder `json:"per_hidden"`
	PerSharedUser map[string]goldHolder `json:"per_shared_user"`
	OpEntries     *int                  `json:"package_op_entries"`
	Style         string                `json:"style"`
	UIDOps        int                   `json:"uid_mode_entries"`
	ByOp          map[string]int        `json:"by_op"`
	ByMode        map[string]int        `json:"by_mode"`
	Entries       *int                  `json:"entries"`
	ByLevel       map[string]int        `json:"by_level"`
	Keys          *int                  `json:"keys"`
	Lines         *int                  `json:"lines"` // of pm list packages
}

type goldHolder struct {
	Requested      int            `json:"requested"`
	InstallTotal   int            `json:"install_total"`
	InstallGranted int            `json:"install_granted"`
	RuntimeTotal   map[string]int `json:"runtime_total"`
	RuntimeGranted map[string]int `json:"runtime_granted"`
}

// oldModes are the numbers that Android 8 and older print for modes.
var oldModes = map[string]string{"0": "allow", "1": "ignore", "2": "deny", "3": "default"}

func TestImportedPrintOutsAgreeWithGold(t *testing.T) {
	if underRace {
		t.Skip("one goroutine reads; CI plays it without the race detector")
	}
	files, err := filepath.Glob(corpus + "/gold/*.json")
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("the corpus of real print-outs is not beside the repository: ../shared/corpus/gold")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			var sheets map[string]json.RawMessage
			require.NoError(t, json.Unmarshal(raw, &sheets))
			folder := ""
			golds := map[string]gold{}
			for name, sheet := range sheets {
				var g gold
				if json.Unmarshal(sheet, &g) == nil && g.File != "" {
					golds[name] = g
					folder = filepath.Join(corpus, filepath.Dir(g.File))
				}
			}
			require.NotEmpty(t, golds)
			counted := imported(t, folder)
			compared := 0
			for name, g := range golds {
				if got, ok := counted[filepath.Base(g.File)]; ok {
					compare(t, name, g, got)
					compared++
				}
			}
			assert.NotZero(t, compared)
		})
	}
}

// imported imports a path and counts the facts of each file or section in it.
func imported(t *testing.T, path string) map[string]*tallied {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	require.NoError(t, lab.Import(dir, lab.Imports{Name: "corpus", Paths: []string{path}}))
	counted := map[string]*tallied{}
	require.NoError(t, judge.EachFact(dir, "", func(m evidence.Manifest, o fact.Observation) error {
		at := slices.IndexFunc(m.Captures, func(c evidence.Capture) bool { return c.File == o.Ref.File })
		origin := strings.Join(m.Captures[at].Command[1:], "!")
		if counted[origin] == nil {
			counted[origin] = newTallied()
		}
		counted[origin].add(o.Fact)
		return nil
	}))
	return counted
}

func compare(t *testing.T, name string, g gold, got *tallied) {
	t.Helper()
	switch {
	case strings.HasPrefix(name, "dumpsys_package"):
		assert.Len(t, got.Packages, g.Packages, "%s: packages", name)
		assert.Len(t, got.Hidden, g.Hidden, "%s: hidden packages", name)
		install, runtime, requested := map[string][2]int{}, map[string][2]int{}, map[string]int{}
		for prefix, holders := range map[string]map[string]goldHolder{"": g.PerPackage, "hidden ": g.PerHidden, "shared ": g.PerSharedUser} {
			for who, h := range holders {
				if h.InstallTotal > 0 {
					install[prefix+who] = [2]int{h.InstallTotal, h.InstallGranted}
				}
				if h.Requested > 0 {
					requested[prefix+who] = h.Requested
				}
				for user, n := range h.RuntimeTotal {
					runtime[prefix+who+"/"+user] = [2]int{n, h.RuntimeGranted[user]}
				}
			}
		}
		assert.Equal(t, install, got.Install, "%s: install permissions", name)
		assert.Equal(t, runtime, got.Runtime, "%s: runtime permissions per user", name)
		assert.Equal(t, requested, got.Requested, "%s: requested permissions", name)
	case g.OpEntries != nil:
		if g.Style == "<=8" {
			// Up to Android 8 a mode of a whole UID is printed at the indent of a
			// package's op and in its form. gold's pattern cannot tell them apart; the
			// parser knows that no Package line has come yet. AppOpsService.dump prints
			// uidState.opModes first.
			got.OpEntries, got.UIDOps = got.OpEntries+got.UIDOps, 0
			merge(got.ByOp, got.UIDByOp)
			merge(got.ByMode, got.UIDByMode)
		}
		byMode := map[string]int{}
		for mode, n := range g.ByMode {
			if word, ok := oldModes[mode]; ok {
				mode = word
			}
			byMode[mode] += n
		}
		assert.Equal(t, *g.OpEntries, got.OpEntries, "%s: entries", name)
		assert.Equal(t, g.UIDOps, got.UIDOps, "%s: modes of UIDs", name)
		assert.Equal(t, g.ByOp, got.ByOp, "%s: by op", name)
		assert.Equal(t, byMode, got.ByMode, "%s: by mode", name)
	case strings.HasPrefix(name, "logcat") && g.Entries != nil:
		assert.Equal(t, *g.Entries, got.Entries, "%s: entries", name)
		assert.Equal(t, g.ByLevel, got.ByLevel, "%s: by level", name)
	case name == "getprop":
		want := *g.Keys
		raw, err := os.ReadFile(filepath.Join(corpus, g.File))
		require.NoError(t, err)
		if !strings.HasSuffix(string(raw), "\n") {
			// A last line without an end may have lost some of it, even where it looks
			// whole: a value may span lines. gold counts it; the parser says truncated.
			want--
		}
		assert.Equal(t, want, got.Properties, "%s: keys", name)
	case strings.HasPrefix(name, "pm_list"):
		want := *g.Lines
		raw, err := os.ReadFile(filepath.Join(corpus, g.File))
		require.NoError(t, err)
		if strings.HasPrefix(string(raw), "\ufeffpackage:") {
			want++ // gold counts lines that start with "package:", and misses the first behind a byte order mark
		}
		if !strings.HasSuffix(string(raw), "\n") {
			want-- // as of getprop above: nothing tells a whole name from one that was cut
		}
		assert.Equal(t, want, got.Listed, "%s: lines", name)
	}
}

// TestABugreportHoldsWhatItsLoosePrintOutsHold imports both, and compares what
// they say; the corpus made the one of the other.
func TestABugreportHoldsWhatItsLoosePrintOutsHold(t *testing.T) {
	t.Parallel()
	reports, err := filepath.Glob(corpus + "/*/*/*/bugreport.zip")
	require.NoError(t, err)
	if len(reports) == 0 {
		t.Skip("the corpus of real print-outs is not beside the repository: ../shared/corpus")
	}
	if underRace {
		t.Skip("large reports, read one after the other; played without the race detector by .ci/run")
	}
	for _, report := range reports {
		t.Run(strings.ReplaceAll(strings.TrimPrefix(filepath.Dir(report), corpus+"/"), "/", "-"), func(t *testing.T) {
			loose := imported(t, filepath.Dir(report))
			whole := imported(t, report)
			for file, title := range map[string]string{"dumpsys_package.txt": "DUMP OF SERVICE package", "dumpsys_appops.txt": "DUMP OF SERVICE appops", "getprop.txt": "SYSTEM PROPERTIES"} {
				one, two := find(loose, file), find(whole, title)
				if one == nil {
					continue
				}
				require.NotNil(t, two, title)
				assert.Equal(t, one.Packages, two.Packages, title)
				assert.Equal(t, one.Runtime, two.Runtime, title)
				assert.Equal(t, one.ByOp, two.ByOp, title)
				assert.Equal(t, one.Properties, two.Properties, title)
			}
		})
	}
}

func find(all map[string]*tallied, part string) *tallied {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if strings.Contains(name, part) {
			return all[name]
		}
	}
	return nil
}

// TestTablesOfAnImportAgreeWithItsPrintOut counts the lines of sensitive runtime
// grants in the print-out itself, and the rows of the permissions table.
func TestTablesOfAnImportAgreeWithItsPrintOut(t *testing.T) {
	path := corpus + "/smartron/tphone_T5911/8.1.0"
	if _, err := os.Stat(path); err != nil {
		t.Skip("the corpus of real print-outs is not beside the repository: ../shared/corpus")
	}
	dir := filepath.Join(t.TempDir(), "run")
	require.NoError(t, lab.Import(dir, lab.Imports{Name: "corpus", Paths: []string{path}}))
	j, err := judge.Run(dir)
	require.NoError(t, err)
	assert.Empty(t, j.Problems)
	again, err := judge.Run(dir)
	require.NoError(t, err)
	assert.Equal(t, j, again, "identical bytes twice")

	type key struct {
		pkg  string
		user int
		perm string
	}
	want := map[key]bool{}
	require.NoError(t, judge.EachFact(dir, "dumpsys-package", func(_ evidence.Manifest, o fact.Observation) error {
		if g, ok := fact.Keep(o.Fact).(fact.Grant); ok && !g.Hidden && g.Package != "" && g.Type == fact.RuntimeGrant && android.Sensitive(g.Permission) {
			want[key{string(g.Package), g.User, string(g.Permission)}] = g.Granted
		}
		return nil
	}))
	require.NotEmpty(t, want)
	got := map[key]finding.GrantRow{}
	for _, r := range j.Grants {
		got[key{string(r.Package), r.User, string(r.Permission)}] = r
	}
	for k, granted := range want {
		assert.Equal(t, granted, got[k].Granted, "%v", k)
		assert.NotEmpty(t, got[k].How, "%v", k)
		assert.NotEmpty(t, got[k].Ref.File, "%v", k)
	}
}
