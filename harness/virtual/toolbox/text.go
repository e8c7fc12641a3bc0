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
	return each(p, ctx, o.Rest, func(_ string, r io.Reader) error {
		_, err := io.Copy(p.Stdout, r)
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
	return each(p, ctx, o.Rest, func(name string, r io.Reader) error {
		if len(o.Rest) > 1 && !o.Has('q') {
			fmt.Fprintf(p.Stdout, "==> %s <==\n", name)
		}
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

func tail(ctx context.Context, p *sh.Process) int {
	shortCount(p)
	o, err := p.Options("n:c:f")
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
	return each(p, ctx, o.Rest, func(name string, r io.Reader) error {
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

func tac(ctx context.Context, p *sh.Process) int {
	var all []string
	held := 0
	return each(p, ctx, p.Argv[1:], func(_ string, r io.Reader) error {
		all = all[:0]
		if err := eachLine(r, func(line string) error { return keep(&all, &held, line) }); err != nil {
			return err
		}
		for _, line := range slices.Backward(all) {
			fmt.Fprintln(p.Stdout, line)
		}
		return nil
	})
}

func wc(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("lwcm")
	if err != nil {
		return p.Complain("%v", err)
	}
	var total [3]int64
	print := func(counts [3]int64, name string) {
		var fields []string
		for i, flag := range []byte("lwc") {
			if len(o.Set) == 0 || o.Has(flag) || flag == 'c' && o.Has('m') {
				fields = append(fields, strconv.FormatInt(counts[i], 10))
			}
		}
		if name != "-" {
			fields = append(fields, name)
		}
		fmt.Fprintln(p.Stdout, strings.Join(fields, " "))
	}
	status := each(p, ctx, o.Rest, func(name string, r io.Reader) error {
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
	if len(o.Rest) > 1 {
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
		f, err := p.Machine.Disk().Open(p.Path(name), flags, 0o666)
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
