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
	status := each(ctx, p, o.Rest, func(_ string, r io.Reader) error {
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
	status := each(ctx, p, o.Rest[:min(1, len(o.Rest))], func(_ string, r io.Reader) error {
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

// blanks are what separates the fields of cut -F.
var blanks = regexp.MustCompile(`[ \t]+`)

var characterClasses = map[string]string{
	"alnum": "0-9A-Za-z", "alpha": "A-Za-z", "blank": " \\t", "digit": "0-9", "lower": "a-z",
	"print": " -~", "punct": "!-/:-@[-`{-~", "space": " \\t\\n\\v\\f\\r", "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}
