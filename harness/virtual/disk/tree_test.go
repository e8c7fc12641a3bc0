package disk

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// testTree is a tree that nothing is kept from, at a moment that stays.
func testTree() *Tree {
	return New(Hooks{
		Seed: "A1", Now: func() time.Time { return time.Unix(1793581200, 0) },
		Denied: func(string) bool { return false }, Derived: func(string) (func() []byte, bool) { return nil, false },
	})
}

func TestStorageIsBounded(t *testing.T) {
	files := testTree()
	require.NoError(t, files.quota.take(Capacity-100))
	err := files.WriteFile("/sdcard/x", make([]byte, 200))
	assert.ErrorIs(t, err, ENOSPC)
	assert.NoError(t, files.WriteFile("/sdcard/y", make([]byte, 90)))
	require.NoError(t, files.Remove("/sdcard/y", false, false))
	assert.NoError(t, files.WriteFile("/sdcard/z", make([]byte, 90)), "what is removed makes place")
}

func TestALongFileIsNotKeptInMemory(t *testing.T) {
	files := testTree()
	t.Cleanup(files.Close)
	require.NoError(t, files.Mkdir("/sdcard/new/dir", true, 0o775, ImageTime))
	require.NoError(t, files.WriteFile("/sdcard/new/dir/big.bin", make([]byte, 1<<20)))
	n, _, err := files.find("/sdcard/new/dir/big.bin", true)
	require.NoError(t, err)
	assert.Empty(t, n.data.short)
	assert.NotNil(t, n.data.long)
}

func TestCloseLeavesNothingOnTheHost(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	files := testTree()
	require.NoError(t, files.WriteFile("/sdcard/big", make([]byte, 1<<20)))
	content, err := files.ReadFile("/sdcard/big")
	require.NoError(t, err)
	assert.Len(t, content, 1<<20)
	files.Close()
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestTheShellWritesSharedStorageAndItsOwnFolderAlone(t *testing.T) {
	for name, want := range map[string]error{
		"/sdcard/a": nil, "/data/local/tmp/a": nil, "/system/a": EROFS, "/a": EROFS, "/data/a": EACCES,
		"/sdcard/none/a": ENOENT, "/sdcard": EISDIR, "/etc/a": EROFS,
	} {
		assert.Equal(t, want, testTree().WriteFile(name, []byte("x")), name)
	}
}

func TestWhatStandsForStateIsReadAndNotWritten(t *testing.T) {
	files := New(Hooks{
		Now:    func() time.Time { return ImageTime },
		Denied: func(name string) bool { return name == "/proc/kmsg" },
		Derived: func(name string) (func() []byte, bool) {
			return func() []byte { return []byte("12.00 60.00\n") }, name == "/proc/uptime"
		},
	})
	text, err := files.ReadFile("/proc/uptime")
	require.NoError(t, err)
	assert.Equal(t, "12.00 60.00\n", string(text))
	assert.Equal(t, EACCES, files.WriteFile("/proc/uptime", nil))
	_, err = files.ReadFile("/proc/kmsg")
	assert.Equal(t, EACCES, err)
	info, err := files.Stat("/proc/uptime", true)
	require.NoError(t, err)
	assert.Zero(t, info.Size, "a file of /proc has no length")
}
