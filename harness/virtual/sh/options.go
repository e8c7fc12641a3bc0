package sh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/disk"
)

// Options are the flags of a command line, and what stands after them.
type Options struct {
	Set  map[byte]string   // of a flag without a value: empty; of one that comes twice: the last
	All  map[byte][]string // the values of a flag, in their order
	Rest []string
}

// Has says whether a flag was given.
func (o Options) Has(flag byte) bool { _, ok := o.Set[flag]; return ok }

// Options reads flags as getopt does, mixed with operands. In spec a colon
// follows each flag that takes a value. After -- all are operands.
func (p *Process) Options(spec string) (Options, error) {
	o := Options{Set: map[byte]string{}, All: map[byte][]string{}}
	for args := p.Argv[1:]; len(args) > 0; args = args[1:] {
		a := args[0]
		if a == "--" {
			o.Rest = append(o.Rest, args[1:]...)
			break
		}
		if len(a) < 2 || a[0] != '-' {
			o.Rest = append(o.Rest, a)
			continue
		}
		for i := 1; i < len(a); i++ {
			at := strings.IndexByte(spec, a[i])
			if at < 0 || a[i] == ':' {
				return o, ToyboxSays(fmt.Sprintf("Unknown option '%s' (see \"%s --help\")", a[i:], p.Argv[0]))
			}
			if at+1 == len(spec) || spec[at+1] != ':' {
				o.Set[a[i]] = ""
				continue
			}
			value := a[i+1:]
			if value == "" {
				if len(args) < 2 {
					return o, ToyboxSays(fmt.Sprintf("Missing argument to -%c", a[i]))
				}
				args = args[1:]
				value = args[0]
			}
			o.Set[a[i]] = value
			o.All[a[i]] = append(o.All[a[i]], value)
			break
		}
	}
	return o, nil
}

// ToyboxSays is an error in toybox's own words.
type ToyboxSays string

func (t ToyboxSays) Error() string { return string(t) }

// Complain prints a message as toybox does and returns the status 1.
func (p *Process) Complain(format string, a ...any) int {
	fmt.Fprintf(p.Stderr, "%s: %s\n", p.Argv[0], fmt.Sprintf(format, a...))
	return 1
}

// Path resolves a name against the working directory.
func (p *Process) Path(name string) string { return disk.Absolute(p.Dir, name) }

// Print writes a text to stdout; its status tells whether that was taken.
func (p *Process) Print(text string) int {
	_, err := io.WriteString(p.Stdout, text)
	var full disk.Errno
	switch {
	case err == nil:
		return 0
	case errors.As(err, &full):
		return p.Complain("write error: %v", err)
	}
	return 1 // nobody reads: SIGPIPE ends it without a word
}

// Cancellable is a reader that ends once ctx is cancelled, for one that would go on
// for ever.
func Cancellable(ctx context.Context, r io.Reader) io.Reader { return cancelled{ctx, r} }

type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// ParseDuration reads what sleep takes: seconds, fractions, and s, m, h or d after them.
func ParseDuration(text string) (time.Duration, error) {
	digits := strings.TrimRight(text, "smhd")
	if len(text)-len(digits) > 1 {
		return 0, fmt.Errorf("bad time '%s'", text)
	}
	units := map[string]time.Duration{"": time.Second, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
	unit := units[text[len(digits):]]
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || !(n >= 0 && n < 1e7) {
		return 0, fmt.Errorf("bad time '%s'", text)
	}
	return time.Duration(n * float64(unit)), nil
}
