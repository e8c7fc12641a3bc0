package harness_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// may is who may import whom, as doc.go has it. "harness" is all of it.
var may = map[string][]string{
	"harness":          {},
	"harness/android":  {},
	"harness/strict":   {},
	"harness/adb":      {"harness/android"},
	"harness/evidence": {"harness/android"},
	"harness/obstacle": {"harness/android", "harness/strict"},
	"harness/scenario": {"harness/android", "harness/strict", "harness/obstacle"},
	"harness/farm":     {"harness/android", "harness/adb"},
	"harness/collect":  {"harness/android", "harness/evidence"},
	"harness/observe":  {"harness/android", "harness/evidence"},
	"harness/leak":     {"harness/android", "harness/evidence"},
	"harness/finding":  {"harness/android", "harness/evidence", "harness/observe", "harness/leak"},
	"harness/virtual":  {"harness/android", "harness/strict"},
	"harness/intake":   {"harness/android", "harness/evidence"},
	"harness/lab":      {"harness/*", "!harness/virtual"},
	"scenarios":        {},
	"reports":          {"harness/android", "harness/evidence", "harness/observe", "harness/finding"},
	"cmd/assay":        {"harness/*", "reports", "scenarios"},
}

// only is the packages from elsewhere that one room alone may import.
var only = map[string][]string{
	"github.com/electricbubble/gadb":      {"harness/adb"},
	"github.com/spf13/viper":              {"cmd/assay"},
	"github.com/olekukonko/tablewriter":   {"reports", "cmd/assay"},
	"github.com/stretchr/testify/assert":  {},
	"github.com/stretchr/testify/require": {},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	require.NoError(t, err, "go list")
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p listed
		require.NoError(t, d.Decode(&p))
		all = append(all, p)
	}
	return all
}

func TestEveryRoomImportsOnlyWhatTheTableAllows(t *testing.T) {
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, "assay/")
		allowed, known := may[room]
		if !assert.True(t, known, "%s is not in the import table of harness/doc.go", room) {
			continue
		}
		for _, imported := range p.Imports {
			if rooms, restricted := only[imported]; restricted {
				assert.Contains(t, rooms, room, "%s imports %s", room, imported)
			}
			other, ours := strings.CutPrefix(imported, "assay/")
			if ours {
				assert.True(t, allows(allowed, other), "%s imports %s", room, other)
			}
		}
	}
}

func allows(allowed []string, other string) bool {
	if slices.Contains(allowed, "!"+other) {
		return false
	}
	return slices.Contains(allowed, other) || slices.Contains(allowed, "harness/*") && strings.HasPrefix(other, "harness/")
}

func TestTheImportTableInDocIsTheOneThatIsTested(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	for room := range may {
		name := strings.TrimPrefix(strings.TrimSuffix(room, "/assay"), "harness/")
		if name != "harness" {
			assert.Contains(t, string(doc), "\n//\t"+name+" ", "doc.go has no line for %s", room)
		}
	}
}

// lists says which literal must name every row of a type, in which folder.
var lists = []struct{ folder, rowType, list string }{
	{"collect", "Collector", "All"},
	{"finding", "Rule", "All"},
	{"leak", "Detector", "Detectors"},
	{"observe", "Parser", "Parsers"},
	{"../reports", "Builder", "Tables"},
	{"../reports", "Format", "Formats"},
}

func TestEveryRowIsListed(t *testing.T) {
	for _, l := range lists {
		t.Run(l.folder+"."+l.list, func(t *testing.T) {
			rows, named, length := read(t, l.folder, l.rowType, l.list)
			require.NotZero(t, length, "the list %s is empty or was not found", l.list)
			for name, file := range rows {
				assert.Contains(t, named, name, "%s: nobody listed it in %s", file, l.list)
			}
		})
	}
}

// TestEveryVerbIsListed finds the readers of steps: functions of step_*.go that
// return a Step.
func TestEveryVerbIsListed(t *testing.T) {
	_, named, length := read(t, "scenario", "verb", "steps")
	require.NotZero(t, length)
	files, err := filepath.Glob("scenario/step_*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		for _, decl := range tree.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv != nil || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
				continue
			}
			if id, ok := f.Type.Results.List[0].Type.(*ast.Ident); ok && id.Name == "Step" {
				assert.Contains(t, named, f.Name.Name, "%s: nobody listed it in steps", file)
			}
		}
	}
}

// read gives the package-level rows of a type, each with its file, the names
// that stand in a list, and the list's length.
func read(t *testing.T, folder, rowType, list string) (rows map[string]string, named []string, length int) {
	t.Helper()
	rows = map[string]string{}
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		for _, decl := range tree.Decls {
			general, ok := decl.(*ast.GenDecl)
			if !ok || general.Tok != token.VAR {
				continue
			}
			for _, spec := range general.Specs {
				v := spec.(*ast.ValueSpec)
				for i, value := range v.Values {
					literal, ok := value.(*ast.CompositeLit)
					if !ok {
						continue
					}
					if id, ok := literal.Type.(*ast.Ident); ok && id.Name == rowType {
						rows[v.Names[i].Name] = file
					}
					if v.Names[i].Name == list {
						length = len(literal.Elts)
						ast.Inspect(literal, func(n ast.Node) bool {
							if id, ok := n.(*ast.Ident); ok {
								named = append(named, id.Name)
							}
							return true
						})
					}
				}
			}
		}
	}
	return rows, named, length
}

func TestEveryYAMLFileIsUnderTheFolderThatEmbedsIt(t *testing.T) {
	for _, folder := range []string{"../scenarios", "virtual/personas", "virtual/specimens"} {
		var stray []string
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && !slices.Contains([]string{".yaml", ".go"}, filepath.Ext(path)) {
				stray = append(stray, path)
			}
			return err
		})
		require.NoError(t, err)
		assert.Empty(t, stray, "files that nothing embeds")
	}
}

func TestTheTopLevelIsWhatTheDesignNames(t *testing.T) {
	entries, err := os.ReadDir("..")
	require.NoError(t, err)
	known := map[string]bool{}
	for _, name := range []string{".ci", ".git", ".gitignore", "CONTRIBUTING.md", "LICENSE", "README.md", "cmd", "devices.yaml", "go.mod", "go.sum",
		"harness", "reports", "runs", "scenarios"} {
		known[name] = true
	}
	for _, e := range entries {
		assert.True(t, known[e.Name()], "%s: nobody said what it is for; the root holds %v", e.Name(), slices.Sorted(maps.Keys(known)))
	}
}
