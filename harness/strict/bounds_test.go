package strict_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml/parser"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/strict"
)

func TestAFileOutOfBoundsIsRefusedAtItsPlace(t *testing.T) {
	t.Parallel()
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	deep := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.Repeat(" ", i) + "a:\n")
		}
		return b.String()
	}
	for name, c := range map[string]struct{ text, want string }{
		"too long":                     {strings.Repeat("#", strict.MostBytes+1), "f.yaml:1:1: the file is longer than 4194304 bytes"},
		"brackets":                     {strings.Repeat("[", 2<<20), "f.yaml:1:65: lists and mappings stand in one another more than 64 deep"},
		"braces":                       {"a:\n  " + strings.Repeat("{", 100), "f.yaml:2:66: lists and mappings stand in one another more than 64 deep"},
		"keys below keys":              {deep(65), "f.yaml:65:65: lists and mappings stand in one another"},
		"lists in lists":               {strings.Repeat("- ", 65) + "x\n", "f.yaml:1:129: lists and mappings stand in one another"},
		"lists below keys":             {"a:\n" + strings.Repeat("- ", 64) + "x\n", "f.yaml:2:127: lists and mappings stand in one another"},
		"keys of keys":                 {strings.Repeat("? ", 65) + "x\n", "f.yaml:1:129: lists and mappings stand in one another"},
		"an anchor":                    {"a: &x 1\nb: 2\n", "f.yaml:1:4: an anchor"},
		"an alias":                     {"a: 1\nb:\n  - *x\n", "f.yaml:3:5: an alias"},
		"an alias in a flow list":      {"a: [1, *x]\n", "f.yaml:1:8: an alias"},
		"a merged alias":               {"a: 1\nb:\n  <<: *x\n", "f.yaml:3:7: an alias"},
		"a list too long":              {"a:\n" + many(10_001, "  - x%d\n"), "f.yaml:10002:3: more than 10000 entries of one list or mapping: split the file"},
		"a flow list too long":         {"a: [" + many(10_001, "x%d,\n") + "]\n", "f.yaml:10000:6: more than 10000 entries of one list"},
		"a mapping too long":           {many(10_001, "k%d: x\n"), "f.yaml:10001:1: more than 10000 entries of one list or mapping"},
		"quoted keys":                  {many(10_001, "\"k%d\": x\n"), "f.yaml:10001:1: more than 10000 entries of one list or mapping"},
		"many lists":                   {many(102, "k%d: ["+strings.Repeat("x, ", 999)+"x]\n"), "entries in all: split the file"},
		"documents":                    {many(10_001, "---\na: %d\n"), "f.yaml:20001:1: more than 10000 documents"},
		"line ends and ends of a file": {strings.Repeat("...\n", 1<<20), "f.yaml:"},
		"ever other columns":           {strings.Repeat("  a\n b\n", 500_000), "f.yaml:"},
		"comments without an end":      {strings.Repeat("#\n", 1<<20), "more than 400000 signs"},
	} {
		t.Run(name, func(t *testing.T) {
			err := strict.Check("f.yaml", []byte(c.text))
			var fault *strict.Fault
			require.ErrorAs(t, err, &fault)
			assert.Contains(t, err.Error(), c.want)
			assert.Less(t, len(err.Error()), 1500)
			var v any
			assert.ErrorAs(t, strict.Decode("f.yaml", []byte(c.text), &v), &fault, "Decode checks first")
		})
	}
}

