package logstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"assay/harness/collect"
	"assay/harness/evidence"
)

// Stream is a log that is being recorded while a scenario plays. A reader that
// is kicked, or that ends of itself, is followed by another, which begins where
// the last one ended.
type Stream struct {
	of     Handset
	with   Options
	call   collect.Call
	rec    *evidence.Recording
	lines  *joiner
	tail   *tail
	audits []evidence.Capture // what the handset said of its log, while the stream is open
	cancel context.CancelFunc
	ended  chan ending
}

// ending is how reading the log came to an end.
type ending struct {
	last collect.Result // of the last reader
	gaps []evidence.Gap
	over int // readers that followed the first
}

// soon is how long the stream has to bring the newest entry for the position mark
// of a step, which decides nothing.
const soon = 2 * time.Second

// Options say of what log a stream is, and where it goes.
type Options struct {
	To        *evidence.Bundle
	Collector collect.Collector
	Known     *collect.Known  // of the handset
	Clock     *evidence.Clock // the handset's, just read; nil: it has none
	Settle    time.Duration   // how long the newest entry may take to come, at the end
}

// Open opens the stream, and waits for its first bytes so that the log is
// being read before the first step.
func Open(ctx context.Context, of Handset, with Options) (*Stream, error) {
	s := &Stream{of: of, with: with, call: with.Collector.Open(of.SDK(), with.Known), ended: make(chan ending, 1)}
	rec, err := with.To.Begin(evidence.Capture{Source: with.Collector.Name, Phase: evidence.During, Command: s.call.Argv, Clock: with.Clock})
	if err != nil {
		return nil, err
	}
	s.rec, s.tail = rec, newTail(rec)
	s.lines = &joiner{to: s.tail}
	ctx, s.cancel = context.WithCancel(ctx)
	go func() { s.ended <- s.read(ctx) }()
	s.tail.wait(ctx, 3*time.Second, []byte("\n"))
	if err := s.audit(ctx, evidence.Before); err != nil {
		_, closed := s.Close(ctx, false)
		return nil, errors.Join(err, closed)
	}
	return s, nil
}

// audit records the clock, and what the handset says of its log, while the stream
// is open. The error is the host's: what the handset does not say is coverage.
func (s *Stream) audit(ctx context.Context, at evidence.Phase) error {
	clock, err := s.of.Clock(ctx)
	if err != nil {
		clock = nil
	}
	sdk := s.of.SDK()
	for _, c := range collect.At(collect.Beside, sdk, nil) {
		taken, err := collect.Take(ctx, s.of, s.with.To, collect.Request{Collector: c, SDK: sdk, Phase: at, Clock: clock, Known: s.with.Known})
		if evidence.OfDisk(err) {
			return err
		}
		if err == nil {
			s.audits = append(s.audits, taken)
		}
	}
	return nil
}

// readers is how many readers a log may use up, and pause how long the first
// successor waits, each next one twice as long.
const (
	readers = 6
	pause   = 100 * time.Millisecond
)

// read reads the log until ctx is done, with one reader after another.
func (s *Stream) read(ctx context.Context) ending {
	var b ending
	call := s.call
	for {
		call.Stdout = s.lines
		call.Total, call.Limit = collect.Forever, 0
		b.last = s.of.Run(ctx, call)
		if ctx.Err() != nil || b.over+1 == readers || s.of.LogSpent() {
			b.last.Err = errors.Join(b.last.Err, s.lines.flush())
			return b
		}
		from := time.Now().UTC()
		select {
		case <-ctx.Done():
		case <-time.After(pause << b.over):
		}
		b.over++
		since, known := s.lines.cut()
		if !known {
			since, known = s.begun()
		}
		if !known {
			call = s.call
			b.gaps = append(
				b.gaps,
				evidence.Gap{From: from, To: time.Now().UTC(), Reason: "the log reader ended before its first entry: " + howEnded(b.last)},
			)
			continue
		}
		call = s.call.Since(since)
		s.lines.missed = func() {
			b.gaps = append(b.gaps, evidence.Gap{From: from, To: time.Now().UTC(),
				Reason: "the log reader ended, and the next one did not find the entry it ended with: " + howEnded(b.last)})
		}
	}
}

