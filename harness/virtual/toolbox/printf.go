package toolbox

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"assay/harness/virtual/sh"
)

// longestField bounds a width that printf is given.
const longestField = 10000

// field is one % of a format: flags, width, precision, kind.
var field = regexp.MustCompile(`%([-+ 0#]*)(\d*|\*)((?:\.\d*)?)([a-zA-Z%])`)

// printf uses its format again for as long as arguments are left.
func printf(ctx context.Context, p *sh.Process) int {
	if len(p.Argv) > 1 && p.Argv[1] == "--" {
		p.Argv = append(p.Argv[:1:1], p.Argv[2:]...)
	}
	if len(p.Argv) < 2 {
		return p.Complain("usage: printf format [arguments ...]")
	}
	args, status := p.Argv[2:], 0
	for {
		text, rest, err := format(p.Argv[1], args)
		if err != nil && err != errStop {
			status = p.Complain("%v", err)
		}
		if s := p.Print(text); s != 0 {
			return s
		}
		if err == errStop || errors.Is(err, errBadFormat) {
			return status
		}
		if len(rest) == 0 || len(rest) == len(args) || ctx.Err() != nil {
			return status
		}
		args = rest
	}
}

// format fills a format once. It gives back the arguments that are left, and
// the last thing that was wrong with one.
func format(text string, args []string) (out string, rest []string, wrong error) {
	var filled strings.Builder
	at := 0
	next := func() string {
		if len(args) == 0 {
			return ""
		}
		first := args[0]
		args = args[1:]
		return first
	}
	write := func(text string) bool {
		before, _, stop := cutStop(text)
		filled.WriteString(unescape(before))
		return stop
	}
	for _, place := range field.FindAllStringSubmatchIndex(text, -1) {
		if write(text[at:place[0]]) {
			return filled.String(), nil, errStop
		}
		at = place[1]
		part := func(n int) string { return text[place[2*n]:place[2*n+1]] }
		if part(4) == "%" {
			filled.WriteByte('%')
			continue
		}
		width := part(2)
		if width == "*" {
			width = next()
		}
		argument := next()
		value, err := formatOne(part(1), width, part(3), part(4), argument)
		filled.WriteString(value)
		if err == errStop || errors.Is(err, errBadFormat) {
			return filled.String(), nil, err
		}
		if err != nil {
			wrong = err
		}
	}
	if write(text[at:]) {
		return filled.String(), nil, errStop
	}
	return filled.String(), args, wrong
}

// errStop is \c: nothing more is printed.
var errStop = errors.New("stop")

var errBadFormat = errors.New("bad format")

// bytesWide fills a text up to a width, and cuts it to a precision, in bytes as C does.
func bytesWide(flags, width, precision, text string) string {
	if digits, ok := strings.CutPrefix(precision, "."); ok {
		n, _ := strconv.Atoi(digits)
		text = text[:min(n, len(text))]
	}
	n, _ := strconv.Atoi(width)
	space := strings.Repeat(" ", max(0, n-len(text)))
	if strings.Contains(flags, "-") {
		return text + space
	}
	return space + text
}

func formatOne(flags, width, precision, kind, argument string) (string, error) {
	for _, digits := range []string{width, strings.TrimPrefix(precision, ".")} {
		if n, err := strconv.Atoi(digits); digits != "" && (err != nil || n > longestField) {
			return "", fmt.Errorf("field too wide")
		}
	}
	spec := "%" + flags + width + precision
	switch kind {
	case "s":
		return bytesWide(flags, width, precision, argument), nil
	case "b":
		before, _, stop := cutStop(argument)
		text := bytesWide(flags, width, precision, unescape(before))
		if stop {
			return text, errStop
		}
		return text, nil
	case "c":
		return fmt.Sprintf("%"+flags+width+"s", argument[:min(1, len(argument))]), nil
	case "d", "i":
		n, err := integer(argument)
		return fmt.Sprintf(spec+"d", n), err
	case "u":
		n, err := integer(argument)
		return fmt.Sprintf(spec+"d", uint64(n)), err
	case "o", "x", "X":
		n, err := integer(argument)
		return fmt.Sprintf(spec+kind, uint64(n)), err
	case "e", "E", "f", "F", "g", "G":
		n, err := strconv.ParseFloat(strings.TrimSpace(argument), 64)
		if argument == "" {
			err = nil
		} else if err != nil {
			err = fmt.Errorf("%s: bad number", argument)
		}
		return fmt.Sprintf(spec+kind, n), err
	}
	return "", fmt.Errorf("%w: %%%s", errBadFormat, kind)
}

// integer reads a number as C does, or a quote and the character whose number
// is meant.
func integer(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if text[0] == '\'' || text[0] == '"' {
		for _, r := range text[1:] {
			return int64(r), nil
		}
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 0, 64)
	if err != nil {
		return int64(leadingNumber(text)), fmt.Errorf("%s: bad number", text)
	}
	return n, nil
}
