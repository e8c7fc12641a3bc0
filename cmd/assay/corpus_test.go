package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/finding"
	"assay/harness/intake"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/observe"
	"assay/reports"
)

// sum is an account of lines.
type sum struct{ captures, lines, facts, unread int }

func (s *sum) add(o sum) {
	s.captures += o.captures
	s.lines += o.lines
	s.facts += o.facts
	s.unread += o.unread
}

// tooOld is an Android 2.3: older than any release that we read.
const tooOld = "sony/SonyEricsson_ChkBugReport_hybriddeadlock/2.3.5"

// emptied are services of whose dumps the corpus keeps one line, that it removed
// them for privacy; that line is unread.
var emptied = map[string]bool{"dumpsys-account": true, "dumpsys-audio": true}

// TestEveryPrintOutOfTheCorpusIsTakenInAndReported imports each bugreport, whole
// dump and folder of the corpus, judges it and writes every table in every format.
// Of the sources that have a parser less than one line in a hundred may be unread,
// of each import and of each source over all. With -v it prints both accounts;
// with -short, or under the race detector, it takes one import in six.
func TestEveryPrintOutOfTheCorpusIsTakenInAndReported(t *testing.T) {
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "import\tcaptures\tparsed\tlines\tfacts\tunread\tgrants\tuses\tleaks")
	sources := map[string]*sum{}
	for i, path := range importable(t) {
		if (testing.Short() || underRace) && i%6 != 0 {
			continue
		}
		name := strings.TrimPrefix(filepath.ToSlash(path), corpus+"/")
		j := reported(t, path)
		var all sum
		captures := 0
		for _, row := range j.Coverage {
			captures += row.Captures
			if _, ok := observe.Find(row.Source); !ok {
				continue
			}
			s := sum{row.Captures, row.Lines, row.Facts, row.Unread}
			if emptied[row.Source] && row.Lines <= 2*row.Captures {
				s.unread = 0
			}
			all.add(s)
			if strings.HasPrefix(name, tooOld) {
				continue
			}
			if sources[row.Source] == nil {
				sources[row.Source] = &sum{}
			}
			sources[row.Source].add(s)
		}
		if !strings.HasPrefix(name, tooOld) {
			assert.LessOrEqual(t, all.unread*100, all.lines, "%s: %d of %d lines unread", name, all.unread, all.lines)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", name, captures, all.captures, all.lines, all.facts, all.unread,
			len(j.Grants), len(j.Uses), len(j.Leaks))
	}
	fmt.Fprintln(w, "\nsource\tcaptures\t\tlines\tfacts\tunread")
	for _, source := range slices.Sorted(maps.Keys(sources)) {
		s := sources[source]
		assert.LessOrEqual(t, s.unread*100, s.lines, "%s: %d of %d lines unread", source, s.unread, s.lines)
		fmt.Fprintf(w, "%s\t%d\t\t%d\t%d\t%d\n", source, s.captures, s.lines, s.facts, s.unread)
	}
	require.NoError(t, w.Flush())
	t.Log("\n" + table.String())
}

// reported imports one path, judges it and writes the whole report.
func reported(t *testing.T, path string) finding.Judgement {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	require.NoError(t, lab.Import(dir, lab.Imports{Name: "corpus", Paths: []string{path}}))
	j, err := judge.Run(dir)
	require.NoError(t, err, path)
	assert.Empty(t, j.Problems, path)
	tables := reports.Build(j, reports.Tables)
	for _, f := range reports.Formats {
		require.NoError(t, f.Write(io.Discard, tables, reports.Options{}), "%s: %s", path, f.Name)
	}
	require.NoError(t, os.RemoveAll(dir))
	return j
}

// importable lists what of the corpus can be imported by itself.
func importable(t *testing.T) []string {
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the corpus of real print-outs is not beside the repository: ../shared/corpus")
	}
	var paths []string
	require.NoError(t, filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "gold" || d.Name() == "snippets" {
				return filepath.SkipDir
			}
			entries, err := os.ReadDir(path)
			if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() && intake.SourceOf(e.Name()) != "" }) {
				paths = append(paths, path)
			}
			return err
		}
		if strings.HasPrefix(d.Name(), "bugreport.") || strings.HasPrefix(d.Name(), "dumpsys_full.") {
			paths = append(paths, path)
		}
		return nil
	}))
	slices.Sort(paths)
	return paths
}
