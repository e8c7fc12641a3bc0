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
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// table is who may import whom, as doc.go says it.
type table map[string]struct {
	rooms []string // none: nothing of ours
	all   bool     // all of harness but the rooms
}

// readTable reads the rows of doc.go: a tab, a room, and what it may import.
func readTable(t *testing.T) table {
	t.Helper()
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	rows := table{"harness": {}}
	for line := range strings.Lines(string(doc)) {
		room, sees, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "//\t"), " ")
		if !ok || !strings.HasPrefix(line, "//\t") {
			continue
		}
		_, twice := rows[inHarness(room)]
		assert.False(t, twice, "doc.go has two rows for %s", room)
		row := rows[inHarness(room)]
		sees = strings.TrimSpace(sees)
		if but, all := strings.CutPrefix(sees, "all of harness"); all {
			row.all = true
			sees = strings.TrimPrefix(strings.TrimPrefix(but, " but "), ", ")
		}
		for _, other := range strings.Split(sees, ", ") {
			if other != "" && other != "nothing of ours" {
				row.rooms = append(row.rooms, roomsOf(other)...)
			}
		}
		rows[inHarness(room)] = row
	}
	require.Greater(t, len(rows), 10, "doc.go has no table")
	return rows
}

// roomsOf gives the folders that an entry of a row names: a/{b,c} is a/b and a/c.
func roomsOf(entry string) []string {
	above, names, several := strings.Cut(strings.TrimSuffix(entry, "}"), "{")
	if !several {
		return []string{inHarness(entry)}
	}
	var rooms []string
	for _, name := range strings.Split(names, ",") {
		rooms = append(rooms, inHarness(above+name))
	}
	return rooms
}

// inHarness gives a room's folder.
func inHarness(room string) string {
	if slices.Contains([]string{"cmd/assay", "reports", "scenarios"}, room) {
		return room
	}
	return "harness/" + room
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
	rows, rooms := readTable(t), map[string]bool{}
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, "assay/")
		rooms[room] = true
		_, known := rows[room]
		if !assert.True(t, known, "%s is not in the import table of harness/doc.go", room) {
			continue
		}
		for _, imported := range p.Imports {
			if rooms, restricted := only[imported]; restricted {
				assert.Contains(t, rooms, room, "%s imports %s", room, imported)
			}
			if other, ours := strings.CutPrefix(imported, "assay/"); ours {
				assert.True(t, rows.allows(room, other), "%s imports %s", room, other)
			}
		}
	}
	for room, row := range rows {
		assert.True(t, rooms[room], "the table of harness/doc.go has %s, and there is no such package", room)
		for _, other := range row.rooms {
			assert.True(t, rooms[other], "the table's row %s has %s, and there is no such package", room, other)
		}
	}
}

// allows says whether a room may import another. A row that begins with all of harness
// goes on with what the room may not import, with the rooms in it, but for what is not
// in harness.
func (rows table) allows(room, other string) bool {
	row := rows[room]
	if row.all && strings.HasPrefix(other, "harness/") {
		return !slices.ContainsFunc(row.rooms, func(r string) bool { return other == r || strings.HasPrefix(other, r+"/") })
	}
	return slices.Contains(row.rooms, other)
}

// TestEachRowOfTheTableIsUsed says of each room that a row allows whether it is imported:
// a row must not say more than is so.
func TestEachRowOfTheTableIsUsed(t *testing.T) {
	rows := readTable(t)
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, "assay/")
		if rows[room].all {
			continue
		}
		for _, other := range rows[room].rooms {
			assert.Contains(t, p.Imports, "assay/"+other, "the table lets %s import %s, and it does not", room, other)
		}
	}
}

func TestNoWayLeadsFromJudgeToAHandset(t *testing.T) {
	imports := map[string][]string{}
	for _, p := range packages(t) {
		imports[p.ImportPath] = p.Imports
	}
	way := map[string]string{"assay/harness/judge": "judge"}
	for next := []string{"assay/harness/judge"}; len(next) > 0; next = next[1:] {
		for _, other := range imports[next[0]] {
			if way[other] == "" && strings.HasPrefix(other, "assay/") {
				way[other] = way[next[0]] + " > " + strings.TrimPrefix(other, "assay/harness/")
				next = append(next, other)
			}
		}
	}
	require.Contains(t, way, "assay/harness/android")
	for _, room := range []string{"adb", "farm", "lab", "virtual", "collect", "scenario"} {
		assert.Empty(t, way["assay/harness/"+room])
	}
}

