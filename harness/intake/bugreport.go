package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"assay/harness/evidence"
)

// longestHeading is the most that a heading is long; longer lines are bodies'.
const longestHeading = 512

// block is how much of a bugreport is in memory at once.
const block = 64 << 10

// Bugreport splits a bugreport's text into its sections and service dumps, each
// a piece, byte for byte. What stands between them belongs to none. An error of
// in ends the last piece as truncated; one that wraps ErrRefused is returned too.
func Bugreport(name string, in io.Reader, to Sink) error {
	refused, err := split(&splitter{name: name, to: to}, in)
	return errors.Join(refused, err)
}

// Services splits what dumpsys writes of all services, as it does a bugreport's
// text. Its last service is whole where dumpsys says how long it took, from
// Android 8; up to then nothing tells that from one that was cut off.
func Services(name string, in io.Reader, to Sink) (refused, err error) {
	return split(&splitter{name: name, to: to}, in)
}

func split(s *splitter, in io.Reader) (refused, err error) {
	buf := make([]byte, block)
	held := 0 // bytes in buf that are no whole line yet
	for {
		n, err := in.Read(buf[held:])
		held += n
		used, broken := s.lines(buf[:held])
		if broken != nil {
			return nil, broken
		}
		held = copy(buf, buf[used:held])
		switch {
		case err != nil:
			return s.last(buf[:held], err)
		case held > longestHeading:
			if err := s.write(buf[:held]); err != nil {
				return nil, err
			}
			s.inside, held = true, 0
		}
	}
}

type splitter struct {
	name   string
	to     Sink
	body   io.Writer // nil outside a piece
	held   []byte    // a rule that may end a service, or be its own
	inside bool      // the beginning of the line was written: it is no heading
	size   int64
	dump   bool // the piece is a service's
	cut    string
}

// lines goes through the whole lines of a block and says how many bytes they
// are. All that can begin a heading is told by its first byte, so that bodies
// are written in stretches, not by lines.
func (s *splitter) lines(text []byte) (used int, err error) {
	from := 0 // of the stretch that is not yet written
	for used < len(text) {
		n := bytes.IndexByte(text[used:], '\n')
		if n < 0 {
			break
		}
		line := text[used : used+n+1]
		start := used
		used += n + 1
		if s.inside {
			s.inside = false
			continue
		}
		switch line[0] {
		case '-', 'D', '=', '*', 'A':
		default:
			continue
		}
		h, ok := s.headingIn(line)
		if !ok {
			continue
		}
		if err := s.write(text[from:start]); err != nil {
			return used, err
		}
		from = used
		if err := s.turn(h, line); err != nil {
			return used, err
		}
	}
	return used, s.write(text[from:used])
}

// last takes what follows the last line end, and ends the last piece.
func (s *splitter) last(rest []byte, why error) (refused, err error) {
	if len(rest) > 0 {
		h, ok := s.headingIn(rest)
		if ok && !s.inside {
			err = s.turn(h, rest)
		} else {
			err = s.write(rest)
		}
	}
	if err != nil {
		return nil, err
	}
	if errors.Is(why, ErrRefused) {
		refused = why
	}
	return refused, s.finish(why)
}

// turn does what a heading says.
func (s *splitter) turn(h heading, line []byte) error {
	switch h.kind {
	case rule:
		s.held = append(s.held[:0], line...)
		return nil
	case over:
		return s.end(evidence.Coverage{State: evidence.Whole})
	case timeout:
		s.cut = string(bytes.TrimRight(line, "\r\n"))
		return s.write(line)
	case part:
		s.held = nil
		if err := s.begin(h, true); err != nil {
			return err
		}
		return s.write(line)
	}
	if h.kind == service {
		s.held = nil
	}
	return s.begin(h, h.kind == service)
}

func (s *splitter) write(raw []byte) error {
	if s.body == nil || len(raw) == 0 {
		return nil
	}
	if len(s.held) > 0 {
		held := s.held
		s.held = nil
		if err := s.put(held); err != nil {
			return err
		}
	}
	return s.put(raw)
}

func (s *splitter) put(raw []byte) error {
	n, err := s.body.Write(raw)
	s.size += int64(n)
	return err
}

func (s *splitter) begin(h heading, dump bool) error {
	// Up to Android 8 nothing but the next heading ends a service's dump.
	c := evidence.Coverage{State: evidence.Whole}
	if h.kind == part && s.size == 0 {
		c.Reason = "its sections stand apart"
	}
	if err := s.end(c); err != nil {
		return err
	}
	body, err := s.to.Begin(Piece{Source: h.source, Origin: []string{s.name, h.title}})
	s.body, s.dump, s.size, s.cut = body, dump, 0, ""
	return err
}

func (s *splitter) end(c evidence.Coverage) error {
	if s.body == nil {
		return nil
	}
	s.body, s.held = nil, nil
	switch {
	case s.cut != "":
		c = evidence.Coverage{State: evidence.TimedOut, Reason: s.cut}
	case s.size == 0 && c.Reason == "":
		c = evidence.Coverage{State: evidence.Empty}
	}
	return s.to.End(c)
}

// finish ends the last piece where the text ends; a piece that is still open
// then was cut off.
func (s *splitter) finish(why error) error {
	reason := "the text ends in this section"
	if !errors.Is(why, io.EOF) {
		reason = fmt.Sprintf("the text could not be read further: %v", why)
	}
	return s.end(evidence.Coverage{State: evidence.Truncated, Reason: reason})
}
