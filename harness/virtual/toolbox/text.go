package toolbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"assay/harness/virtual/sh"
)

func cat(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("uvte")
	if err != nil {
		return p.Complain("%v", err)
	}
	var out io.Writer = p.Stdout
	if len(o.Set) > 0 && !(len(o.Set) == 1 && o.Has('u')) {
		out = &visible{to: p.Stdout, ends: o.Has('e'), tabs: o.Has('t'), all: o.Has('v')}
	}
	return each(ctx, p, o.Rest, func(_ string, r io.Reader) error {
		_, err := io.Copy(out, r)
		return err
	})
}

// visible shows what else is not seen: ends of lines as $, tabs as ^I, and of the rest
// what is no printable ASCII as ^X and M-x.
type visible struct {
	to              io.Writer
	ends, tabs, all bool
}

func (v *visible) Write(p []byte) (int, error) {
	var shown bytes.Buffer
	for _, c := range p {
		if v.all && c >= 128 {
			shown.WriteString("M-")
			c -= 128
		}
		switch {
		case c == '\n' && v.ends:
			shown.WriteString("$\n")
		case c == '\t' && !v.tabs, c == '\n':
			shown.WriteByte(c)
		case c < ' ' && (v.all || c == '\t'):
			shown.WriteString("^" + string(rune(c+'@')))
		case c == 127 && v.all:
			shown.WriteString("^?")
		default:
			shown.WriteByte(c)
		}
	}
	if _, err := v.to.Write(shown.Bytes()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// count reads what head -n and its like take: a number, with k, m or g after it.
func count(s string) (int64, error) {
	digits, unit := strings.TrimRight(s, "kKmMgG"), int64(1)
	if len(digits) < len(s) {
		unit = map[byte]int64{'k': 1 << 10, 'm': 1 << 20, 'g': 1 << 30}[s[len(digits)]|0x20]
	}
	n, err := strconv.ParseInt(digits, 10, 40)
	if err != nil {
		return 0, fmt.Errorf("not integer: %s", s)
	}
	return n * unit, nil
}

// shortCount turns "head -5" into "head -n 5".
func shortCount(p *sh.Process) {
	for i, a := range p.Argv {
		if len(a) > 1 && a[0] == '-' && a[1] >= '0' && a[1] <= '9' && i > 0 {
			p.Argv = slices.Concat(p.Argv[:i], []string{"-n", a[1:]}, p.Argv[i+1:])
			return
		}
	}
}

func head(ctx context.Context, p *sh.Process) int {
	shortCount(p)
	o, err := p.Options("n:c:qv")
	if err != nil {
		return p.Complain("%v", err)
	}
	want := int64(10)
	for _, flag := range []byte("nc") {
		if o.Has(flag) {
			if want, err = count(o.Set[flag]); err != nil {
				return p.Complain("%v", err)
			}
		}
	}
	heading := headings(p, o)
	return each(ctx, p, o.Rest, func(name string, r io.Reader) error {
		heading(name)
		if o.Has('c') {
			_, err := io.CopyN(p.Stdout, r, want)
			if err == io.EOF {
				return nil
			}
			return err
		}
		return firstLines(p.Stdout, r, want)
	})
}

// headings prints each file's name before it where there are several, or -v is given.
func headings(p *sh.Process, o sh.Options) func(name string) {
	before := ""
	return func(name string) {
		if len(o.Rest) > 1 && !o.Has('q') || o.Has('v') {
			fmt.Fprintf(p.Stdout, "%s==> %s <==\n", before, name)
			before = "\n"
		}
	}
}

func firstLines(w io.Writer, r io.Reader, n int64) error {
	if n <= 0 {
		return nil
	}
	err := eachPiece(r, func(line string) error {
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
		if n--; n == 0 {
			return errEnough
		}
		return nil
	})
	if err == errEnough {
		return nil
	}
	return err
}

// mostKept bounds what sort, tail and tac hold, in bytes.
const mostKept = 64 << 20

var errTooMuch = fmt.Errorf("out of memory")

// keep collects lines up to a bound.
func keep(lines *[]string, held *int, line string) error {
	if *held += len(line) + 16; *held > mostKept {
		return errTooMuch
	}
	*lines = append(*lines, line)
	return nil
}

func tail(ctx context.Context, p *sh.Process) int {
	shortCount(p)
	o, err := p.Options("n:c:fqv")
	if err != nil {
		return p.Complain("%v", err)
	}
	amount, flag := "10", byte('n')
	if v, ok := o.Set['n']; ok {
		amount = v
	}
	if v, ok := o.Set['c']; ok {
		amount, flag = v, 'c'
	}
	fromStart := strings.HasPrefix(amount, "+")
	n, err := count(strings.TrimLeft(amount, "+-"))
	if err != nil {
		return p.Complain("%v", err)
	}
	heading := headings(p, o)
	return each(ctx, p, o.Rest, func(name string, r io.Reader) error {
		heading(name)
		switch {
		case fromStart && flag == 'c':
			io.CopyN(io.Discard, r, n-1)
			_, err := io.Copy(p.Stdout, r)
			return err
		case fromStart:
			return skipLines(p.Stdout, r, n-1)
		case flag == 'c':
			return lastBytes(p.Stdout, r, n)
		}
		return lastLines(p.Stdout, r, n)
	})
}

func skipLines(w io.Writer, r io.Reader, n int64) error {
	return eachPiece(r, func(line string) error {
		if n--; n >= 0 {
			return nil
		}
		_, err := io.WriteString(w, line)
		return err
	})
}

func lastLines(w io.Writer, r io.Reader, n int64) error {
	var last []string
	err := eachPiece(r, func(line string) error {
		if last = append(last, line); int64(len(last)) > 2*n+1024 {
			last = slices.Clone(last[int64(len(last))-n:])
		}
		return nil
	})
	for _, line := range last[max(0, int64(len(last))-n):] {
		io.WriteString(w, line)
	}
	return err
}

func lastBytes(w io.Writer, r io.Reader, n int64) error {
	n = min(n, mostKept)
	var kept []byte
	piece := make([]byte, 64<<10)
	for {
		got, err := r.Read(piece)
		if kept = append(kept, piece[:got]...); int64(len(kept)) > 2*n+1<<16 {
			kept = bytes.Clone(kept[int64(len(kept))-n:])
		}
		if err == io.EOF {
			_, err = w.Write(kept[max(0, int64(len(kept))-n):])
			return err
		}
		if err != nil {
			return err
		}
	}
}

func tac(ctx context.Context, p *sh.Process) int {
	var all []string
	held := 0
	return each(ctx, p, p.Argv[1:], func(_ string, r io.Reader) error {
		all = all[:0]
		if err := eachPiece(r, func(line string) error { return keep(&all, &held, line) }); err != nil {
			return err
		}
		for _, line := range slices.Backward(all) {
			io.WriteString(p.Stdout, line)
		}
		return nil
	})
}

// measured is what wc counts: lines, words, bytes, characters.
type measured [4]int64

func wc(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("lwcm")
	if err != nil {
		return p.Complain("%v", err)
	}
	if len(o.Set) == 0 {
		o.Set = map[byte]string{'l': "", 'w': "", 'c': ""}
	}
	width := 0 // several numbers of stdin stand in columns, and those of several files
	if len(o.Rest) > 1 || len(o.Rest) == 0 && len(o.Set) > 1 {
		width = 7
	}
	print := func(c measured, name string) {
		var fields []string
		for i, flag := range []byte("lwcm") {
			if o.Has(flag) {
				fields = append(fields, fmt.Sprintf("%*d", width, c[i]))
			}
		}
		if name != "-" {
			fields = append(fields, name)
		}
		fmt.Fprintln(p.Stdout, strings.Join(fields, " "))
	}
	var total measured
	status := each(ctx, p, o.Rest, func(name string, r io.Reader) error {
		c, err := measure(r)
		if err != nil {
			return err
		}
		for i := range total {
			total[i] += c[i]
		}
		print(c, name)
		return nil
	})
	if len(o.Rest) > 1 {
		print(total, "total")
	}
	return status
}

func measure(r io.Reader) (n measured, err error) {
	inWord := false
	buffer := make([]byte, 64<<10)
	for {
		got, err := r.Read(buffer)
		n[2] += int64(got)
		for _, c := range buffer[:got] {
			if c == '\n' {
				n[0]++
			}
			if c&0xc0 != 0x80 { // each character of UTF-8 has one such byte
				n[3]++
			}
			space := c == ' ' || c >= '\t' && c <= '\r'
			if !space && !inWord {
				n[1]++
			}
			inWord = !space
		}
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

func tee(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("ai")
	if err != nil {
		return p.Complain("%v", err)
	}
	to, status := []io.Writer{p.Stdout}, 0
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if o.Has('a') {
		flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	for _, name := range o.Rest {
		f, err := p.Machine.Disk().Open(p.Path(name), flags, p.Mode(0o666))
		if err != nil {
			status = p.Complain("%s: %v", name, err)
			continue
		}
		defer f.Close()
		to = append(to, f)
	}
	if _, err := io.Copy(io.MultiWriter(to...), sh.Cancellable(ctx, p.Stdin)); err != nil {
		return p.Complain("%v", err)
	}
	return status
}
