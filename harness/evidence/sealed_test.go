package evidence_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
)

func TestAManifestIsSealedByItsDigest(t *testing.T) {
	dir, m := sealed(t, "[a]: [b]\n")
	path := filepath.Join(dir, "manifest.json")
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, evidence.Digest(raw), m.Digest)
	got, err := evidence.OpenSealed(dir, m.Digest)
	require.NoError(t, err)
	assert.Equal(t, m.Digest, got.Digest)

	// A capture and its manifest are changed together, which no look at one bundle shows.
	body := filepath.Join(dir, m.Captures[0].File)
	require.NoError(t, os.WriteFile(body, []byte("[a]: [c]\n"), 0o600))
	m.Captures[0].SHA256 = evidence.Digest([]byte("[a]: [c]\n"))
	require.NoError(t, evidence.WriteJSON(path, m))
	_, err = evidence.OpenSealed(dir, m.Digest)
	assert.ErrorContains(t, err, "is not what was sealed")
}

func TestNoDigestOfAManifestLeadsBackToWhatItSays(t *testing.T) {
	_, one := sealed(t, "[a]: [b]\n")
	_, two := sealed(t, "[a]: [b]\n")
	assert.Len(t, one.Blind, 64)
	assert.NotEqual(t, one.Blind, two.Blind)
}

// TestAManifestIsReadStrictly changes what encoding/json by itself does not see.
func TestAManifestIsReadStrictly(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"another case":   {`"outcome": {`, `"Outcome": {`, `unknown key "Outcome"; it is written "outcome"`},
		"an unknown key": {`"outcome": {`, `"notes": 1, "outcome": {`, `unknown key "notes"`},
		"a second key":   {`"scenario": "camera",`, `"scenario": "camera", "scenario": "camera",`, `a second time`},
		"a nested key":   {`"state": "whole"`, `"State": "whole"`, `unknown key "State"`},
		"no blind":       {`"blind": "`, `"blind": "0`, `its blind and index must be 32 bytes`},
		"trailing data":  {"\n}\n", "\n}\n{}\n", `something stands behind the value`},
		"another schema": {`"schema": 2`, `"schema": 1`, `schema 1, and this assay reads 2; use assay as of commit`},
	} {
		dir, _ := sealed(t, "[a]: [b]\n")
		path := filepath.Join(dir, "manifest.json")
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		forged := strings.Replace(string(raw), c.old, c.new, 1)
		require.NotEqual(t, string(raw), forged, name)
		require.NoError(t, os.WriteFile(path, []byte(forged), 0o600))
		_, err = evidence.Open(dir)
		assert.ErrorContains(t, err, c.want, name)
		assert.ErrorContains(t, err, "manifest.json:", name)
	}
}

func TestAManifestIsReadInBounds(t *testing.T) {
	dir, _ := sealed(t, "[a]: [b]\n")
	path := filepath.Join(dir, "manifest.json")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("[", 8<<20)), 0o600))
	_, err := evidence.Open(dir)
	assert.ErrorContains(t, err, "a list, where none belongs")
	require.NoError(t, os.Truncate(path, 1<<40))
	_, err = evidence.Open(dir)
	assert.ErrorContains(t, err, "has more than 67108864 bytes")
}

func TestWhatNoManifestNamesIsTold(t *testing.T) {
	for _, name := range []string{"more.txt", "captures/more.txt", ".hidden", "captures/deeper"} {
		dir, _ := sealed(t, "[a]: [b]\n")
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
		problems := evidence.Verify(dir)
		require.Len(t, problems, 1, name)
		assert.ErrorContains(t, problems[0], filepath.Join(dir, name)+": no manifest names it")
	}
	dir, _ := sealed(t, "[a]: [b]\n")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "captures.jsonl"), nil, 0o600))
	problems := evidence.Verify(dir)
	require.Len(t, problems, 1)
	assert.ErrorContains(t, problems[0], "captures.jsonl: SHA-256 is")
}

func TestTwoCapturesHaveNotOneFile(t *testing.T) {
	dir, m := sealed(t, "[a]: [b]\n")
	m.Captures = append(m.Captures, m.Captures[0])
	require.NoError(t, evidence.WriteJSON(filepath.Join(dir, "manifest.json"), m))
	_, err := evidence.Open(dir)
	assert.ErrorContains(t, err, "each has a file of its own")
	m.Captures = m.Captures[:1]
	m.Captures[0].File = "manifest.json"
	require.NoError(t, evidence.WriteJSON(filepath.Join(dir, "manifest.json"), m))
	_, err = evidence.Open(dir)
	assert.ErrorContains(t, err, "each has a file of its own")
}

// TestARecordingThatNobodyEndedIsACaptureThatWasCutOff seals a bundle while two are
// open.
func TestARecordingThatNobodyEndedIsACaptureThatWasCutOff(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	b, err := evidence.Create(dir, evidence.Head{})
	require.NoError(t, err)
	for _, source := range []string{"logcat", "steps"} {
		rec, err := b.Begin(evidence.Capture{Source: source, Phase: evidence.During})
		require.NoError(t, err)
		_, err = rec.Write([]byte("so far"))
		require.NoError(t, err)
	}
	m, err := b.Seal(evidence.Outcome{State: evidence.Infra})
	require.NoError(t, err)
	require.Len(t, m.Captures, 2)
	for i, source := range []string{"logcat", "steps"} {
		assert.Equal(t, source, m.Captures[i].Source)
		assert.EqualValues(t, 6, m.Captures[i].Size)
		assert.Equal(t, evidence.Truncated, m.Captures[i].Coverage.State)
	}
	assert.Empty(t, evidence.Verify(dir))
}

// TestWhatAHandsetSaidInOtherEncodingsIsReadBack keeps bytes that are no UTF-8.
func TestWhatAHandsetSaidInOtherEncodingsIsReadBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	b, err := evidence.Create(dir, evidence.Head{})
	require.NoError(t, err)
	rec, err := b.Begin(evidence.Capture{Source: "getprop", Phase: evidence.Before, Command: []string{"\xff<&>\u2028"}})
	require.NoError(t, err)
	_, err = rec.End(nil, strings.Repeat("é", 3000)+"\xfe", evidence.Coverage{State: evidence.Whole, Reason: "\xc3"})
	require.NoError(t, err)
	_, err = b.Seal(evidence.Outcome{State: evidence.Finished})
	require.NoError(t, err)
	assert.Empty(t, evidence.Verify(dir))
	raw, err := os.ReadFile(filepath.Join(dir, "captures.jsonl"))
	require.NoError(t, err)
	assert.True(t, json.Valid(raw))
}
