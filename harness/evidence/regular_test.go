//go:build unix

package evidence_test

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
)

// irregular puts in a file's place what is none.
var irregular = map[string]func(t *testing.T, path string){
	"a symbolic link": func(t *testing.T, path string) {
		require.NoError(t, os.Rename(path, path+".away"))
		require.NoError(t, os.Symlink(path+".away", path))
	},
	"a FIFO": func(t *testing.T, path string) {
		require.NoError(t, os.RemoveAll(path))
		require.NoError(t, syscall.Mkfifo(path, 0o600))
	},
	"a socket": func(t *testing.T, path string) {
		require.NoError(t, os.RemoveAll(path))
		t.Chdir(filepath.Dir(path)) // a socket's path may have 108 bytes
		l, err := net.Listen("unix", filepath.Base(path))
		require.NoError(t, err)
		t.Cleanup(func() { l.Close() })
	},
}

// TestNothingButAFileIsOpened puts links, FIFOs and sockets in the place of each file
// and folder of a bundle, and of a journal: each is named, and none is waited for.
func TestNothingButAFileIsOpened(t *testing.T) {
	for kind, put := range irregular {
		for _, name := range []string{"manifest.json", "captures.jsonl", "captures", "captures/0001-getprop.before.txt", "."} {
			t.Run(kind+" for "+name, func(t *testing.T) {
				dir, _ := sealed(t, "[a]: [b]\n")
				put(t, filepath.Join(dir, name))
				problems := within(t, func() []error { return evidence.Verify(dir) })
				require.NotEmpty(t, problems)
				assert.ErrorContains(t, problems[0], kind)
			})
		}
		t.Run(kind+" for a journal", func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.jsonl")
			journalOf(t, path, story()...)
			put(t, path)
			for _, err := range within(t, func() []error {
				_, read := evidence.ReadJournal(path)
				_, opened := evidence.OpenJournal(path)
				return []error{read, opened}
			}) {
				assert.ErrorContains(t, err, kind)
			}
		})
	}
}

// within gives what do gives, and fails where that takes long.
func within(t *testing.T, do func() []error) []error {
	t.Helper()
	done := make(chan []error, 1)
	go func() { done <- do() }()
	select {
	case problems := <-done:
		return problems
	case <-time.After(10 * time.Second):
		require.Fail(t, "it hangs")
		return nil
	}
}

// TestEvidenceIsItsOwnersAlone writes a bundle and a journal under umasks that would
// let everybody read them, or nobody.
func TestEvidenceIsItsOwnersAlone(t *testing.T) {
	for _, mask := range []int{0, 0o022, 0o777} {
		root := t.TempDir()
		was := syscall.Umask(mask)
		path := filepath.Join(root, "journal.jsonl")
		j, err := evidence.OpenJournal(path)
		require.NoError(t, err)
		require.NoError(t, j.Close())
		b, err := evidence.Create(filepath.Join(root, "bundle"), evidence.Head{})
		require.NoError(t, err)
		require.NoError(t, recordTwo(b))
		require.NoError(t, evidence.KeepFolder(filepath.Join(root, "kept")))
		syscall.Umask(was)
		seen := 0
		require.NoError(t, filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
			require.NoError(t, err)
			switch {
			case path == root:
			case info.IsDir():
				assert.Equal(t, os.FileMode(0o700), info.Mode().Perm(), "%s under umask %o", path, mask)
			default:
				seen++
				assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "%s under umask %o", path, mask)
			}
			return nil
		}))
		assert.Equal(t, 5, seen, "journal, index, manifest and two bodies")
	}
}

// TestAnOldJournalBecomesItsOwnersAlone opens one that everybody may read.
func TestAnOldJournalBecomesItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	journalOf(t, path, story()...)
	require.NoError(t, os.Chmod(path, 0o666))
	journalOf(t, path)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}
