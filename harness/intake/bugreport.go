package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

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
	whole := heading{kind: service, name: "activity", source: serviceSource("activity"), title: "dumpsys activity"}
	return split(&splitter{name: name, to: to, open: true, at: whole, loose: true}, in)
}

func split(s *splitter, in io.Reader) (refused, err error) {
	buf := make([]byte, block)
	held := 0 // bytes in buf that are no whole line yet
	for {
		n, err := in.Read(buf[held:])
		held += n
		used, broken := s.lines(buf[:held])
		if broken != nil || s.over {
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
	name    string
	to      Sink
	inside  bool      // the beginning of the line was written: it is no heading
	open    bool      // in a piece
	begun   bool      // a piece was
	at      heading   // of the piece
	frame   string    // the title of the section that services stand in
	body    io.Writer // of the piece; nil until there is something to write to it
	held    []byte    // a rule that may end a service, or be its own
	loose   bool      // nothing tells where the text ends
	cut     string
	ends    ends   // what the text has shown so far
	own     bool   // the piece's own end has come
	paused  []byte // the line after which nothing of the piece is awaited; nil: none came
	doubt   string // what speaks against the piece's being whole, unless its own end comes
	resumed bool   // something of it came behind its end
	tail    []byte // what was last written of a service
	over    bool   // another report begins: nothing more is read
}

// ends says which pieces end in a line of their own in this text. Android 6 and
// older know none of services; Android 10 prints those of sections alone that took
// half a second.
type ends struct{ services, sections bool }

// dump says whether the piece is a service's.
func (s *splitter) dump() bool { return s.open && (s.at.kind == service || s.at.kind == part) }

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
		default: // what glues an end to a service's last line is seen where the piece ends
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
		if err := s.turn(h, line); err != nil || s.over {
			return len(text), err
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
	if s.over {
		return refused, nil
	}
	return refused, s.finish(why)
}

// turn does what a heading says.
func (s *splitter) turn(h heading, line []byte) error {
	switch h.kind {
	case rule:
		err := s.keep() // of two rules the first is the body's
		s.held = append(s.held[:0], line...)
		return err
	case sectionEnd, serviceEnd:
		return s.ended(h, line)
	case done:
		s.paused = append(s.paused, line...)
		return nil
	case another:
		return s.stop(h, line)
	case timeout:
		s.cut = string(bytes.TrimRight(line, "\r\n"))
		return errors.Join(s.resume(), s.write(line))
	case part, service:
		s.held = nil
	}
	if err := s.begin(h); err != nil || h.kind != part && h.kind != header {
		return err
	}
	return s.write(line) // the heading of a part, and of the report, is its own first line
}

// stop ends the report where the header of another stands: what is behind it is of
// another time, or of another handset, and is not read. Its first line stays with the
// piece that it stands in, which may have printed it.
func (s *splitter) stop(h heading, line []byte) error {
	if s.doubt == "" {
		s.doubt = "another report begins in it"
	}
	if s.open && !s.own && s.paused == nil {
		if err := s.write(line); err != nil {
			return err
		}
	}
	if err := s.end(); err != nil {
		return err
	}
	s.over = true
	return leave(s.to, NotTaken, s.name, evidence.Coverage{State: evidence.NotRun, Reason: fmt.Sprintf("%s: a second report begins at %q: "+
		"what stands behind is not read: cut the text there, and %s", s.name, h.title, remedy)})
}

// ended ends the piece that a line says is over. Another's end leaves it as it is,
// and so stands in it; but the end of the section that a service stands in is one.
func (s *splitter) ended(h heading, line []byte) error {
	switch {
	case h.kind == sectionEnd && h.quick:
		s.ends.sections = true
	case h.kind == serviceEnd && s.dump() && h.title == s.at.name:
		s.ends.services = true
	}
	switch {
	case !s.open:
		return nil
	case s.own:
		return nil // of what encloses the piece
	case s.owns(h):
		err := errors.Join(s.resume(), s.keep())
		s.own, s.paused = true, append(s.paused, line...)
		return err
	case s.paused != nil:
		return nil // of what encloses the piece
	case h.kind == sectionEnd && s.dump() && named(s.frame, h.title):
		return s.end()
	}
	if s.doubt == "" {
		s.doubt = "its own end did not come, and that of another stands in it: " + h.title
	}
	return s.write(line)
}

// owns says whether an end is that of the piece.
func (s *splitter) owns(h heading) bool {
	if s.dump() {
		return h.kind == serviceEnd && h.title == s.at.name
	}
	return s.at.kind == section && h.kind == sectionEnd && named(s.at.name, h.title)
}

// named says whether the end of a section names one by its title. Android 7 to 14
// add the command, or how it was run, for some: 'KERNEL LOG (dmesg)',
// 'for_each_tid(BLOCKED PROCESS WAIT-CHANNELS)', 'for_each_pid(PROCESS TIMES (pid cmd …))'.
func named(title, end string) bool {
	for _, each := range []string{"for_each_pid(", "for_each_tid("} {
		end = strings.TrimPrefix(end, each)
	}
	rest, ok := strings.CutPrefix(end, title)
	return ok && title != "" && (rest == "" || rest == ")" || strings.HasPrefix(rest, " ("))
}

func (s *splitter) write(raw []byte) error {
	if !s.open || len(raw) == 0 {
		return nil
	}
	switch {
	case s.paused != nil && idle(raw):
		return nil
	case s.own && s.at.kind == section:
		s.resumed = true // dumpstate's, or the section's: nothing tells
		return nil
	}
	if err := errors.Join(s.resume(), s.keep()); err != nil {
		return err
	}
	return s.put(raw)
}

// resume goes on with a piece that seemed to be over: what ended it was its own text.
func (s *splitter) resume() error {
	if s.paused == nil {
		return nil
	}
	line := s.paused
	s.resumed = s.resumed || s.own
	s.own, s.paused = false, nil
	return s.put(line)
}

// keep writes a rule that no heading followed.
func (s *splitter) keep() error {
	held := s.held
	s.held = nil
	if len(held) == 0 || s.paused != nil {
		return nil
	}
	return s.put(held)
}

func (s *splitter) put(raw []byte) error {
	if err := s.start(); err != nil {
		return err
	}
	if s.dump() {
		s.tail = append(s.tail[:0], raw[max(0, len(raw)-longestHeading):]...)
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
	switch {
	case h.kind == part && s.body == nil:
		s.open = false // the service has nothing but its parts
	case h.kind == part && s.dump() && !s.resumed:
		s.own = true // parts end where the next begins
	}
	if err := s.end(); err != nil {
		return err
	}
	if h.kind == section {
		s.frame = h.name
	}
	s.open, s.begun, s.at, s.cut = true, true, h, ""
	s.own, s.paused, s.doubt, s.resumed, s.tail = false, nil, "", false, s.tail[:0]
	return nil
}

// end ends a piece where another heading follows, or its own end did.
func (s *splitter) end() error {
	if !s.open {
		return nil
	}
	if err := s.keep(); err != nil {
		return err
	}
	return s.close(s.coverage())
}

// coverage says what the end of a piece tells of its being whole. Where no line of
// its own ends it, in a text that has such lines, its end is a guess.
func (s *splitter) coverage() evidence.Coverage {
	doubt := s.doubt
	switch {
	case s.resumed:
		doubt = "lines stand behind its end"
	case s.own, s.dump() && s.glued():
		doubt = ""
	case doubt != "":
	case s.at.kind == section && s.ends.sections && !endless[s.at.name], s.dump() && s.ends.services:
		doubt = "it ends at the next heading: its own end did not come"
	}
	if doubt != "" {
		return evidence.Coverage{State: evidence.Truncated, Reason: doubt}
	}
	return evidence.Coverage{State: evidence.Whole}
}

// glued says whether the service's end stands behind a last line of its that has no
// line end.
func (s *splitter) glued() bool {
	line := bytes.TrimRight(s.tail, "\r\n")
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	at := bytes.LastIndex(line, []byte("--------- "))
	if at < 0 {
		return false
	}
	h, ok := serviceEndIn(line[at:])
	return ok && h.title == s.at.name
}

func (s *splitter) close(c evidence.Coverage) error {
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
// then was cut off. Of a text that cannot be read further, that is told.
func (s *splitter) finish(why error) error {
	if errors.Is(why, io.EOF) {
		return s.lastly(why)
	}
	if err := s.lastly(why); err != nil {
		return err
	}
	return leave(s.to, NotTaken, s.name, cutShort(why))
}

// cutShort is the coverage of what stands in a text that could not be read further.
func cutShort(why error) evidence.Coverage {
	return evidence.Coverage{State: evidence.Truncated, Reason: fmt.Sprintf("the text could not be read further: %v", why)}
}

func (s *splitter) lastly(why error) error {
	if !s.open {
		return nil
	}
	if err := s.keep(); err != nil {
		return err
	}
	switch {
	case !errors.Is(why, io.EOF):
		return s.close(cutShort(why))
	case s.paused != nil:
		return s.close(s.coverage())
	case s.loose && s.doubt == "":
		return s.close(evidence.Coverage{State: evidence.Whole, Reason: "taken in as it was found"})
	case s.dump() && s.glued():
		return s.close(s.coverage())
	}
	return s.close(evidence.Coverage{State: evidence.Truncated, Reason: "the text ends in this section"})
}
