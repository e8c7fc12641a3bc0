package toolbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"assay/harness/virtual/sh"
)

// sed does what scripts on handsets use it for: s, d, p, q and =, with addresses
// by line, by expression and by range.
func sed(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("nrEe:")
	if err != nil {
		return p.Complain("%v", err)
	}
	script := strings.Join(o.All['e'], "\n")
	if !o.Has('e') {
		if len(o.Rest) == 0 {
			return p.Complain("Need script")
		}
		script, o.Rest = o.Rest[0], o.Rest[1:]
	}
	program, err := sedProgram(script, o.Has('r') || o.Has('E'))
	if err != nil {
		return p.Complain("bad pattern '%s'@1 (%v)", script, err)
	}
	at := sedPlace{}
	edit := func() error {
		at.number++
		return sedLine(p.Stdout, program, at, o.Has('n'))
	}
	waiting, done := false, false
	status := each(ctx, p, o.Rest, func(_ string, r io.Reader) error {
		if done {
			return nil
		}
		err := eachPiece(r, func(line string) error {
			if waiting {
				if err := edit(); err != nil {
					return err
				}
			}
			at.line, waiting = strings.TrimSuffix(line, "\n"), true
			at.end = line[len(at.line):]
			return nil
		})
		if err == errEnough {
			done = true
			return nil
		}
		return err
	})
	if waiting && !done {
		at.last = true
		edit()
	}
	return status
}

// sedPlace is the line that sed is at. It is worked on once the next is there,
// for only then is it known not to be the last.
type sedPlace struct {
	line   string
	end    string // its newline, which the last may not have
	number int
	last   bool
}

func sedLine(w io.Writer, program []*sedStep, at sedPlace, quiet bool) error {
	line, number := at.line, at.number
	var quit bool
	for _, step := range program {
		at.line = line
		if !step.selects(at) {
			continue
		}
		switch step.verb {
		case 'd':
			return nil
		case 'p':
			end := "\n"
			if quiet {
				end = at.end
			}
			io.WriteString(w, line+end)
		case '=':
			fmt.Fprintln(w, number)
		case 'q':
			quit = true
		case 's':
			changed, ok := step.substitute(line)
			line = changed
			if ok && step.print {
				fmt.Fprintln(w, line)
			}
		}
		if quit {
			break
		}
	}
	if !quiet {
		if _, err := io.WriteString(w, line+at.end); err != nil {
			return err
		}
	}
	if quit {
		return errEnough
	}
	return nil
}

// sedStep is one command of a program.
type sedStep struct {
	from, to      *sedAddress
	inside        bool
	not           bool
	verb          byte
	pattern       *regexp.Regexp
	replacement   string
	global, print bool
}

type sedAddress struct {
	line    int
	last    bool
	pattern *regexp.Regexp
}

func (a *sedAddress) matches(at sedPlace) bool {
	if a.pattern != nil {
		return a.pattern.MatchString(at.line)
	}
	return a.line == at.number || a.last && at.last
}

func (s *sedStep) selects(at sedPlace) bool {
	chosen := true
	switch {
	case s.from == nil:
	case s.to == nil:
		chosen = s.from.matches(at)
	case s.inside:
		s.inside = !s.to.matches(at) && (s.to.last || s.to.pattern != nil || at.number < s.to.line)
	default:
		chosen = s.from.matches(at)
		s.inside = chosen && (s.to.last || s.to.pattern != nil || s.to.line > at.number)
	}
	return chosen != s.not
}

func (s *sedStep) substitute(line string) (string, bool) {
	count := 1
	if s.global {
		count = -1
	}
	places := s.pattern.FindAllStringSubmatchIndex(line, count)
	if places == nil {
		return line, false
	}
	var out []byte
	at := 0
	for _, place := range places {
		out = append(out, line[at:place[0]]...)
		out = append(out, s.filled(line, place)...)
		at = place[1]
	}
	return string(out) + line[at:], true
}

