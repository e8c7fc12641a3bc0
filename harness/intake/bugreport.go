package intake

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"assay/harness/evidence"
)

// Headings of a bugreport (frameworks/native cmds/dumpstate: dumpstate.cpp,
// DumpstateUtil, DurationReporter; the services' by cmds/dumpsys/dumpsys.cpp).
var (
	section = regexp.MustCompile(`^------ (.+?) \((.*)\) ------$`)
	untold  = regexp.MustCompile(`^------ ([A-Z][A-Za-z0-9 /_.:-]*) ------$`) // up to Android 7, SYSTEM PROPERTIES names no command
	footer  = regexp.MustCompile(`^------ [0-9.]+s was the duration of '.*' ------$`)
	service = regexp.MustCompile(`^DUMP OF SERVICE (?:(?:CRITICAL|HIGH|NORMAL) )?([A-Za-z0-9_.$/-]+):$`)
	ended   = regexp.MustCompile(`^--------- [0-9.]+s was the duration of dumpsys ([^,]+), ending at: `)
	rule    = bytes.Repeat([]byte("-"), 79)
)

// longestHeading is the most that a heading is long; longer lines are bodies'.
const longestHeading = 512

// Bugreport splits a bugreport's text into its sections and service dumps, each
// a piece, byte for byte. What stands between them belongs to none.
func Bugreport(name string, in io.Reader, to Sink) error {
	s := &splitter{name: name, to: to}
	r := bufio.NewReaderSize(in, 256<<10)
	for {
		line, err := r.ReadSlice('\n')
		if len(line) > 0 {
			if err := s.line(line); err != nil {
				return err
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, bufio.ErrBufferFull):
			s.inside = true
			continue
		case errors.Is(err, io.EOF):
			return s.finish("")
		default:
			return s.finish(err.Error())
		}
		s.inside = false
	}
}

type splitter struct {
	name   string
	to     Sink
	body   io.Writer // nil outside a piece
	held   []byte    // a rule that may end a service, or be its own
	inside bool      // a line longer than the buffer goes on
	size   int64
	dump   bool // the piece is a service's
	cut    string
}

// line takes one line, with its end, or a part of a very long one.
func (s *splitter) line(raw []byte) error {
	text := bytes.TrimRight(raw, "\r\n")
	if s.inside || len(text) > longestHeading {
		return s.write(raw)
	}
	switch {
	case bytes.HasPrefix(text, []byte("------ ")):
		if footer.Match(text) {
			return s.end(evidence.Coverage{State: evidence.Whole})
		}
		if m := section.FindSubmatch(text); m != nil {
			return s.begin(sectionSource(string(m[1]), string(m[2])), "", string(m[1])+" ("+string(m[2])+")", false)
		}
		if m := untold.FindSubmatch(text); m != nil {
			return s.begin(sectionSource(string(m[1]), ""), "", string(m[1]), false)
		}
	case bytes.HasPrefix(text, []byte("DUMP OF SERVICE ")):
		if m := service.FindSubmatch(text); m != nil {
			s.held = nil
			return s.begin(serviceSource(string(m[1])), "", "DUMP OF SERVICE "+string(m[1]), true)
		}
	case s.dump && bytes.HasPrefix(text, []byte("--------- ")) && ended.Match(text):
		return s.end(evidence.Coverage{State: evidence.Whole})
	case s.dump && bytes.Equal(text, rule):
		s.held = append(s.held[:0], raw...)
		return nil
	case bytes.HasPrefix(text, []byte("== dumpstate: done")):
		return s.end(evidence.Coverage{State: evidence.Whole})
	case bytes.HasPrefix(text, []byte("*** SERVICE '")) && bytes.Contains(text, []byte("DUMP TIMEOUT")):
		s.cut = string(text)
	}
	return s.write(raw)
}

func (s *splitter) write(raw []byte) error {
	if s.body == nil {
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

func (s *splitter) begin(source, subject, title string, dump bool) error {
	// Up to Android 8 nothing but the next heading ends a service's dump.
	if err := s.end(evidence.Coverage{State: evidence.Whole}); err != nil {
		return err
	}
	body, err := s.to.Begin(Piece{Source: source, Subject: subject, Origin: []string{s.name, title}})
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
	case s.size == 0:
		c = evidence.Coverage{State: evidence.Empty}
	}
	return s.to.End(c)
}

// finish ends the last piece where the text ends; a piece that is still open
// then was cut off.
func (s *splitter) finish(why string) error {
	if s.body == nil && why == "" {
		return nil
	}
	reason := "the bugreport ends in this section"
	if why != "" {
		reason = fmt.Sprintf("the bugreport could not be read further: %s", why)
	}
	if s.body == nil {
		return nil
	}
	return s.end(evidence.Coverage{State: evidence.Truncated, Reason: reason})
}

var notName = regexp.MustCompile(`[^a-z0-9]+`)

// sectionSource gives the source of a section by the command that made it.
func sectionSource(title, command string) string {
	words := strings.Fields(command)
	if title == "SYSTEM PROPERTIES" {
		return "getprop"
	}
	if len(words) == 0 {
		return "section-" + slug(title)
	}
	program := words[0][strings.LastIndexByte(words[0], '/')+1:]
	flags := " " + strings.Join(words[1:], " ") + " "
	switch {
	case program == "getprop":
		return "getprop"
	case program == "logcat" && strings.Contains(flags, " -S "):
		return "logcat-statistics"
	case program == "logcat":
		return "logcat"
	case program == "ps":
		return "ps"
	case words[0] == "/proc/net/xt_qtaguid/stats":
		return "qtaguid"
	}
	return "section-" + slug(title)
}

// serviceSource gives the source of a service's dump. dumpstate runs dumpsys
// with -a, which changes some: the parsers know.
func serviceSource(name string) string {
	if name == "netstats" {
		return "netstats"
	}
	return "dumpsys-" + slug(name)
}

func slug(s string) string {
	return strings.Trim(notName.ReplaceAllString(strings.ToLower(s), "-"), "-")
}
