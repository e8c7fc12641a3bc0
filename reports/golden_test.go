package reports

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestEachFormatWritesTheSampleAsItDid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, format string
		o            Options
	}{
		{"report.csv", "csv", Options{}},
		{"report.html", "html", Options{Evidence: ".."}},
		{"report.json", "json", Options{}},
		{"report.xml", "junit", Options{}},
		{"report.md", "markdown", Options{}},
		{"pipe.txt", "text", Options{}},
		{"40.txt", "text", Options{Width: 40}},
		{"80.txt", "text", Options{Width: 80}},
		{"120.txt", "text", Options{Width: 120}},
		{"200.txt", "text", Options{Width: 200}},
		{"80-color.txt", "text", Options{Width: 80, Color: true}},
	} {
		t.Run(c.file, func(t *testing.T) {
			path := filepath.Join("testdata", c.file)
			got := write(t, c.format, sampleTables(sample()), c.o)
			if *update {
				require.NoError(t, os.WriteFile(path, got, 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got))
		})
	}
}

func TestTheOrderOfAJudgementsRowsDoesNotShow(t *testing.T) {
	t.Parallel()
	j := sample()
	slices.Reverse(j.Models)
	slices.Reverse(j.Jobs)
	slices.Reverse(j.Findings)
	slices.Reverse(j.Grants)
	slices.Reverse(j.Uses)
	slices.Reverse(j.Leaks)
	slices.Reverse(j.Coverage)
	for _, f := range Formats {
		assert.Equal(t, string(write(t, f.Name, sampleTables(sample()), Options{})), string(write(t, f.Name, sampleTables(j), Options{})), f.Name)
	}
}

func TestEveryTableInEveryFormatSaysWhichHandsetsAreVirtual(t *testing.T) {
	t.Parallel()
	for _, table := range sampleTables(sample()) {
		for _, f := range Formats {
			if f.Name == "junit" && !hasClaims(table) {
				continue
			}
			t.Run(table.Name+" as "+f.Name, func(t *testing.T) {
				got := string(write(t, f.Name, []Table{table}, Options{}))
				got = strings.NewReplacer("&#39;", "'", `\(`, "(").Replace(got)
				assert.Contains(t, got, "moto e22 (virtual)")
				assert.Contains(t, got, "the specimens' behaviour is invented")
				assert.NotContains(t, got, "Nokia 2.4 (virtual)")
				assert.Contains(t, got, "night-1")
			})
		}
		assert.Contains(t, table.Title, " — virtual handsets: the specimens' behaviour is invented", table.Name)
	}
}

func TestATableOfHandsetsFromShopsSaysNothingOfVirtualOnes(t *testing.T) {
	t.Parallel()
	j, err := ForBrand(sample(), []string{"hmd"})
	require.NoError(t, err)
	for _, f := range Formats {
		assert.NotContains(t, string(write(t, f.Name, sampleTables(j), Options{})), "virtual", f.Name)
	}
}

func TestNothingThatAHandsetSaidActsOnItsReader(t *testing.T) {
	t.Parallel()
	outputs := map[string][]byte{}
	for _, f := range Formats {
		outputs[f.Name] = write(t, f.Name, sampleTables(sample()), Options{})
	}
	for _, w := range []int{40, 80, 120, 200} {
		outputs[fmt.Sprintf("text of %d columns", w)] = write(t, "text", sampleTables(sample()), Options{Width: w})
	}
	for name, out := range outputs {
		for at, r := range string(out) {
			if r == '\n' || prints(r) {
				continue
			}
			require.Failf(t, "does not print", "%s: %U at byte %d", name, r, at)
		}
		assert.Contains(t, string(out), "evil", name)
	}
	for _, name := range []string{"html", "markdown"} {
		assert.NotContains(t, string(outputs[name]), "<script", name)
	}
	colored := string(write(t, "text", sampleTables(sample()), Options{Width: 80, Color: true}))
	for _, c := range colors {
		colored = strings.ReplaceAll(colored, c, "")
	}
	assert.NotContains(t, strings.ReplaceAll(colored, uncolored, ""), "\x1b")
}

func TestTextFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{20, 40, 60, 72, 80, 100, 120, 160, 200, 300} {
		for _, color := range []bool{false, true} {
			out := string(write(t, "text", sampleTables(sample()), Options{Width: columns, Color: color}))
			for _, c := range colors {
				out = strings.ReplaceAll(out, c, "")
			}
			for line := range strings.Lines(strings.ReplaceAll(out, uncolored, "")) {
				line = strings.TrimSuffix(line, "\n")
				assert.LessOrEqual(t, width(line), columns, line)
				assert.Equal(t, strings.TrimRight(line, " "), line)
			}
		}
	}
}

func TestAnEightyColumnTerminalGetsTheHeadlineAsATable(t *testing.T) {
	t.Parallel()
	out := string(write(t, "text", sampleTables(sample())[:1], Options{Width: 80}))
	assert.Regexp(t, `(?m)^Brand +Model +Release A +B +C +D +E +F +G +H +I +J$`, out)
	assert.Regexp(t, `(?m)^Motorola moto e22 \(virtual\) +12 +!2\* !11 \? +ok !1 ok +\? +ok \? +-$`, out)
	assert.Contains(t, out, "A = no-access-after-consent-is-refused")
}

// write gives what a format writes.
func write(t testing.TB, format string, tables []Table, o Options) []byte {
	t.Helper()
	formats, err := SelectFormats([]string{format})
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, formats[0].Write(&out, tables, o))
	return out.Bytes()
}
