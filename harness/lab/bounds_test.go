package lab_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
)

// importOf makes a run of files, and judges it.
func importOf(t *testing.T, files map[string]string) finding.Judgement {
	t.Helper()
	dir := t.TempDir()
	in, run := filepath.Join(dir, "in"), filepath.Join(dir, "run")
	require.NoError(t, os.Mkdir(in, 0o700))
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(in, name), []byte(text), 0o600))
	}
	require.NoError(t, lab.Import(run, lab.Imports{Name: "flood", Tool: "test", Paths: []string{in}}))
	j, err := judge.Run(run)
	require.NoError(t, err)
	return j
}

// coverageOf gives the reason that a source's row tells.
func coverageOf(t *testing.T, j finding.Judgement, source string) finding.CoverageRow {
	t.Helper()
	for _, c := range j.Coverage {
		if c.Source == source {
			return c
		}
	}
	require.Fail(t, "no row", source)
	return finding.CoverageRow{}
}

func TestAFloodOfAddressesIsSummedUpAndDeclared(t *testing.T) {
	var log strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&log, "11-02 08:00:%02d.%03d %5d  1234 I Sync    : account user%06d@example.com was synchronised\n", i/1000%60, i%1000, 800+i%2, i)
	}
	j := importOf(t, map[string]string{"getprop.txt": "[ro.build.version.sdk]: [33]\n", "logcat.txt": log.String()})
	assert.LessOrEqual(t, len(j.Leaks), 2*(100+1))
	total, others := 0, 0
	for _, l := range j.Leaks {
		total += l.Count
		if l.Masked == "(others)" {
			others += l.Count
			assert.Equal(t, "email", l.Kind)
		}
	}
	assert.Equal(t, 30_000, total, "each entry is counted")
	assert.Equal(t, 30_000-200, others)
	assert.Contains(t, coverageOf(t, j, "logcat").Reason, "29800 entries with identifiers are told in sums")
}

func TestADumpOfTooManyFactsIsNotWhole(t *testing.T) {
	var dump strings.Builder
	for i := range 120_000 {
		fmt.Fprintf(&dump, "[persist.a%06d]: [x]\n", i)
	}
	j := importOf(t, map[string]string{"getprop.txt": "[ro.build.tags]: [test-keys]\n" + dump.String()})
	row := coverageOf(t, j, "getprop")
	assert.EqualValues(t, "truncated", row.State)
	assert.Contains(t, row.Reason, "20001 of its facts had no room")
}
