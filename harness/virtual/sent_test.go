package virtual_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"mvdan.cc/sh/v3/syntax"

	"assay/harness/collect"
)

// programs names the commands that a script calls.
func programs(t *testing.T, script string) []string {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangMirBSDKorn)).Parse(strings.NewReader(script), "")
	require.NoError(t, err, script)
	names := map[string]bool{}
	syntax.Walk(file, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 0 {
			name := c.Args[0].Lit()
			require.NotEmpty(t, name, "%s: a command that is not named", script)
			names[name] = true
		}
		return true
	})
	return slices.Sorted(maps.Keys(names))
}

// scriptOf is what a form sends, with two subjects.
func scriptOf(f collect.Form) string { return strings.ReplaceAll(f.Script, "{}", `'a b' 'c'`) }

// standIns are lines that stand for what only a handset answers, and paths of the
// scratch folder for those of the handset.
var standIns = strings.NewReplacer(
	"for c in bugreportz cmd device_config settings toolbox toybox uiautomator", "for c in nosuchtool",
	"/data/local/tmp/", "./", "/proc/net/", "./dir/", "/vendor", ".", "/system", "./nosuch", "/apex", "./nosuch", "/sys/", "./nosuch/",
)

// real are the commands that are compared as they are: no function stands in for them.
var real = map[string]bool{":": true, "[": true, "cat": true, "command": true, "echo": true, "ls": true, "read": true, "true": true}

func TestScriptsOfCollectorsRunAsInMksh(t *testing.T) {
	t.Parallel()
	shell := findRealShell(t)
	compared := 0
	for _, c := range collect.All {
		for i, f := range c.Forms {
			if f.Script == "" {
				continue
			}
			script := scriptOf(f)
			before := ""
			for _, name := range programs(t, script) {
				if !real[name] {
					before += name + `() { echo "` + name + ` $*"; }; `
				}
			}
			compared++
			line := shellLine{text: before + standIns.Replace(script), at: fmt.Sprintf("%s, form %d", c.Name, i)}
			t.Run(line.at, func(t *testing.T) {
				t.Parallel()
				shell.compare(t, line)
			})
		}
	}
	assert.Greater(t, compared, 10)
}

// senders are the packages that send commands, with what they ask of later releases only:
// their code looks at the SDK first.
var senders = map[string]map[string]int{
	"farm": {}, "lab": {}, "obstacle": {}, "scenario": {"cmd": 24},
}

// sentBy names the programs that a package's code calls on a handset: the first words of
// argument lists that begin with a literal.
func sentBy(t *testing.T, dir string) map[string]string {
	found := map[string]string{}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			var head ast.Expr
			switch n := n.(type) {
			case *ast.CallExpr: // x.Shell(ctx, "pm", …)
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Shell" && len(n.Args) > 1 {
					head = n.Args[1]
				}
			case *ast.KeyValueExpr: // Argv: []string{"sleep", …}
				if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Argv" {
					head = firstOf(n.Value)
				}
			case *ast.CompositeLit: // append([]string{"cmd", …}, …)
				head = firstOf(n)
			}
			if l, ok := head.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if word, err := strconv.Unquote(l.Value); err == nil {
					found[word] = set.Position(l.Pos()).String()
				}
			}
			return true
		})
	}
	return found
}

// firstOf is the first word of a list of two and more; nil: it is none.
func firstOf(x ast.Expr) ast.Expr {
	list, ok := x.(*ast.CompositeLit)
	if !ok || len(list.Elts) < 2 {
		return nil
	}
	if of, ok := list.Type.(*ast.ArrayType); !ok || fmt.Sprint(of.Elt) != "string" {
		return nil
	}
	return list.Elts[0]
}

// sdks are those of which handsets are asked.
func sdks() []int { return []int{21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36} }

// having says whether a handset of a release has a program.
func having(t *testing.T, sdk int) func(name string) bool {
	h := plain(sdk)
	t.Cleanup(func() { h.Close() })
	known := map[string]bool{}
	return func(name string) bool {
		if _, asked := known[name]; !asked {
			known[name] = h.Exec(t.Context(), "command -v '"+strings.ReplaceAll(name, "'", "")+"'", nil, io.Discard, io.Discard) == 0
		}
		return known[name]
	}
}

func TestNothingThatIsSentNeedsMoreThanTheReleaseHas(t *testing.T) {
	t.Parallel()
	newest := having(t, 36)
	require.Subset(t, slices.Collect(maps.Keys(sentBy(t, "../scenario"))), []string{"am", "cmd", "dumpsys", "input", "pm"}, "found")
	for _, sdk := range sdks() {
		has := having(t, sdk)
		for _, c := range collect.All {
			for i, f := range c.Forms {
				if !f.Serves(sdk) {
					continue
				}
				names := f.Argv[:min(1, len(f.Argv))]
				if f.Script != "" {
					names = programs(t, scriptOf(f))
				}
				for _, name := range names {
					assert.True(t, has(name), "SDK %d has no %s: %s, form %d", sdk, name, c.Name, i)
				}
			}
		}
		for dir, later := range senders {
			for name, at := range sentBy(t, filepath.Join("..", dir)) {
				if newest(name) && sdk >= later[name] { // the rest are lists of other things
					assert.True(t, has(name), "SDK %d has no %s: %s", sdk, name, at)
				}
			}
		}
	}
}
