package toolbox

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"assay/harness/virtual/sh"
)

func sortCommand(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("nrufk:t:bsgo:c")
	if err != nil {
		p.Complain("%v", err)
		return 2
	}
	order, err := newSortOrder(o)
	if err != nil {
		p.Complain("%v", err)
		return 2
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
		return 2
	}
	if o.Has('c') {
		for i := 1; i < len(all); i++ {
			if order.compare(all[i-1], all[i]) > 0 {
				p.Complain("%d: disorder: %s", i+1, all[i])
				return 1
			}
		}
		return 0
	}
	slices.SortStableFunc(all, order.compare)
	if o.Has('u') {
		all = slices.CompactFunc(all, func(a, b string) bool { return order.byKeys(a, b) == 0 })
	}
	return writeLines(p, o.Set['o'], all)
}

// writeLines prints lines, or writes them to a file.
func writeLines(p *sh.Process, file string, lines []string) int {
	out := p.Stdout
	if file != "" {
		f, err := p.Machine.Disk().Open(p.Path(file), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, p.Mode(0o666))
		if err != nil {
			return p.Complain("%s: %v", file, err)
		}
		defer f.Close()
		out = f
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return 1
		}
	}
	return 0
}

// sortOrder is how sort compares.
type sortOrder struct {
	keys            []sortField
	separator       string
	stable, reverse bool
}

// sortField is one -k, or the whole line where there is none.
type sortField struct {
	from, to int    // fields, from 1; to 0: the last
	flags    string // its own, or else those of sort
}

func newSortOrder(o sh.Options) (*sortOrder, error) {
	general := ""
	for _, flag := range []byte("nrfbg") {
		if o.Has(flag) {
			general += string(flag)
		}
	}
	order := &sortOrder{separator: o.Set['t'], stable: o.Has('s') || o.Has('u'), reverse: o.Has('r')}
	for _, spec := range o.All['k'] {
		field, err := readSortField(spec)
		if err != nil {
			return nil, err
		}
		field.flags = cmp.Or(field.flags, general)
		order.keys = append(order.keys, field)
	}
	if len(order.keys) == 0 {
		order.keys = []sortField{{from: 1, flags: general}}
	}
	return order, nil
}

// sortSpec is what stands after -k: "2", "2,3", "2n", "2,2nr".
var sortSpec = regexp.MustCompile(`^([0-9]+)([nrfbg]*)(?:,([0-9]+)([nrfbg]*))?$`)

func readSortField(spec string) (sortField, error) {
	m := sortSpec.FindStringSubmatch(spec)
	if m == nil || strings.HasPrefix(m[1], "0") {
		return sortField{}, fmt.Errorf("bad key '%s'", spec)
	}
	field := sortField{flags: m[2] + m[4]}
	field.from, _ = strconv.Atoi(m[1])
	field.to, _ = strconv.Atoi(m[3])
	return field, nil
}

func (s *sortOrder) compare(a, b string) int {
	if c := s.byKeys(a, b); c != 0 || s.stable {
		return c
	}
	if s.reverse {
		return strings.Compare(b, a)
	}
	return strings.Compare(a, b)
}

func (s *sortOrder) byKeys(a, b string) int {
	for _, key := range s.keys {
		if c := key.compare(s.cut(a, key), s.cut(b, key)); c != 0 {
			return c
		}
	}
	return 0
}

func (f sortField) compare(a, b string) int {
	var c int
	switch {
	case strings.ContainsAny(f.flags, "ng"):
		c = cmp.Compare(leadingNumber(a), leadingNumber(b))
	case strings.Contains(f.flags, "f"):
		c = strings.Compare(strings.ToUpper(a), strings.ToUpper(b))
	default:
		c = strings.Compare(a, b)
	}
	if strings.Contains(f.flags, "r") {
		return -c
	}
	return c
}

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
	var kept []string
	last, seen := "", 0
	flush := func() {
		if seen == 0 || o.Has('d') && seen == 1 || o.Has('u') && seen > 1 {
			return
		}
		line := last
		if o.Has('c') {
			line = fmt.Sprintf("%7d %s", seen, last)
		}
		kept = append(kept, line)
	}
	file := ""
	if len(o.Rest) > 1 {
		file = o.Rest[1]
	}
	held := 0
	status := each(p, ctx, o.Rest[:min(1, len(o.Rest))], func(_ string, r io.Reader) error {
		return eachLine(r, func(line string) error {
			if seen > 0 && (line == last || o.Has('i') && strings.EqualFold(line, last)) {
				seen++
				return nil
			}
			flush()
			last, seen = line, 1
			if held += len(line); held > 4096 && file == "" { // a stream goes on as it comes
				if writeLines(p, "", kept) != 0 {
					return errEnough
				}
				kept, held = nil, 0
			}
			return nil
		})
	})
	flush()
	return max(status, writeLines(p, file, kept))
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

// blanks are what separates the fields of cut -F.
var blanks = regexp.MustCompile(`[ \t]+`)

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
		return pasteStdin(p, ctx, n, joint)
	}
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

// pasteStdin is paste - -: as many lines of stdin make one.
func pasteStdin(p *sh.Process, ctx context.Context, columns int, joint string) int {
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
	return each(p, ctx, nil, func(_ string, r io.Reader) error {
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
