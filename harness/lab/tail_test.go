package lab

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestATailHoldsTheLastBytesHoweverTheyCame compares it with all that came.
func TestATailHoldsTheLastBytesHoweverTheyCame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	kept := newTail()
	var all []byte
	for _, size := range []int{1, 7, tailSize - 9, 3, 5000, tailSize, 99, tailSize + 12345, 4096, 2*tailSize + 1, 77} {
		piece := make([]byte, size)
		for i := range piece {
			piece[i] = byte(r.Uint32())
		}
		n, err := kept.Write(piece)
		require.NoError(t, err)
		require.Equal(t, size, n)
		all = append(all, piece...)
		last := all[max(0, len(all)-tailSize):]
		assert.True(t, kept.holds(last), "all of it, %d bytes", len(last))
		for at := 0; at+40 <= len(last); at += 1 + len(last)/1000 {
			require.True(t, kept.holds(last[at:at+40]), "at %d of %d", at, len(last))
		}
		if len(all) > tailSize+20 {
			assert.False(t, kept.holds(all[len(all)-tailSize-1:]), "one byte more than is kept")
			assert.False(t, kept.holds(all[len(all)-tailSize-20:len(all)-tailSize+20]), "what has gone by")
		}
		assert.LessOrEqual(t, cap(kept.seen), tailSize)
	}
}

func TestATailWakesWhoWaits(t *testing.T) {
	kept := newTail()
	came := make(chan bool)
	go func() { came <- kept.wait(t.Context(), time.Minute, []byte("needle")) }()
	kept.Write(bytes.Repeat([]byte("hay "), tailSize))
	kept.Write([]byte("nee"))
	kept.Write([]byte("dle"))
	assert.True(t, <-came)
	assert.False(t, kept.wait(t.Context(), time.Millisecond, []byte("thread")), "what did not come is waited for so long")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.False(t, kept.wait(ctx, time.Minute, []byte("thread")), "and no longer than somebody asks")
}
