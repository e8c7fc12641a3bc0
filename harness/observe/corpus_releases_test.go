package observe

import (
	"bytes"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// sdks gives the SDKs of each release of Android that is read.
var sdks = map[int][]int{5: {21, 22}, 6: {23}, 7: {24, 25}, 8: {26, 27}, 9: {28}, 10: {29}, 11: {30}, 12: {31, 32}, 13: {33}, 14: {34}, 15: {35}, 16: {36}}

const firstRelease, lastRelease = 5, 16

// TestCorpusReleasesOfEachSource tells of each source and release what its parser
// was held to: "real", a real print-out of that release gives facts; "golden", a
// golden case is named after it; or "from source only", it is read as Android's
// own printing code has it. "-" stands where the release has no such source. With
// -v it prints the table.
func TestCorpusReleasesOfEachSource(t *testing.T) {
	t.Parallel()
	real := realReleases(t)
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 8, 2, ' ', 0)
	fmt.Fprint(w, "source")
	for r := firstRelease; r <= lastRelease; r++ {
		fmt.Fprintf(w, "\t%d", r)
	}
	fmt.Fprintln(w, "\tother print-outs\tgolden cases")
	held := 0
	for _, p := range Parsers {
		golden := goldenReleases(t, p.Source)
		fmt.Fprint(w, p.Source)
		for r := firstRelease; r <= lastRelease; r++ {
			cell := "from source only"
			switch {
			case real[p.Source][r] > 0:
				cell = "real"
				held++
			case golden[r]:
				cell = "golden"
				held++
			case !printed(p.Source, r):
				cell = "-"
			}
			fmt.Fprintf(w, "\t%s", cell)
		}
		fmt.Fprintf(w, "\t%d\t%d\n", real[p.Source][0], len(samplesOf(t, p.Source)))
	}
	require.NoError(t, w.Flush())
	t.Log("\n" + table.String())
	assert.Positive(t, held)
	for _, source := range []string{"dumpsys-appops", "dumpsys-package", "getprop", "logcat"} {
		assert.GreaterOrEqual(t, len(real[source]), 4, "%s: releases with real print-outs", source)
	}
}

// realReleases counts the real print-outs that give facts, by source and release;
// under 0 those whose release nobody knows, or that is none of ours.
func realReleases(t *testing.T) map[string]map[int]int {
	dir := corpus(t)
	counts := map[string]map[int]int{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		source := sourceOf(d.Name())
		if source == "" || notWhatItSays(path) {
			return nil
		}
		facts := 0
		_, err = Read(source, bytes.NewReader(open(t, path)), printout.Input{}, func(fact.Fact, evidence.Span) { facts++ })
		if err != nil || facts == 0 {
			return err
		}
		if counts[source] == nil {
			counts[source] = map[int]int{}
		}
		counts[source][releaseOf(filepath.Base(filepath.Dir(path)))]++
		return nil
	}))
	return counts
}

var plainRelease = regexp.MustCompile(`^(\d+)(\.\d+)*$`)

// releaseOf reads a folder's name: 8.1.0, 14; and not 14+, 5-6, 8.x-9, unknown.
func releaseOf(folder string) int {
	m := plainRelease.FindStringSubmatch(folder)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n < firstRelease || n > lastRelease {
		return 0
	}
	return n
}

var namedAfter = regexp.MustCompile(`(?:^|[-@])(\d+)[.-]`)

// goldenReleases gives the releases that golden cases are named after: 8.txt,
// secure@12.txt, samsung-10.txt.
func goldenReleases(t *testing.T, source string) map[int]bool {
	named := map[int]bool{}
	for name := range samplesOf(t, source) {
		if m := namedAfter.FindStringSubmatch(name); m != nil {
			n, err := strconv.Atoi(m[1])
			if err == nil && n >= firstRelease && n <= lastRelease {
				named[n] = true
			}
		}
	}
	return named
}

// printed says whether a release has a source, as far as its collector knows;
// what no collector takes comes from other tools, whatever the release.
func printed(source string, release int) bool {
	at := slices.IndexFunc(collect.All, func(c collect.Collector) bool { return c.Name == source })
	return at < 0 || slices.ContainsFunc(sdks[release], collect.All[at].Serves)
}
