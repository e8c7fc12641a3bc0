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
// a piece, byte for byte, and so is what stands before the first: dumpstate's
// header, which says when it was begun. What stands between them belongs to none. An error of
// in ends the last piece as truncated; one that wraps ErrRefused is returned too.
func Bugreport(name string, in io.Reader, to Sink) error {
	refused, err := split(&splitter{name: name, to: to}, in)
	return errors.Join(refused, err)
}

// Services splits what dumpsys writes of all services, as it does a bugreport's
// text. Its last service is whole where dumpsys says how long it took, from
// Android 7; up to then nothing tells that from one that was cut off.
func Services(name string, in io.Reader, to Sink) (refused, err error) {
	return split(&splitter{name: name, to: to}, in)
}

// Parts splits what dumpsys activity writes, each part a piece with its heading.
// Nothing ends the last: it is taken in as it was found, as other dumps of one
// service are.
func Parts(name string, in io.Reader, to Sink) (refused, err error) {
	whole := heading{service, serviceSource("activity"), "dumpsys activity"}
	return split(&splitter{name: name, to: to, open: true, at: whole, dump: true, loose: true}, in)
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
	inside bool      // the beginning of the line was written: it is no heading
	open   bool      // in a piece
	begun  bool      // a piece was
	at     heading   // of the piece
	body   io.Writer // of the piece; nil until there is something to write to it
	held   []byte    // a rule that may end a service, or be its own
	dump   bool      // the piece is a service's
	loose  bool      // nothing tells where the text ends
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
	case part, service:
		s.held = nil
	}
	if err := s.begin(h); err != nil || h.kind != part && h.kind != header {
		return err
	}
	return s.write(line) // the heading of a part, and of the report, is its own first line
}

func (s *splitter) write(raw []byte) error {
	if !s.open || len(raw) == 0 {
		return nil
	}
	if err := s.keep(); err != nil {
		return err
	}
	return s.put(raw)
}

// keep writes a rule that no heading followed.
func (s *splitter) keep() error {
	held := s.held
	s.held = nil
	if len(held) == 0 {
		return nil
	}
	return s.put(held)
}

func (s *splitter) put(raw []byte) error {
	if err := s.start(); err != nil {
		return err
	}
	_, err := s.body.Write(raw)
	return err
}

// start opens the piece in the sink.
func (s *splitter) start() (err error) {
	if s.body == nil {
		s.body, err = s.to.Begin(Piece{Source: s.at.source, Origin: []string{s.name, s.at.title}})
	}
	return err
}

func (s *splitter) begin(h heading) error {
	if h.kind == part && s.body == nil {
		s.open = false // the service has nothing but its parts
	}
	// Up to Android 6 nothing but the next heading ends a service's dump.
	if err := s.end(evidence.Coverage{State: evidence.Whole}); err != nil {
		return err
	}
	s.open, s.begun, s.at, s.dump, s.cut = true, true, h, h.kind == service || h.kind == part, ""
	return nil
}

func (s *splitter) end(c evidence.Coverage) error {
	if !s.open {
		return nil
	}
	if err := s.keep(); err != nil {
		return err
	}
	empty := s.body == nil
	if err := s.start(); err != nil {
		return err
	}
	s.open, s.body = false, nil
	switch {
	case s.cut != "":
		c = evidence.Coverage{State: evidence.TimedOut, Reason: s.cut}
	case empty:
		c = evidence.Coverage{State: evidence.Empty}
	}
	return s.to.End(c)
}

// finish ends the last piece where the text ends; a piece that is still open
// then was cut off.
func (s *splitter) finish(why error) error {
	reason := "the text ends in this section"
	switch {
	case !errors.Is(why, io.EOF):
		reason = fmt.Sprintf("the text could not be read further: %v", why)
	case s.loose:
		return s.end(evidence.Coverage{State: evidence.Whole, Reason: "taken in as it was found"})
	}
	return s.end(evidence.Coverage{State: evidence.Truncated, Reason: reason})
}
