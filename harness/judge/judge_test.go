package judge_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/harness/observe/fact"
)

// imported is a run of one handset's print-outs.
func imported(t *testing.T) string {
	t.Helper()
	in, dir := filepath.Join(t.TempDir(), "in"), filepath.Join(t.TempDir(), "run")
	require.NoError(t, os.Mkdir(in, 0o755))
	properties := "[ro.boot.verifiedbootstate]: [orange]\n[ro.build.version.sdk]: [30]\n[ro.debuggable]: [0]\n" +
		"[ro.product.brand]: [Acme]\n[ro.product.model]: [One]\nwhat is this\n"
	require.NoError(t, os.WriteFile(filepath.Join(in, "getprop.txt"), []byte(properties), 0o600))
	require.NoError(t, lab.Import(dir, lab.Imports{Name: "x", Paths: []string{in}}))
	return dir
}

func TestTwiceTheSameBytesGiveTwiceTheSameJudgement(t *testing.T) {
	t.Parallel()
	dir := imported(t)
	once, err := judge.Run(dir)
	require.NoError(t, err)
	again, err := judge.Run(dir)
	require.NoError(t, err)
	assert.Equal(t, once, again)
	require.Len(t, once.Models, 1)
	assert.Equal(t, finding.Flagged, once.Models[0].Cells["verified-boot-is-green"].Verdict)
	assert.Empty(t, once.Problems)
}

func TestBytesThatWereChangedAreNamedAndSayNothing(t *testing.T) {
	t.Parallel()
	dir := imported(t)
	files, err := filepath.Glob(filepath.Join(dir, "bundles", "*", "captures", "*getprop*"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	raw, err := os.ReadFile(files[0])
	require.NoError(t, err)
	raw[len("[ro.boot.verifiedbootstate]: [")] = 'O'
	require.NoError(t, os.Chmod(files[0], 0o600))
	require.NoError(t, os.WriteFile(files[0], raw, 0o600))
	j, err := judge.Run(dir)
	require.NoError(t, err)
	require.NotEmpty(t, j.Problems)
	assert.Contains(t, j.Problems[0], "the bytes are not those that were recorded")
	for rule, cell := range j.Models[0].Cells {
		assert.NotEqual(t, finding.Clear, cell.Verdict, rule)
		assert.NotEqual(t, finding.Flagged, cell.Verdict, rule)
	}
	err = judge.EachFact(dir, "", func(evidence.Manifest, fact.Observation) error { return errors.New("a fact of it") })
	assert.ErrorContains(t, err, "SHA-256")
	assert.NotContains(t, err.Error(), "a fact of it")
}

func TestEachFactIsGivenUntilWhoeverTakesThemStops(t *testing.T) {
	t.Parallel()
	dir := imported(t)
	given := 0
	require.NoError(t, judge.EachFact(dir, "getprop", func(evidence.Manifest, fact.Observation) error { given++; return nil }))
	assert.Equal(t, 5, given)
	enough := errors.New("enough")
	assert.ErrorIs(t, judge.EachFact(dir, "", func(evidence.Manifest, fact.Observation) error { given++; return enough }), enough)
	assert.Equal(t, 6, given)
}

func TestOfABundleEachCaptureIsSeenWithItsUnreadLines(t *testing.T) {
	t.Parallel()
	dir := imported(t)
	bundles, problems, err := judge.BundlesAt(dir)
	require.NoError(t, err)
	require.Empty(t, problems)
	require.Len(t, bundles, 1)
	seen := 0
	require.NoError(t, judge.See(bundles[0], func(_ evidence.Manifest, s judge.Seen) error {
		if s.Source == "getprop" {
			seen++
			require.Len(t, s.Unread, 1)
			assert.Equal(t, "what is this", string(s.Unread[0].Text))
		}
		return nil
	}))
	assert.Equal(t, 1, seen)
	_, _, err = judge.BundlesAt(t.TempDir())
	assert.ErrorIs(t, err, ledger.ErrNoRun)
}
