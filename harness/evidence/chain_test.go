package evidence_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
)

// journalOf writes a journal of entries, and gives its bytes.
func journalOf(t *testing.T, path string, entries ...evidence.Entry) []byte {
	t.Helper()
	j, err := evidence.OpenJournal(path)
	require.NoError(t, err)
	for _, e := range entries {
		require.NoError(t, j.Append(e))
	}
	require.NoError(t, j.Close())
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	return raw
}

// story is the entries of a short run.
func story() []evidence.Entry {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return []evidence.Entry{
		{Time: at, Kind: evidence.RunStarted, Digest: strings.Repeat("ab", 32)},
		{Time: at, Kind: evidence.JobStarted, Serial: "A1", Scenario: "camera", Repeat: 1, Attempt: 1, Bundle: "bundles/x"},
		{Time: at, Kind: evidence.JobEnded, Serial: "A1", Scenario: "camera", Repeat: 1, Attempt: 1, Bundle: "bundles/x",
			Outcome: &evidence.Outcome{State: evidence.Finished}, Digest: strings.Repeat("cd", 32)},
		{Time: at, Kind: evidence.RunEnded, Note: "whole"},
	}
}

func TestAJournalIsAChain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	raw := journalOf(t, path, story()...)
	entries, err := evidence.ReadJournal(path)
	require.NoError(t, err)
	require.Len(t, entries, 4)
	lines := bytes.Split(bytes.TrimSuffix(raw, []byte("\n")), []byte("\n"))
	assert.Empty(t, entries[0].Prev)
	for n := 1; n < len(lines); n++ {
		assert.Equal(t, evidence.Digest(lines[n-1]), entries[n].Prev)
	}

	more := journalOf(t, path, evidence.Entry{Kind: evidence.RunStarted})
	assert.Equal(t, string(raw), string(more[:len(raw)]))
	entries, err = evidence.ReadJournal(path)
	require.NoError(t, err, "what is appended later continues it")
	assert.Equal(t, evidence.Digest(lines[3]), entries[4].Prev)
}

// TestEveryChangeOfAJournalIsFound changes each byte of a journal, and takes out,
// repeats, exchanges and puts in each of its lines.
func TestEveryChangeOfAJournalIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	raw := journalOf(t, path, story()...)
	lines := bytes.SplitAfter(raw, []byte("\n"))
	lines = lines[:len(lines)-1]
	found := func(forged []byte, what string) {
		require.NoError(t, os.WriteFile(path, forged, 0o600))
		entries, torn, err := evidence.ReadJournalTorn(path)
		if err == nil && torn && bytes.HasPrefix(raw, forged[:bytes.LastIndexByte(forged, '\n')+1]) {
			return // as a kill leaves it
		}
		assert.ErrorIs(t, err, evidence.ErrBroken, what)
		assert.ErrorContains(t, err, "journal.jsonl:", what)
		for n, e := range entries {
			var was evidence.Entry
			require.NoError(t, json.Unmarshal(lines[n], &was))
			assert.Equal(t, was, e, "%s: those before the fault are as they were written", what)
		}
	}
	for i := range raw {
		forged := bytes.Clone(raw)
		forged[i] ^= 1 << (i % 8)
		found(forged, fmt.Sprintf("bit %d of byte %d", i%8, i))
	}
	for n := range lines {
		with := func(put ...[]byte) []byte {
			return bytes.Join([][]byte{bytes.Join(lines[:n], nil), bytes.Join(put, nil), bytes.Join(lines[n+1:], nil)}, nil)
		}
		found(with(lines[n], lines[n]), fmt.Sprintf("line %d twice", n+1))
		found(with(lines[n], []byte("{}\n")), fmt.Sprintf("a line behind line %d", n+1))
		found(with([]byte("\n"), lines[n]), fmt.Sprintf("an empty line before line %d", n+1))
		if n+1 < len(lines) {
			found(with(), fmt.Sprintf("no line %d", n+1))
			swapped := bytes.Join([][]byte{bytes.Join(lines[:n], nil), lines[n+1], lines[n], bytes.Join(lines[n+2:], nil)}, nil)
			found(swapped, fmt.Sprintf("line %d before line %d", n+2, n+1))
		}
	}
}

// TestALineThatSumsUpIsStillReadStrictly has somebody write a line, and its sum, who
// knows how.
func TestALineThatSumsUpIsStillReadStrictly(t *testing.T) {
	for line, want := range map[string]string{
		`{"time":"2026-01-02T03:04:05Z","Kind":"run started"}`:                         `unknown key "Kind"; it is written "kind"`,
		`{"time":"2026-01-02T03:04:05Z","kind":"run started","kind":"run ended"}`:      `key "kind" stands here a second time`,
		`{"time":"2026-01-02T03:04:05Z","kind":"run started","more":1}`:                `unknown key "more"`,
		`{"time":"2026-01-02T03:04:05Z","kind":"run started","outcome":{"x":1}}`:       `unknown key "x"`,
		`{"time":"2026-01-02T03:04:05Z","kind":"run started","attempt":"1"}`:           `cannot unmarshal string`,
		`{"time":"2026-01-02T03:04:05Z","kind":"run started","attempt":[[[[1]]]]}`:     `a list, where none belongs`,
		`{"time":"2026-01-02T03:04:05Z","kind":"run started","attempt":{"a":1}}`:       `an object, where none belongs`,
		`{"time":"2026-01-02T03:04:05Z","kind":"run started","note":"` + "\xff" + `"}`: `is not UTF-8`,
	} {
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		sum := evidence.Digest([]byte(line))
		require.NoError(t, os.WriteFile(path, []byte(line[:len(line)-1]+`,"sum":"`+sum+"\"}\n"), 0o600))
		_, err := evidence.ReadJournal(path)
		assert.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, "journal.jsonl:1: ")
	}
}

func TestAJournalIsReadInBounds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("x"), 2<<20), 0o600))
	_, err := evidence.ReadJournal(path)
	assert.ErrorContains(t, err, "a line of more than 1048576 bytes")
	require.NoError(t, os.Truncate(path, 0))
	require.NoError(t, os.Truncate(path, 1<<40)) // a hole of a tebibyte
	_, err = evidence.ReadJournal(path)
	assert.ErrorIs(t, err, evidence.ErrBroken)

	j, err := evidence.OpenJournal(filepath.Join(t.TempDir(), "journal.jsonl"))
	require.NoError(t, err)
	assert.ErrorContains(t, j.Append(evidence.Entry{Note: strings.Repeat("x", 1<<20)}), "no line may have more")
	require.NoError(t, j.Append(evidence.Entry{Kind: evidence.RunStarted}))
	require.NoError(t, j.Close())
}
