package observe

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// TestEverySourceSaysWhatAWholePrintOutShows fails on a source without a row in leasts.
func TestEverySourceSaysWhatAWholePrintOutShows(t *testing.T) {
	t.Parallel()
	for _, p := range Parsers {
		l, ok := leasts[p.Source]
		require.True(t, ok, "%s: no row in leasts", p.Source)
		assert.True(t, len(l.Signs) > 0 != (l.Quiet != ""), "%s: signs, or why it may say nothing", p.Source)
	}
	assert.Len(t, leasts, len(Parsers))
}

// TestSilenceIsNeverWhole gives each parser what a dump may print that fails with exit status 0:
// nothing, an empty line, or its first line.
func TestSilenceIsNeverWhole(t *testing.T) {
	t.Parallel()
	for _, p := range Parsers {
		for name, body := range samplesOf(t, p.Source) {
			first, _, _ := bytes.Cut(body, []byte("\n"))
			// Whether a log has more than its first entry, only its statistics say.
			if leasts[p.Source].Quiet != "" || p.Source == "logcat" || len(first) == len(body) || bytes.Count(body, []byte("\n")) < 3 {
				continue
			}
			for what, text := range map[string][]byte{"nothing": nil, "an empty line": []byte("\n"), "the first line": append(bytes.Clone(first), '\n')} {
				for _, sdk := range []int{21, 23, 26, 28, 29, 30, 31, 33, 34, 36} {
					r, err := Read(p.Source, bytes.NewReader(text), printout.Input{SDK: sdk}, func(fact.Fact, evidence.Span) {})
					require.NoError(t, err)
					assert.False(t, r.Complete(), "%s/%s, %s, SDK %d: %+v", p.Source, name, what, sdk, r)
				}
			}
		}
	}
}

// printOut is a file of the corpus.
type printOut struct {
	path, source string
	sdk          int
}

// wholePrintOuts lists what the corpus's index calls complete, of sources that have a
// parser; those that a tool wrote around are left out.
func wholePrintOuts(t *testing.T) []printOut {
	dir := corpus(t)
	f, err := os.Open(filepath.Join(dir, "INDEX.tsv"))
	require.NoError(t, err)
	defer f.Close()
	in := csv.NewReader(f)
	in.Comma, in.LazyQuotes = '\t', true
	rows, err := in.ReadAll()
	require.NoError(t, err)
	var all []printOut
	for _, row := range rows[1:] {
		path := filepath.Join(dir, row[0])
		source := sourceOf(filepath.Base(path))
		sdk, _ := strconv.Atoi(row[4])
		if row[12] == "complete" && source != "" && sdk >= 21 && !notWhatItSays(path) {
			all = append(all, printOut{path, source, sdk})
		}
	}
	return all
}

// TestWholePrintOutsShowWhatTheyAreHeldTo reads every complete print-out of the
// corpus: a sign that one of them lacks would make a good handset Unknown.
func TestWholePrintOutsShowWhatTheyAreHeldTo(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for _, p := range wholePrintOuts(t) {
		r, err := Read(p.source, bytes.NewReader(open(t, p.path)), printout.Input{SDK: p.sdk}, func(fact.Fact, evidence.Span) {})
		require.NoError(t, err)
		seen[p.source]++
		assert.Empty(t, r.Weakness(), "%s (%s, SDK %d)", p.path, p.source, p.sdk)
	}
	t.Log(fmt.Sprint(seen))
}

// TestALookAtTheCallersOwnProcessesIsNotWhole asks as the shell and as root: toybox without -A
// lists only the caller's own processes.
func TestALookAtTheCallersOwnProcessesIsNotWhole(t *testing.T) {
	t.Parallel()
	for name, lacks := range map[string]string{
		"own-toybox.txt": "it does not show process 1", "own-toybox-root.txt": "it does not show a process of the system's UID", "running-toybox.txt": "",
	} {
		_, r := readAll(t, "ps", name, samplesOf(t, "ps")[name])
		assert.Equal(t, lacks, r.Weakness(), name)
	}
}
