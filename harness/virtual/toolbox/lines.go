package toolbox

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"assay/harness/virtual/sh"
)

func sortCommand(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("nrufk:t:bdsgV")
	if err != nil {
		return p.Complain("%v", err)
	}
	var all []string
	held := 0
	status := each(p, ctx, o.Rest, func(_ string, r io.Reader) error {
		err := eachLine(r, func(line string) error { return keep(&all, &held, line) })
		if err == errTooMuch {
			p.Complain("%v", err)
		}
		return err
	})
	if status != 0 {
		return status
	}
	order := sortOrder(o)
	slices.SortStableFunc(all, func(a, b string) int {
		c := order(a, b)
		if c == 0 && !o.Has('s') && !o.Has('u') {
			c = strings.Compare(a, b)
		}
		if o.Has('r') {
			return -c
		}
		return c
	})
	if o.Has('u') {
		all = slices.CompactFunc(all, func(a, b string) bool { return order(a, b) == 0 })
	}
	for _, line := range all {
		if _, err := fmt.Fprintln(p.Stdout, line); err != nil {
			return 1
		}
	}
	return 0
}

func sortOrder(o sh.Options) func(a, b string) int {
	key := func(line string) string { return line }
	spec, keyed := o.Set['k']
	if keyed {
		key = func(line string) string { return sortKey(line, spec, o.Set['t']) }
	}
	numeric := o.Has('n') || o.Has('g') || keyed && strings.ContainsAny(spec, "ng")
	return func(a, b string) int {
		a, b = key(a), key(b)
		if numeric {
			return cmp.Compare(leadingNumber(a), leadingNumber(b))
		}
		if o.Has('f') {
			a, b = strings.ToUpper(a), strings.ToUpper(b)
		}
		return strings.Compare(a, b)
	}
}

// sortKey cuts the fields that -k names out of a line: "2", "2,3", "2n".
func sortKey(line, spec, separator string) string {
	fields := strings.Fields(line)
	if separator != "" {
		fields = strings.Split(line, separator)
	}
	fromText, toText, ranged := strings.Cut(spec, ",")
	from := int(leadingNumber(fromText))
	to := len(fields)
	if ranged {
		to = min(to, int(leadingNumber(toText)))
	}
	if from < 1 || from > to {
		return ""
	}
	return strings.Join(fields[from-1:to], cmp.Or(separator, " "))
}

func leadingNumber(s string) float64 {
	s = strings.TrimLeft(s, " \t")
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' || end == 0 && (s[end] == '-' || s[end] == '+')) {
		end++
	}
	n, err := strconv.ParseFloat(s[:end], 64)
	if err != nil {
		return 0
	}
	return n
}

func uniq(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("cdui")
	if err != nil {
		return p.Complain("%v", err)
	}
	last, seen := "", 0
	flush := func() error {
		if seen == 0 || o.Has('d') && seen == 1 || o.Has('u') && seen > 1 {
			return nil
		}
		if o.Has('c') {
			_, err := fmt.Fprintf(p.Stdout, "%7d %s\n", seen, last)
			return err
		}
		_, err := fmt.Fprintln(p.Stdout, last)
		return err
	}
	status := each(p, ctx, o.Rest[:min(1, len(o.Rest))], func(_ string, r io.Reader) error {
		return eachLine(r, func(line string) error {
			if seen > 0 && (line == last || o.Has('i') && strings.EqualFold(line, last)) {
				seen++
				return nil
			}
			err := flush()
			last, seen = line, 1
			return err
		})
	})
	flush()
	return status
}

func cut(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("d:f:c:b:sF:O:")
	if err != nil {
		return p.Complain("%v", err)
	}
	spec := cmp.Or(o.Set['f'], o.Set['c'], o.Set['b'], o.Set['F'])
	wanted, err := ranges(spec)
	if err != nil {
		return p.Complain("%v", err)
	}
	separator := cmp.Or(o.Set['d'], "\t")
	return each(p, ctx, o.Rest, func(_ string, r io.Reader) error {
		return eachLine(r, func(line string) error {
			kept, ok := cutLine(line, o, wanted, separator)
			if !ok {
				return nil
			}
			_, err := fmt.Fprintln(p.Stdout, kept)
			return err
		})
	})
}

