package virtual

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

func cat(ctx context.Context, p *Process) int {
	o, err := p.options("uvte")
	if err != nil {
		return p.complain("%v", err)
	}
	return p.each(ctx, o.rest, func(_ string, r io.Reader) error {
		_, err := io.Copy(p.stdout, r)
		return err
	})
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
func (p *Process) shortCount() {
	for i, a := range p.argv {
		if len(a) > 1 && a[0] == '-' && a[1] >= '0' && a[1] <= '9' && i > 0 {
			p.argv = slices.Concat(p.argv[:i], []string{"-n", a[1:]}, p.argv[i+1:])
			return
		}
	}
}

func head(ctx context.Context, p *Process) int {
	p.shortCount()
	o, err := p.options("n:c:qv")
	if err != nil {
		return p.complain("%v", err)
	}
	want := int64(10)
	for _, flag := range []byte("nc") {
		if o.has(flag) {
			if want, err = count(o.set[flag]); err != nil {
				return p.complain("%v", err)
			}
		}
	}
	return p.each(ctx, o.rest, func(name string, r io.Reader) error {
		if len(o.rest) > 1 && !o.has('q') {
			fmt.Fprintf(p.stdout, "==> %s <==\n", name)
		}
		if o.has('c') {
			_, err := io.CopyN(p.stdout, r, want)
			if err == io.EOF {
				return nil
			}
			return err
		}
		return firstLines(p.stdout, r, want)
	})
}

func firstLines(w io.Writer, r io.Reader, n int64) error {
	if n <= 0 {
		return nil
	}
	err := eachLine(r, func(line string) error {
		if _, err := fmt.Fprintln(w, line); err != nil {
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

func tail(ctx context.Context, p *Process) int {
	p.shortCount()
	o, err := p.options("n:c:f")
	if err != nil {
		return p.complain("%v", err)
	}
	amount, flag := "10", byte('n')
	if v, ok := o.set['n']; ok {
		amount = v
	}
	if v, ok := o.set['c']; ok {
		amount, flag = v, 'c'
	}
	fromStart := strings.HasPrefix(amount, "+")
	n, err := count(strings.TrimLeft(amount, "+-"))
	if err != nil {
		return p.complain("%v", err)
	}
	return p.each(ctx, o.rest, func(name string, r io.Reader) error {
		switch {
		case fromStart && flag == 'c':
			io.CopyN(io.Discard, r, n-1)
			_, err := io.Copy(p.stdout, r)
			return err
		case fromStart:
			return skipLines(p.stdout, r, n-1)
		case flag == 'c':
			return lastBytes(p.stdout, r, n)
		}
		return lastLines(p.stdout, r, n)
	})
}

func skipLines(w io.Writer, r io.Reader, n int64) error {
	return eachLine(r, func(line string) error {
		if n--; n >= 0 {
			return nil
		}
		_, err := fmt.Fprintln(w, line)
		return err
	})
}

func lastLines(w io.Writer, r io.Reader, n int64) error {
	var last []string
	err := eachLine(r, func(line string) error {
		if last = append(last, line); int64(len(last)) > 2*n+1024 {
			last = slices.Clone(last[int64(len(last))-n:])
		}
		return nil
	})
	for _, line := range last[max(0, int64(len(last))-n):] {
		fmt.Fprintln(w, line)
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

func tac(ctx context.Context, p *Process) int {
	var all []string
	held := 0
	return p.each(ctx, p.argv[1:], func(_ string, r io.Reader) error {
		all = all[:0]
		if err := eachLine(r, func(line string) error { return keep(&all, &held, line) }); err != nil {
			return err
		}
		for _, line := range slices.Backward(all) {
			fmt.Fprintln(p.stdout, line)
		}
		return nil
	})
}

func wc(ctx context.Context, p *Process) int {
	o, err := p.options("lwcm")
	if err != nil {
		return p.complain("%v", err)
	}
	var total [3]int64
	print := func(counts [3]int64, name string) {
		var fields []string
		for i, flag := range []byte("lwc") {
			if len(o.set) == 0 || o.has(flag) || flag == 'c' && o.has('m') {
				fields = append(fields, strconv.FormatInt(counts[i], 10))
			}
		}
		if name != "-" {
			fields = append(fields, name)
		}
		fmt.Fprintln(p.stdout, strings.Join(fields, " "))
	}
	status := p.each(ctx, o.rest, func(name string, r io.Reader) error {
		counts, err := measure(r)
		if err != nil {
			return err
		}
		for i := range total {
			total[i] += counts[i]
		}
		print(counts, name)
		return nil
	})
	if len(o.rest) > 1 {
		print(total, "total")
	}
	return status
}

// measure counts lines, words and bytes.
func measure(r io.Reader) (counts [3]int64, err error) {
	inWord := false
	buffer := make([]byte, 64<<10)
	for {
		n, err := r.Read(buffer)
		counts[2] += int64(n)
		for _, c := range buffer[:n] {
			if c == '\n' {
				counts[0]++
			}
			space := c == ' ' || c >= '\t' && c <= '\r'
			if !space && !inWord {
				counts[1]++
			}
			inWord = !space
		}
		if err == io.EOF {
			return counts, nil
		}
		if err != nil {
			return counts, err
		}
	}
}

func tee(ctx context.Context, p *Process) int {
	o, err := p.options("ai")
	if err != nil {
		return p.complain("%v", err)
	}
	to, status := []io.Writer{p.stdout}, 0
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if o.has('a') {
		flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	for _, name := range o.rest {
		f, err := p.machine.Disk().Open(p.path(name), flags, 0o666)
		if err != nil {
			status = p.complain("%s: %v", name, err)
			continue
		}
		defer f.Close()
		to = append(to, f)
	}
	if _, err := io.Copy(io.MultiWriter(to...), cancellable{ctx, p.stdin}); err != nil {
		return p.complain("%v", err)
	}
	return status
}
