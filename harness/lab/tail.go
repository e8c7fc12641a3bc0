package lab

import (
	"bytes"
	"context"
	"sync"
	"time"
)

// tail keeps the last bytes of a stream, in a ring, and wakes who waits for some.
type tail struct {
	mu    sync.Mutex
	seen  []byte
	begin int // of the oldest byte in seen, once that is full
	more  chan struct{}
}

const tailSize = 256 << 10

func newTail() *tail { return &tail{more: make(chan struct{}, 1)} }

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	t.keep(p[max(0, len(p)-tailSize):])
	t.mu.Unlock()
	select {
	case t.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

// keep copies each byte once: with hundreds of logs at once that is what a tail
// costs. A log that is long becomes longer, so that its room is taken in one go.
func (t *tail) keep(p []byte) {
	fits := min(len(p), tailSize-len(t.seen))
	if len(t.seen)+fits > tailSize/8 && cap(t.seen) < tailSize {
		t.seen = append(make([]byte, 0, tailSize), t.seen...)
	}
	t.seen = append(t.seen, p[:fits]...)
	for p = p[fits:]; len(p) > 0; {
		n := copy(t.seen[t.begin:], p)
		p, t.begin = p[n:], (t.begin+n)%tailSize
	}
}

// holds says whether some bytes, at least one, are in what is kept.
func (t *tail) holds(some []byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	older, newer := t.seen[t.begin:], t.seen[:t.begin]
	if bytes.Contains(older, some) || bytes.Contains(newer, some) {
		return true
	}
	across := bytes.Clone(older[max(0, len(older)-len(some)+1):])
	across = append(across, newer[:min(len(newer), len(some)-1)]...)
	return bytes.Contains(across, some)
}

// wait returns whether some bytes came within d.
func (t *tail) wait(ctx context.Context, d time.Duration, some []byte) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		if t.holds(some) {
			return true
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
