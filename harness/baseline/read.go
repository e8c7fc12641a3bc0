package baseline

import (
	"bytes"
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed *.tsv
var files embed.FS

// Tables are all that is expected, in the order of the files.
type Tables struct {
	Sets   []Set
	Splits []Split
	Rows   []Row
}

// Embedded gives the tables that this package holds. They are not to be changed.
var Embedded = sync.OnceValues(func() (*Tables, error) {
	t := &Tables{}
	for _, name := range []string{"sets.tsv", "splits.tsv", "holders.tsv", "roles.tsv", "platform.tsv", "google.tsv"} {
		raw, err := files.ReadFile(name)
		if err == nil {
			err = t.Read(name, raw)
		}
		if err != nil {
			return nil, err
		}
	}
	return t, nil
})

// The columns of each kind of table.
var (
	setColumns   = []string{"set", "min_sdk", "max_sdk", "permissions", "source"}
	splitColumns = []string{"permission", "min_sdk", "max_sdk", "below_target", "gives", "source"}
	rowColumns   = []string{"what", "min_sdk", "max_sdk", "kind", "holder", "when", "permissions", "fixed", "source"}
)

// Read adds what a table says. A file is lines of fields that tabs part, the first
// of which names the columns; # begins a line of comment. What is amiss is an error
// that names file, line and column (in bytes, from 1). Sets come before who uses them.
func (t *Tables) Read(file string, raw []byte) error {
	columns, n := []string(nil), 0
	for text := range bytes.Lines(raw) {
		n++
		l := &line{file: file, n: n, fields: strings.Split(strings.TrimRight(string(text), "\r\n"), "\t")}
		switch {
		case strings.HasPrefix(l.fields[0], "#"):
			continue
		case columns == nil:
			if columns = columnsOf(l.fields); columns == nil {
				return l.errorf("columns %q are of no table", l.fields)
			}
			continue
		case len(l.fields) != len(columns):
			return l.errorf("%d fields; the table has %d columns", len(l.fields), len(columns))
		}
		if err := t.add(l, columns[0]); err != nil {
			return err
		}
	}
	if columns == nil {
		return fmt.Errorf("%s: no line names the columns", file)
	}
	return nil
}

func columnsOf(fields []string) []string {
	for _, c := range [][]string{setColumns, splitColumns, rowColumns} {
		if strings.Join(c, "\t") == strings.Join(fields, "\t") {
			return c
		}
	}
	return nil
}

func (t *Tables) add(l *line, table string) error {
	switch table {
	case "set":
		s := Set{Line: l.n, Name: l.match(setName, "a set")}
		s.Min, s.Max = l.sdks()
		s.Permissions, s.Source = l.permissions(nil), l.source()
		t.Sets = append(t.Sets, s)
	case "permission":
		s := Split{Line: l.n, Permission: full(l.match(permissionName, "a permission"))}
		s.Min, s.Max = l.sdks()
		s.Below, s.Gives, s.Source = l.number("-"), l.permissions(nil), l.source()
		t.Splits = append(t.Splits, s)
	default:
		r := Row{File: l.file, Line: l.n, What: l.match(anything, "words")}
		r.Min, r.Max = l.sdks()
		r.Kind, r.Holders, r.When = l.kind(), l.holders(), l.conditions()
		r.Permissions, r.Fixed, r.Source = l.permissions(t), l.fixed(), l.source()
		t.Rows = append(t.Rows, r)
	}
	return l.err
}

var (
	setName        = regexp.MustCompile(`^@[a-z_]+$`)
	permissionName = regexp.MustCompile(`^([a-z][a-z0-9_]*\.)*[A-Z][A-Z0-9_]*$`)
	anything       = regexp.MustCompile(`^\S(.*\S)?$`)
	digest         = regexp.MustCompile(`^[0-9A-F]{64}$`)
	// A file, or what stands for one, and the SDKs of which it was read.
	sourceForm = regexp.MustCompile(`^[\w.-]+@\d\d(,\d\d)*( in \d+ brands)?(; [\w.-]+@\d\d(,\d\d)*)*$`)
)

// full gives a permission's whole name: one without a dot is Android's own.
func full(name string) string {
	if strings.Contains(name, ".") {
		return name
	}
	return "android.permission." + name
}

// line is a line of a table while it is read, field by field; its first error stays.
type line struct {
	file   string
	n, at  int // the line, and the field to be read next
	fields []string
	err    error
}

// errorf notes what is amiss with the field that was read last.
func (l *line) errorf(form string, args ...any) error {
	column := 1
	for _, f := range l.fields[:max(0, l.at-1)] {
		column += len(f) + 1
	}
	if l.err == nil {
		l.err = fmt.Errorf("%s:%d:%d: %s", l.file, l.n, column, fmt.Sprintf(form, args...))
	}
	return l.err
}

func (l *line) next() string {
	l.at++
	return l.fields[l.at-1]
}

func (l *line) match(form *regexp.Regexp, what string) string {
	s := l.next()
	if !form.MatchString(s) {
		l.errorf("%q is not %s", s, what)
	}
	return s
}

// number reads an SDK; the word none stands for 0.
func (l *line) number(none string) int {
	s := l.next()
	if s == none {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < firstSDK-10 || n > 99 {
		l.errorf("%q is no SDK", s)
	}
	return n
}

// firstSDK is Android 6, which asks for permissions while it runs.
const firstSDK = 23

// sdks reads the first and the last SDK, which is 0 where it is still so.
func (l *line) sdks() (lo, hi int) {
	if lo = l.number(""); lo < firstSDK {
		l.errorf("SDK %d is before %d, in which no app is given anything by default", lo, firstSDK)
	}
	if hi = l.number("-"); hi != 0 && hi < lo {
		l.errorf("SDK %d is before %d", hi, lo)
	}
	return lo, hi
}

// permissions reads a list; sets are known by those that were read before, and where
// there are none, as in the table of sets itself, no set and no * may stand in it.
func (l *line) permissions(sets *Tables) []string {
	var all []string
	for word := range strings.SplitSeq(l.next(), ",") {
		known := sets != nil && (word == "*" || slices.ContainsFunc(sets.Sets, func(s Set) bool { return s.Name == word }))
		switch {
		case known:
		case strings.HasPrefix(word, "@"):
			l.errorf("%q is no set of sets.tsv", word)
		case !permissionName.MatchString(word):
			l.errorf("%q is no permission", word)
		default:
			word = full(word)
		}
		if slices.Contains(all, word) {
			l.errorf("%q stands twice", word)
		}
		all = append(all, word)
	}
	return all
}

func (l *line) kind() Kind {
	k := Kind(l.next())
	if kindClasses[k] == NotKnown {
		l.errorf("%q is no kind of holder", k)
	}
	return k
}

func (l *line) fixed() Fixed {
	f := Fixed(l.next())
	if f != FixedYes && f != FixedNo && f != FixedPart {
		l.errorf("%q is neither yes, no nor part", f)
	}
	return f
}

func (l *line) conditions() []Condition {
	text := l.next()
	if text == "-" {
		return nil
	}
	var all []Condition
	for word := range strings.SplitSeq(text, ",") {
		c := Condition(word)
		if !slices.Contains([]Condition{Watch, Automotive, LowRAM, Upgraded, AnyApp, Every}, c) {
			l.errorf("%q is no condition", word)
		}
		all = append(all, c)
	}
	return all
}

func (l *line) holders() []Holder {
	var all []Holder
	for word := range strings.SplitSeq(l.next(), "|") {
		h := Holder{}
		rest, standIn := strings.CutPrefix(word, "~")
		rest, signers, signed := strings.Cut(rest, "#")
		h.StandIn = standIn
		h.By, h.Name, _ = strings.Cut(rest, ":")
		if signed {
			h.Signers = strings.Split(signers, ",")
		}
		for _, s := range h.Signers {
			if _, known := keys[s]; !known && !digest.MatchString(s) {
				l.errorf("%q is neither a key of the platform nor a SHA-256 digest in capitals", s)
			}
		}
		if !slices.Contains(holderKinds, h.By) || h.Name == "" {
			l.errorf("%q names no holder, such as role:android.app.role.DIALER", word)
		}
		if h.By == "package" && !h.StandIn && !signed && !ofAOSP.MatchString(h.Name) {
			l.errorf("%q is no app of AOSP's: its row needs the signer", h.Name)
		}
		if h.By == "name" && !standIn {
			l.errorf("%q: a name is but a stand-in (~)", word)
		}
		all = append(all, h)
	}
	return all
}

// ofAOSP are names that AOSP gives its apps. Makers use them too, so that a package
// of such a name counts only with the platform's key.
var ofAOSP = regexp.MustCompile(`^(android|com\.android)(\.|$)`)

func (l *line) source() string { return l.match(sourceForm, "a source, such as roles.xml@30,31") }
