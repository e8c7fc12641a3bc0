package toolbox

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"assay/harness/virtual/sh"
)

// cut cuts a key's fields out of a line.
func (s *sortOrder) cut(line string, key sortField) string {
	if key.from == 1 && key.to == 0 {
		return line
	}
	fields := strings.Fields(line)
	if s.separator != "" {
		fields = strings.Split(line, s.separator)
	}
	to := len(fields)
	if key.to > 0 {
		to = min(to, key.to)
	}
	if key.from > to {
		return ""
	}
	return strings.Join(fields[key.from-1:to], cmp.Or(s.separator, " "))
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
	return each(ctx, p, o.Rest, func(_ string, r io.Reader) error {
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
		place := 0
		for i := 0; i < len(line); {
			size := 1
			if o.Has('c') {
				_, size = utf8.DecodeRuneInString(line[i:])
			}
			if place++; within(wanted, place) {
				kept.WriteString(line[i : i+size])
			}
			i += size
		}
		return kept.String(), true
	}
	fields := strings.Split(line, separator)
	joint := separator
	if o.Has('F') {
		fields, joint = blanks.Split(line, -1), cmp.Or(o.Set['O'], " ")
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
	if len(joint) > 1 {
		return p.Complain("-d '%s': this one takes one character", joint)
	}
	if n := len(o.Rest); n > 1 && strings.Count(strings.Join(o.Rest, ""), "-") == n && !o.Has('s') {
		return pasteStdin(ctx, p, n, joint)
	}
	var columns [][]string
	held := 0
	status := each(ctx, p, o.Rest, func(_ string, r io.Reader) error {
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

// pasteStdin is paste - -: as many lines of stdin make one.
func pasteStdin(ctx context.Context, p *sh.Process, columns int, joint string) int {
	var row []string
	flush := func() error {
		if len(row) == 0 {
			return nil
		}
		row = append(row, make([]string, columns-len(row))...)
		_, err := fmt.Fprintln(p.Stdout, strings.Join(row, joint))
		row = row[:0]
		return err
	}
	return each(ctx, p, nil, func(_ string, r io.Reader) error {
		err := eachLine(r, func(line string) error {
			if row = append(row, line); len(row) == columns {
				return flush()
			}
			return nil
		})
		return cmp.Or(err, flush())
	})
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
	return each(ctx, p, nil, func(_ string, r io.Reader) error {
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
