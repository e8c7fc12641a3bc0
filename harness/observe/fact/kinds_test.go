package fact

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryKindOfFactIsListed reads the source for methods called Kind.
func TestEveryKindOfFactIsListed(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var methods []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "Kind" && f.Recv != nil {
				receiver := f.Recv.List[0].Type
				if star, ok := receiver.(*ast.StarExpr); ok {
					receiver = star.X
				}
				methods = append(methods, receiver.(*ast.Ident).Name)
			}
		}
	}
	slices.Sort(methods)
	var listed, words []string
	for _, k := range Kinds {
		of := reflect.TypeOf(k.Fact)
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		listed = append(listed, of.Name())
		words = append(words, k.Fact.Kind())
		assert.True(t, strings.HasSuffix(k.About, "."), "%s: %q is no sentence", k.Fact.Kind(), k.About)
	}
	assert.True(t, slices.IsSorted(words), "by its word")
	assert.Len(t, slices.Compact(words), len(Kinds), "each word once")
	slices.Sort(listed)
	assert.Equal(t, methods, listed, "harness/observe/fact/kinds.go lists each kind of fact")
}