func TestAFileWithinBoundsIsLeftToTheParser(t *testing.T) {
	t.Parallel()
	var farm strings.Builder
	farm.WriteString("devices:\n")
	for i := range strict.MostEntries {
		fmt.Fprintf(&farm, "  - serial: S%d\n    brand: \"Motorola\"\n    model: moto e22\n    usb: 1-4.%d\n    tags: [a, b]\n", i, i)
	}
	for name, text := range map[string]string{
		"a farm of ten thousand":          farm.String(),
		"64 deep":                         strings.Repeat("- ", 64) + "x\n",
		"brackets that are words":         "note: 'a " + strings.Repeat("[", 1000) + "'\n",
		"brackets in a comment":           "a: 1 # " + strings.Repeat("[", 1000) + "\n",
		"brackets in a block of text":     "a: |\n  " + strings.Repeat("[", 1000) + "\nb: 1\n",
		"anchors that are words":          "a: R&D *really*\nb: '*x &y'\nc: \"&\"\nd: |\n  *x\n  &y\ne: 1 # *x &y\n",
		"many lists, one after the other": strings.Repeat("- [[[[[[[[1]]]]]]]]\n", 5000),
		"no YAML at all":                  "\"a\nb: [",
		"nothing":                         "",
	} {
		assert.NoError(t, strict.Check("f.yaml", []byte(text)), name)
	}
}

// The parser must meet no anchor, and no deeper nesting, than Check has seen: made
// of pieces that open and close what hides them, and of cut ones.
func TestNothingHidesFromTheCheck(t *testing.T) {
	t.Parallel()
	pieces := []string{"'", "\"", "\\", "#", " ", "\n", "\n  ", "|", ">", "- ", "? ", ": ", ":", "a", "&x", "*x", "[", "]", "{", "}", ",", "!t ", "---\n", "...\n", "\t", "%", "<<", "\r\n"}
	random := rand.New(rand.NewPCG(3, 4))
	parsed := 0
	for range 30_000 {
		var text strings.Builder
		for range 1 + random.IntN(12) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		raw := []byte(text.String())
		refused := strict.Check("f.yaml", raw)
		tree, err := parser.ParseBytes(raw, 0)
		if err != nil {
			continue
		}
		parsed++
		dump := fmt.Sprintf("%T", tree)
		for _, d := range tree.Docs {
			dump += kinds(d.Body)
		}
		if strings.Contains(dump, "Anchor") || strings.Contains(dump, "Alias") {
			require.Error(t, refused, "%q", raw)
		}
	}
	assert.Greater(t, parsed, 3000, "too few of the texts are YAML")
}

func TestCheckingTakesLittleMemory(t *testing.T) {
	for name, text := range map[string]string{
		"brackets": strings.Repeat("[", strict.MostBytes), "items": strings.Repeat("-\n", strict.MostBytes/2),
		"keys": strings.Repeat("a:\n", strict.MostBytes/3), "words": strings.Repeat("a ", strict.MostBytes/2),
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_ = strict.Check("f.yaml", []byte(text))
		runtime.ReadMemStats(&after)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(250<<20), name)
	}
}

func TestReadFileStopsAtTheBound(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "devices.yaml")
	require.NoError(t, os.WriteFile(name, []byte("a: 1\n"), 0o600))
	raw, err := strict.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, "a: 1\n", string(raw))
	require.NoError(t, os.Truncate(name, 1<<40)) // sparse: reading it all would take all memory
	_, err = strict.ReadFile(name)
	assert.ErrorContains(t, err, "devices.yaml:1:1: the file is longer than 4194304 bytes")
	_, err = strict.ReadFS(fstest.MapFS{"s.yaml": {Data: make([]byte, strict.MostBytes+1)}}, "s.yaml")
	assert.ErrorContains(t, err, "s.yaml:1:1: the file is longer")
}

// BenchmarkCheck checks farms; nanoseconds a byte stay the same.
//
//	go test -run '^$' -bench Check -cpu 1 ./harness/strict/
func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{1250, 2500, 5000, 10_000} {
		var text strings.Builder
		text.WriteString("devices:\n")
		for i := range n {
			fmt.Fprintf(&text, "  - serial: S%d\n    brand: Motorola\n    model: moto e22\n", i)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if err := strict.Check("devices.yaml", []byte(text.String())); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
