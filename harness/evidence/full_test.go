//go:build unix

package evidence_test

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
)

// filesUpTo lets no file of this process grow beyond so many bytes until the
// function that it gives is called. A write across the limit is cut short there,
// as a full disk cuts it.
func filesUpTo(t *testing.T, bytes int64) (lift func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var was syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was))
	now := was
	now.Cur = uint64(bytes)
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now))
	return func() {
		require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was))
		signal.Reset(syscall.SIGXFSZ)
	}
}

func TestAnEntryThatTheDiskCutsShortIsNotInTheJournal(t *testing.T) {
	line := int64(len(`{"time":"2026-01-02T03:04:05Z","kind":"run started"}`))
	for _, room := range []int64{0, 1, line, line + 1, line + 20} {
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		j, err := evidence.OpenJournal(path)
		require.NoError(t, err)
		require.NoError(t, j.Append(evidence.Entry{Kind: evidence.RunStarted}))
		raw, err := os.ReadFile(path)
		require.NoError(t, err)

		lift := filesUpTo(t, int64(len(raw))+room)
		err = j.Append(evidence.Entry{Kind: evidence.JobStarted, Note: strings.Repeat("x", 200)})
		lift()
		require.ErrorIs(t, err, syscall.EFBIG, "room for %d bytes", room)
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(raw), string(after), "room for %d bytes", room)

		require.NoError(t, j.Append(evidence.Entry{Kind: evidence.RunEnded}), "room for %d bytes", room)
		require.NoError(t, j.Close())
		entries, err := evidence.ReadJournal(path)
		require.NoError(t, err, "room for %d bytes", room)
		assert.Len(t, entries, 2, "room for %d bytes", room)
	}
}

func TestWhatTheDiskHasNoRoomForIsAnErrorAndNeverACapture(t *testing.T) {
	for full := 1; ; full++ {
		dir := filepath.Join(t.TempDir(), fmt.Sprint(full))
		b, err := evidence.Create(dir, evidence.Head{})
		require.NoError(t, err)
		asked := 0
		b.Room = func(int) error {
			if asked++; asked == full {
				return syscall.ENOSPC
			}
			return nil
		}
		err = recordTwo(b)
		if err == nil {
			require.Greater(t, full, 5, "bodies, index and manifest ask")
			assert.Empty(t, evidence.Verify(dir))
			return
		}
		require.ErrorIs(t, err, syscall.ENOSPC, "at write %d", full)
		_, err = evidence.Open(dir)
		assert.ErrorIs(t, err, evidence.ErrUnsealed, "at write %d", full)
	}
}

// recordTwo makes two captures and seals.
func recordTwo(b *evidence.Bundle) error {
	for range 2 {
		r, err := b.Begin(evidence.Capture{Source: "getprop", Phase: evidence.Before})
		if err != nil {
			return err
		}
		_, wrote := fmt.Fprint(r, strings.Repeat("a line\n", 20000))
		if _, err := r.End(nil, "", evidence.Coverage{State: evidence.Whole}); err != nil {
			return err
		}
		if wrote != nil {
			return wrote
		}
	}
	_, err := b.Seal(evidence.Outcome{State: evidence.Finished})
	return err
}