func cutLine(line string, o sh.Options, wanted [][2]int, separator string) (string, bool) {
	if o.Has('c') || o.Has('b') {
		var kept strings.Builder
		for i := range line {
			if within(wanted, i+1) {
				kept.WriteByte(line[i])
			}
		}
		return kept.String(), true
	}
	fields := strings.Split(line, separator)
	joint := separator
	if o.Has('F') {
		fields, joint = strings.Fields(line), cmp.Or(o.Set['O'], " ")
	}
	if len(fields) == 1 {
		return line, !o.Has('s')
	}
	var kept []string
	for i, f := range fields {
		if within(wanted, i+1) {
			kept = append(kept, f)
		}
	}
	return strings.Join(kept, joint), true
}

// ranges reads "1,3-5,7-" into pairs; the end of an open range is very large.
func ranges(spec string) ([][2]int, error) {
	var found [][2]int
	for piece := range strings.SplitSeq(spec, ",") {
		from, to, ranged := strings.Cut(piece, "-")
		r := [2]int{1, 1 << 30}
		var err error
		if from != "" {
			r[0], err = strconv.Atoi(from)
		}
		if err == nil && !ranged {
			r[1] = r[0]
		} else if err == nil && to != "" {
			r[1], err = strconv.Atoi(to)
		}
		if err != nil || piece == "" || piece == "-" || r[0] < 1 {
			return nil, fmt.Errorf("bad list '%s'", spec)
		}
		found = append(found, r)
	}
	return found, nil
}

func within(ranges [][2]int, n int) bool {
	return slices.ContainsFunc(ranges, func(r [2]int) bool { return r[0] <= n && n <= r[1] })
}

func paste(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("sd:")
	if err != nil {
		return p.Complain("%v", err)
	}
	joint := cmp.Or(o.Set['d'], "\t")
	var columns [][]string
	held := 0
	status := each(p, ctx, o.Rest, func(_ string, r io.Reader) error {
		var column []string
		err := eachLine(r, func(line string) error { return keep(&column, &held, line) })
		columns = append(columns, column)
		return err
	})
	if o.Has('s') {
		for _, column := range columns {
			fmt.Fprintln(p.Stdout, strings.Join(column, joint))
		}
		return status
	}
	for row := 0; ; row++ {
		cells, more := make([]string, len(columns)), false
		for i, column := range columns {
			if row < len(column) {
				cells[i], more = column[row], true
			}
		}
		if !more {
			return status
		}
		fmt.Fprintln(p.Stdout, strings.Join(cells, joint))
	}
}

func tr(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("cCds")
	if err != nil || len(o.Rest) == 0 {
		return p.Complain("needs 1 argument")
	}
	from, to := characters(o.Rest[0]), []byte(nil)
	if len(o.Rest) > 1 {
		to = characters(o.Rest[1])
	}
	var in [256]bool
	for _, c := range from {
		in[c] = true
	}
	if o.Has('c') || o.Has('C') {
		from = from[:0]
		for c := range 256 {
			if in[c] = !in[c]; in[c] {
				from = append(from, byte(c))
			}
		}
	}
	var become [256]byte
	for c := range 256 {
		become[c] = byte(c)
	}
	if len(to) > 0 && !o.Has('d') {
		for i, c := range from {
			become[c] = to[min(i, len(to)-1)]
		}
	}
	last := -1
	return each(p, ctx, nil, func(_ string, r io.Reader) error {
		buffer := make([]byte, 64<<10)
		for {
			n, err := r.Read(buffer)
			kept := buffer[:0]
			for _, c := range buffer[:n] {
				if o.Has('d') && in[c] || o.Has('s') && in[c] && int(become[c]) == last {
					continue
				}
				c = become[c]
				last = int(c)
				kept = append(kept, c)
			}
			if _, err := p.Stdout.Write(kept); err != nil {
				return err
			}
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
}

var characterClasses = map[string]string{
	"alnum": "0-9A-Za-z", "alpha": "A-Za-z", "blank": " \\t", "digit": "0-9", "lower": "a-z",
	"print": " -~", "punct": "!-/:-@[-`{-~", "space": " \\t\\n\\v\\f\\r", "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}

// characters spells out a set of tr: ranges, classes and escapes.
func characters(set string) []byte {
	for name, meaning := range characterClasses {
		set = strings.ReplaceAll(set, "[:"+name+":]", meaning)
	}
	plain := []byte(unescape(set))
	var all []byte
	for i := 0; i < len(plain); i++ {
		if i+2 < len(plain) && plain[i+1] == '-' && plain[i+2] >= plain[i] {
			for c := int(plain[i]); c <= int(plain[i+2]); c++ {
				all = append(all, byte(c))
			}
			i += 2
			continue
		}
		all = append(all, plain[i])
	}
	return all
}