// lists says which literal must name every row of a type, in which folder. The rows of a
// list may stand in the folders below it too.
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
			assert.Equal(t, length, len(rows), "rows that %s lists, and rows that were found", l.list)
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
// that stand in a list, and the list's length. A name of a folder below begins with the
// folder's: use.DumpsysAppops.
func read(t *testing.T, folder, rowType, list string) (rows map[string]string, named []string, length int) {
	t.Helper()
	rows = map[string]string{}
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	below, err := filepath.Glob(filepath.Join(folder, "*", "*.go"))
	require.NoError(t, err)
	for _, file := range append(files, below...) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		room := ""
		if filepath.Dir(file) != filepath.Clean(folder) {
			room = filepath.Base(filepath.Dir(file)) + "."
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
					if nameOf(literal.Type) == rowType {
						rows[room+v.Names[i].Name] = file
					}
					if room == "" && v.Names[i].Name == list {
						length = len(literal.Elts)
						named = namesIn(literal)
					}
				}
			}
		}
	}
	return rows, named, length
}

// nameOf gives the name of a type, without its package's.
func nameOf(of ast.Expr) string {
	switch of := of.(type) {
	case *ast.Ident:
		return of.Name
	case *ast.SelectorExpr:
		return of.Sel.Name
	}
	return ""
}

// namesIn gives the names that stand in a list, those of other packages with the package's.
func namesIn(list *ast.CompositeLit) []string {
	var named []string
	ast.Inspect(list, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			named = append(named, n.Name)
		case *ast.SelectorExpr:
			if of, ok := n.X.(*ast.Ident); ok {
				named = append(named, of.Name+"."+n.Sel.Name)
			}
		}
		return true
	})
	return named
}

func TestEveryYAMLFileIsUnderTheFolderThatEmbedsIt(t *testing.T) {
	for _, folder := range []string{"../scenarios", "virtual/persona/personas", "virtual/persona/specimens"} {
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
	for _, name := range []string{".ci", ".git", ".gitignore", ".golangci.yml", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md", "cmd", "devices.yaml",
		"docs", "go.mod", "go.sum", "harness", "reports", "runs", "scenarios"} {
		known[name] = true
	}
	for _, e := range entries {
		assert.True(t, known[e.Name()], "%s: nobody said what it is for; the root holds %v", e.Name(), slices.Sorted(maps.Keys(known)))
	}
}

// TestWhatTheDocsNameIsThere looks for each test and each name of a package that the
// documents cite.
func TestWhatTheDocsNameIsThere(t *testing.T) {
	names, source := map[string]bool{}, map[string]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, found := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(raw, -1) {
			names[string(found[1])] = true
		}
		source[filepath.Base(filepath.Dir(path))] += string(raw)
		return err
	})
	require.NoError(t, err)
	docs, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	cited := 0
	for _, doc := range append(docs, "../CONTRIBUTING.md") {
		raw, err := os.ReadFile(doc)
		require.NoError(t, err)
		for _, name := range regexp.MustCompile(`\bTest[A-Z]\w{8,}`).FindAllString(string(raw), -1) {
			assert.True(t, names[name], "%s names the test %s", doc, name)
			cited++
		}
		for _, found := range regexp.MustCompile("`([a-z]+)\\.((?:\\w+\\.)*)(\\w+)`").FindAllStringSubmatch(string(raw), -1) {
			if text, room := source[found[1]]; room && !slices.Contains([]string{"go", "md", "json", "yaml", "tsv"}, found[3]) {
				assert.Regexp(t, `\b`+found[3]+`\b`, text, "%s names %s", doc, found[0])
				cited++
			}
		}
	}
	require.Greater(t, cited, 20)
}
