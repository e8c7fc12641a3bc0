package logstream

import (
	"bytes"
	"context"
	"io"
	"slices"
	"time"
)

// tail passes a log on to what keeps it, and looks for bytes among the last that
// came. It reads them back: with hundreds of logs at once, to keep them here too
// costs most of what hashing costs, and most are never looked for.
type tail struct {
	of   recorded
	more chan struct{}
}

// recorded is a log that can be read while it is being written.
type recorded interface {
	io.Writer
	io.ReaderAt
	Size() int64
}

// tailSize is how much of what came before is looked through.
const tailSize = 256 << 10

func newTail(of recorded) *tail { return &tail{of: of, more: make(chan struct{}, 1)} }

// Write passes a piece on, and wakes who waits for some of it.
func (t *tail) Write(p []byte) (int, error) {
	n, err := t.of.Write(p)
	select {
	case t.more <- struct{}{}:
	default:
	}
	return n, err
}

// wait returns whether some bytes, at least one, came within d, or were among the
// last that had come.
func (t *tail) wait(ctx context.Context, d time.Duration, some []byte) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	l := search{of: t.of, some: some, from: max(0, t.of.Size()-tailSize)}
	for {
		found, err := l.further()
		if found || err != nil { // what cannot be read back could not be kept either: its end says so
			return found
		}
		select {
		case <-t.more:
		case <-timer.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// search goes through a log once, as it grows.
type search struct {
	of   recorded
	some []byte
	from int64 // where they may begin
	room []byte
}

// further looks through what had come when it was called: a log that grows faster
// than it is read must not hold up who waits for the time to be over.
func (l *search) further() (bool, error) {
	end, most := l.of.Size(), int64(max(tailSize, 2*len(l.some)))
	for end-l.from >= int64(len(l.some)) {
		size := int(min(end-l.from, most))
		l.room = slices.Grow(l.room[:0], size)[:size]
		if n, err := l.of.ReadAt(l.room, l.from); n < size {
			return false, err
		}
		if bytes.Contains(l.room, l.some) {
			return true, nil
		}
		l.from += int64(size - len(l.some) + 1) // they may begin in what was read
	}
	return false, nil
}
