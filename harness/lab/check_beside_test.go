package lab_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/ledger"
)

// TestAnEmptyFolderAmongTheBundles: what stops a run may leave one before its entry is
// written; of a run that nothing stopped it was put there later.
func TestAnEmptyFolderAmongTheBundles(t *testing.T) {
	noted := func(notes ...string) func([]evidence.Entry) []evidence.Entry {
		return func(all []evidence.Entry) []evidence.Entry {
			first, last := all[0], all[len(all)-1]
			parts := []evidence.Entry{}
			for i, note := range notes {
				last.Note = note
				if parts = append(parts, first); i < len(notes)-1 && note != "killed" {
					parts = append(parts, last)
				}
			}
			all[len(all)-1] = last
			return append(parts, all[1:]...)
		}
	}
	for name, c := range map[string]struct {
		notes []string
		told  string // empty: it is unsealed
	}{
		"whole":                       {[]string{"whole"}, "empty: no entry of journal.jsonl names it: it was put here later"},
		"whole, and retried":          {[]string{"whole", "whole"}, "empty: no entry of journal.jsonl names it"},
		"killed, and resumed":         {[]string{"killed", "whole"}, ""},
		"paused, and resumed":         {[]string{"paused: the disk is full", "whole"}, ""},
		"interrupted":                 {[]string{"interrupted"}, ""},
		"interrupted, and retried":    {[]string{"interrupted", "whole", "whole"}, ""},
		"broken off, and not resumed": {[]string{"broken off: no such file"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := damagedRun(t)
			rewrite(t, dir, nil, noted(c.notes...))
			require.NoError(t, os.Mkdir(filepath.Join(dir, "bundles", "empty"), 0o700))
			run, err := ledger.Verify(dir)
			require.NoError(t, err)
			require.True(t, run.Ended)
			if c.told == "" {
				assert.Empty(t, run.Problems)
				assert.Equal(t, []string{"bundles/empty"}, run.Unsealed)
				return
			}
			require.Len(t, run.Problems, 1)
			assert.ErrorContains(t, run.Problems[0], c.told)
			assert.Empty(t, run.Unsealed)
		})
	}
}

// TestWhatIsNoPartOfARunIsToldAndIsNoFault: only what stands among the evidence is one.
func TestWhatIsNoPartOfARunIsToldAndIsNoFault(t *testing.T) {
	dir := damagedRun(t)
	for _, name := range []string{"reports", "more", ".hidden"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600))
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(dir, link))
	for _, path := range []string{dir, link} {
		run, err := ledger.Verify(path)
		require.NoError(t, err)
		assert.Empty(t, run.Problems)
		assert.Equal(t, []string{".hidden", "more", "notes.txt"}, run.Beside)
	}
	for i := range 300 {
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), nil, 0o600))
	}
	run, err := ledger.Verify(dir)
	require.NoError(t, err)
	assert.Len(t, run.Beside, 100, "and no more of a folder of thousands")
}
