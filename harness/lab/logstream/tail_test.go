package logstream

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
)

// recording is of a log that has not brought anything yet.
func recording(t *testing.T) *evidence.Recording {
	t.Helper()
	bundle, err := evidence.Create(filepath.Join(t.TempDir(), "bundle"), evidence.Head{})
	require.NoError(t, err)
	rec, err := bundle.Begin(evidence.Capture{Source: "logcat", Phase: evidence.During})
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := rec.End(nil, "", evidence.Coverage{State: evidence.Whole})
		assert.NoError(t, errors.Join(err, bundle.Abandon()))
	})
	return rec
}

func randomly(r *rand.Rand, size int) []byte {
	piece := make([]byte, size)
	for i := range piece {
		piece[i] = byte(r.Uint32())
	}
	return piece
}

// TestATailFindsTheLastBytesHoweverTheyCame compares it with all that came.
func TestATailFindsTheLastBytesHoweverTheyCame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	kept := newTail(recording(t))
	var all []byte
	for _, size := range []int{1, 7, tailSize - 9, 3, 5000, tailSize, 99, tailSize + 12345, 4096, 2*tailSize + 1, 77} {
		piece := randomly(r, size)
		n, err := kept.Write(piece)
		require.NoError(t, err)
		require.Equal(t, size, n)
		all = append(all, piece...)
		last := all[max(0, len(all)-tailSize):]
		assert.True(t, kept.wait(t.Context(), 0, last), "all of it, %d bytes", len(last))
		for at := 0; at+40 <= len(last); at += 1 + len(last)/100 {
			require.True(t, kept.wait(t.Context(), 0, last[at:at+40]), "at %d of %d", at, len(last))
		}
		if len(all) > tailSize+20 {
			assert.False(t, kept.wait(t.Context(), 0, all[len(all)-tailSize-1:]), "one byte more than is looked through")
			assert.False(t, kept.wait(t.Context(), 0, all[len(all)-tailSize-20:len(all)-tailSize+20]), "what has gone by")
		}
	}
}

// TestWhatComesIsFoundAcrossAnyTwoLooks has each byte of what is waited for come
// apart, and a look after each.
func TestWhatComesIsFoundAcrossAnyTwoLooks(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, before := range []int{0, 1, 39, tailSize - 1, 2*tailSize + 7} {
		rec := recording(t)
		some := randomly(r, 40)
		l := search{of: rec, some: some}
		rec.Write(randomly(r, before))
		for i := range some {
			found, err := l.further()
			require.NoError(t, err)
			require.False(t, found, "%d bytes of it, behind %d others", i, before)
			rec.Write(some[i : i+1])
		}
		found, err := l.further()
		require.NoError(t, err)
		assert.True(t, found, "behind %d others", before)
		assert.LessOrEqual(t, cap(l.room), 2*tailSize)
	}
}

func TestATailWakesWhoWaits(t *testing.T) {
	kept := newTail(recording(t))
	came := make(chan bool)
	go func() { came <- kept.wait(t.Context(), time.Minute, []byte("needle")) }()
	kept.Write(bytes.Repeat([]byte("hay "), tailSize))
	kept.Write([]byte("nee"))
	kept.Write([]byte("dle"))
	kept.Write(bytes.Repeat([]byte("hay "), 1000))
	assert.True(t, <-came)
	assert.False(t, kept.wait(t.Context(), time.Millisecond, []byte("thread")), "what did not come is waited for so long")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.False(t, kept.wait(ctx, time.Minute, []byte("thread")), "and no longer than somebody asks")
}

// unread is a log that cannot be read back, as from a disk that fails.
type unread struct{ bytes.Buffer }

func (u *unread) Size() int64                       { return int64(u.Len()) }
func (u *unread) ReadAt([]byte, int64) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestALogThatCannotBeReadBackIsNotWaitedFor(t *testing.T) {
	kept := newTail(&unread{})
	kept.Write([]byte("a needle"))
	assert.False(t, kept.wait(t.Context(), time.Hour, []byte("needle")))
}