// begun is the handset's time when the first reader was asked for, in the form
// that its logcat prints and -T takes; known is false where the clock is not.
func (s *Stream) begun() (since string, known bool) {
	if s.with.Clock == nil {
		return "", false
	}
	return s.call.Stamp(s.with.Clock.Device), true
}

func howEnded(r collect.Result) string {
	if r.Err != nil {
		return evidence.OneLine(r.Err)
	}
	return fmt.Sprintf("exit %d %s", *r.Exit, r.Stderr)
}

// Close ends the stream and its capture. It is whole if it has brought the entry
// that a second reader, asked after the last step, finds to be the newest. Where
// the scenario was not cut off, what did not come is looked for.
func (s *Stream) Close(ctx context.Context, played bool) (evidence.Capture, error) {
	looked := s.audit(ctx, evidence.After)
	coverage := s.proof(ctx)
	if played && looked == nil && coverage.State == evidence.Whole {
		looked = s.missing(ctx)
	}
	s.cancel()
	b := <-s.ended
	if b.last.Err != nil && !errors.Is(b.last.Err, context.Canceled) {
		coverage = evidence.Coverage{State: evidence.Truncated, Reason: "the log stream broke off: " + evidence.OneLine(b.last.Err)}
	}
	coverage.Gaps = b.gaps
	if b.over > 0 && coverage.Reason == "" {
		coverage.Reason = fmt.Sprintf("%d readers, one after another", b.over+1)
	}
	c, err := s.rec.End(nil, b.last.Stderr, coverage)
	return c, errors.Join(looked, err)
}

// Mark reads the handset's clock, and gives the position in the stream behind
// everything that the log holds then, as far as a second reader can tell.
func (s *Stream) Mark(ctx context.Context) (*evidence.Clock, int64, error) {
	clock, said, err := s.of.ClockAnd(ctx, s.call.Newest(1)...)
	if err != nil && !exited(err) {
		return clock, 0, err
	}
	newest := lastEntry(said)
	if err == nil && newest == nil {
		newest, _ = s.newestOf(ctx, fewEntries)
	}
	if newest != nil {
		s.tail.wait(ctx, soon, newest)
	}
	return clock, s.rec.Size(), nil
}

// proof says whether the stream is whole.
func (s *Stream) proof(ctx context.Context) evidence.Coverage {
	select {
	case b := <-s.ended:
		s.ended <- b
		return evidence.Coverage{State: evidence.Truncated, Reason: "the log stream ended before the scenario did: " + howEnded(b.last)}
	default:
	}
	newest, err := s.newest(ctx)
	switch {
	case err != nil:
		return evidence.Coverage{State: evidence.Truncated, Reason: "a second reader could not read the log: " + err.Error()}
	case newest == nil:
		return evidence.Coverage{State: evidence.Empty, Reason: "the log held nothing"}
	case s.tail.wait(ctx, s.with.Settle, newest):
		return evidence.Coverage{State: evidence.Whole}
	}
	return evidence.Coverage{
		State:  evidence.Truncated,
		Reason: fmt.Sprintf("the newest entry after the last step did not come through the stream: %.200q", newest),
	}
}

// fewEntries are enough for one that has a line to be among them.
const fewEntries = 500

// newest asks for the log's newest entry in the stream's own format. Where it has
// no line, as one without text has none up to Android 6, it is the newest that has.
func (s *Stream) newest(ctx context.Context) ([]byte, error) {
	newest, err := s.newestOf(ctx, 1)
	if err == nil && newest == nil {
		return s.newestOf(ctx, fewEntries)
	}
	return newest, err
}

func (s *Stream) newestOf(ctx context.Context, entries int) ([]byte, error) {
	out, err := s.of.Shell(ctx, s.call.Newest(entries)...)
	if err != nil {
		return nil, err
	}
	return lastEntry(out), nil
}

// lastEntry is the last line of a log; nil where it has none.
func lastEntry(out string) []byte {
	var newest []byte
	for line := range bytes.Lines([]byte(out)) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) > 0 && !bytes.HasPrefix(line, []byte("--------- ")) {
			newest = line
		}
	}
	return newest
}
