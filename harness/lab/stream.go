package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"assay/harness/collect"
	"assay/harness/evidence"
)

// stream is a log that is being recorded while a scenario plays.
type stream struct {
	handset *handset
	call    collect.Call
	rec     *evidence.Recording
	tail    *tail
	cancel  context.CancelFunc
	ended   chan collect.Result
}

// settle is how long the stream has to bring an entry that another reader has
// already seen.
const settle = 10 * time.Second

// soon is the same for the position mark of a step, which decides nothing.
const soon = 2 * time.Second

// listen opens the stream, and waits for its first bytes so that the log is
// being read before the first step.
func listen(ctx context.Context, h *handset, to *evidence.Bundle, c collect.Collector, clock *evidence.Clock) (*stream, error) {
	s := &stream{handset: h, call: c.Open(h.SDK()), tail: newTail(), ended: make(chan collect.Result, 1)}
	rec, err := to.Begin(evidence.Capture{Source: c.Name, Phase: evidence.During, Command: s.call.Argv, Clock: clock})
	if err != nil {
		return nil, err
	}
	s.rec = rec
	ctx, s.cancel = context.WithCancel(ctx)
	call := s.call
	call.Stdout = io.MultiWriter(rec, s.tail)
	call.Total, call.Limit = forever, 0
	go func() { s.ended <- h.Run(ctx, call) }()
	s.tail.wait(ctx, 3*time.Second, func(seen []byte) bool { return bytes.IndexByte(seen, '\n') >= 0 })
	return s, nil
}

// close ends the stream and its capture. It is whole if it has brought the entry
// that a second reader, asked after the last step, finds to be the newest.
func (s *stream) close(ctx context.Context) (evidence.Capture, error) {
	coverage := s.proof(ctx)
	s.cancel()
	result := <-s.ended
	if result.Err != nil && !errors.Is(result.Err, context.Canceled) {
		coverage = evidence.Coverage{State: evidence.Truncated, Reason: "the log stream broke off: " + result.Err.Error()}
	}
	return s.rec.End(nil, result.Stderr, coverage)
}

// mark gives the position in the stream behind everything that the log holds
// now, as far as a second reader can tell.
func (s *stream) mark(ctx context.Context) int64 {
	if newest, err := s.newest(ctx); err == nil && newest != nil {
		s.tail.wait(ctx, soon, func(seen []byte) bool { return bytes.Contains(seen, newest) })
	}
	return s.rec.Size()
}

// proof says whether the stream is whole.
func (s *stream) proof(ctx context.Context) evidence.Coverage {
	select {
	case result := <-s.ended:
		s.ended <- result
		return evidence.Coverage{State: evidence.Truncated, Reason: fmt.Sprintf("the log stream ended before the scenario did: %v %s", result.Err, result.Stderr)}
	default:
	}
	newest, err := s.newest(ctx)
	switch {
	case err != nil:
		return evidence.Coverage{State: evidence.Truncated, Reason: "a second reader could not read the log: " + err.Error()}
	case newest == nil:
		return evidence.Coverage{State: evidence.Empty, Reason: "the log held nothing"}
	case s.tail.wait(ctx, settle, func(seen []byte) bool { return bytes.Contains(seen, newest) }):
		return evidence.Coverage{State: evidence.Whole}
	}
	return evidence.Coverage{State: evidence.Truncated, Reason: fmt.Sprintf("the newest entry after the last step did not come through the stream: %.200q", newest)}
}

// newest asks for the log's newest entry in the stream's own format.
func (s *stream) newest(ctx context.Context) ([]byte, error) {
	argv := append(append([]string{}, s.call.Argv[:len(s.call.Argv)-2]...), "-d", "-t", "1")
	out, err := s.handset.Shell(ctx, argv...)
	if err != nil {
		return nil, err
	}
	var newest []byte
	for line := range bytes.Lines([]byte(out)) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) > 0 && !bytes.HasPrefix(line, []byte("--------- ")) {
			newest = line
		}
	}
	return newest, nil
}

// tail keeps the last bytes of a stream, and wakes who waits for some.
type tail struct {
	mu   sync.Mutex
	seen []byte
	more chan struct{}
}

const tailSize = 256 << 10

func newTail() *tail { return &tail{more: make(chan struct{}, 1)} }

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	t.seen = append(t.seen, p...)
	if over := len(t.seen) - tailSize; over > tailSize {
		t.seen = append(t.seen[:0], t.seen[over:]...)
	}
	t.mu.Unlock()
	select {
	case t.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

// wait returns whether enough came to be true within d.
func (t *tail) wait(ctx context.Context, d time.Duration, enough func(seen []byte) bool) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		t.mu.Lock()
		ok := enough(t.seen)
		t.mu.Unlock()
		if ok {
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