// filled is the replacement with & and \1 to \9 put in.
func (s *sedStep) filled(line string, place []int) []byte {
	var out []byte
	group := func(n int) {
		if 2*n+1 < len(place) && place[2*n] >= 0 {
			out = append(out, line[place[2*n]:place[2*n+1]]...)
		}
	}
	for i := 0; i < len(s.replacement); i++ {
		c := s.replacement[i]
		switch {
		case c == '&':
			group(0)
		case c == '\\' && i+1 < len(s.replacement):
			i++
			switch c := s.replacement[i]; {
			case c >= '0' && c <= '9':
				group(int(c - '0'))
			case c == 'n':
				out = append(out, '\n')
			case c == 't':
				out = append(out, '\t')
			default:
				out = append(out, c)
			}
		default:
			out = append(out, c)
		}
	}
	return out
}

var errSedScript = errors.New("unknown command")

func sedProgram(script string, extended bool) ([]*sedStep, error) {
	var program []*sedStep
	for {
		script = strings.TrimLeft(script, " \t\n;")
		if script == "" {
			return program, nil
		}
		step, rest, err := sedCommand(script, extended)
		if err != nil {
			return nil, err
		}
		program, script = append(program, step), rest
	}
}

func sedCommand(script string, extended bool) (*sedStep, string, error) {
	step := &sedStep{}
	var err error
	if step.from, script, err = readAddress(script, extended); err != nil {
		return nil, "", err
	}
	if step.from != nil && strings.HasPrefix(script, ",") {
		if step.to, script, err = readAddress(script[1:], extended); err != nil {
			return nil, "", err
		}
		if step.to == nil {
			return nil, "", errSedScript
		}
	}
	script = strings.TrimLeft(script, " ")
	if strings.HasPrefix(script, "!") {
		step.not, script = true, script[1:]
	}
	if script == "" || strings.IndexByte("dpqs=", script[0]) < 0 {
		return nil, "", errSedScript
	}
	step.verb, script = script[0], script[1:]
	if step.verb != 's' {
		return step, script, nil
	}
	return readSubstitution(step, script, extended)
}

func readAddress(script string, extended bool) (*sedAddress, string, error) {
	switch {
	case strings.HasPrefix(script, "$"):
		return &sedAddress{last: true}, script[1:], nil
	case strings.HasPrefix(script, "/"):
		pattern, rest, ok := untilMark(script[1:], '/')
		if !ok {
			return nil, "", errSedScript
		}
		expression, err := sedExpression(pattern, extended, false)
		return &sedAddress{pattern: expression}, rest, err
	}
	digits := len(script) - len(strings.TrimLeft(script, "0123456789"))
	if digits == 0 {
		return nil, script, nil
	}
	line, err := strconv.Atoi(script[:digits])
	return &sedAddress{line: line}, script[digits:], err
}

func readSubstitution(step *sedStep, script string, extended bool) (*sedStep, string, error) {
	if script == "" {
		return nil, "", errSedScript
	}
	mark := script[0]
	pattern, rest, ok := untilMark(script[1:], mark)
	if !ok {
		return nil, "", errSedScript
	}
	step.replacement, rest, ok = untilMark(rest, mark)
	if !ok {
		return nil, "", errSedScript
	}
	fold := false
	for rest != "" && strings.IndexByte("gpiI", rest[0]) >= 0 {
		switch rest[0] {
		case 'g':
			step.global = true
		case 'p':
			step.print = true
		default:
			fold = true
		}
		rest = rest[1:]
	}
	var err error
	step.pattern, err = sedExpression(pattern, extended, fold)
	return step, rest, err
}

// untilMark cuts at the next mark that is not escaped.
func untilMark(s string, mark byte) (before, after string, ok bool) {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			if i++; s[i] != mark {
				out.WriteByte('\\')
			}
			out.WriteByte(s[i])
		case s[i] == mark:
			return out.String(), s[i+1:], true
		default:
			out.WriteByte(s[i])
		}
	}
	return "", "", false
}

func sedExpression(pattern string, extended, fold bool) (*regexp.Regexp, error) {
	if !extended {
		pattern = basicExpression(pattern)
	}
	if fold {
		pattern = "(?i)" + pattern
	}
	return regexp.Compile(pattern)
}
