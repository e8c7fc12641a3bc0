package toolbox

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/sh"
)

func grep(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("EFGIisvclnoqrRhHwxe:f:m:A:B:C:aL")
	if err != nil {
		return grepTrouble(p, "%v", err)
	}
	patterns, names, err := grepPatterns(p, o)
	if err != nil {
		return grepTrouble(p, "%v", err)
	}
	expression, err := grepExpression(patterns, p.Argv[0], o)
	if err != nil {
		return grepTrouble(p, "bad REGEX '%s'", strings.Join(patterns, "\n"))
	}
	if o.Has('r') || o.Has('R') {
		names = allBelow(p, names)
	}
	g := &grepping{process: p, options: o, expression: expression, many: len(names) > 1}
	if !o.Has('h') && (o.Has('H') || o.Has('r')) {
		g.many = true
	}
	g.before, g.after = g.context('B'), g.context('A')
	opener := *p
	if o.Has('s') {
		opener.Stderr = io.Discard
	}
	status := each(ctx, &opener, names, g.file)
	switch {
	case g.found:
		return 0
	case status != 0:
		return 2
	}
	return 1
}

// grepPatterns are all that -e and -f give, or else the first operand; and what is left
// of the operands.
func grepPatterns(p *sh.Process, o sh.Options) (patterns, names []string, err error) {
	for _, text := range o.All['e'] {
		patterns = append(patterns, strings.Split(text, "\n")...)
	}
	for _, name := range o.All['f'] {
		text, err := p.Machine.Disk().ReadFile(p.Path(name))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		for line := range strings.Lines(string(text)) {
			patterns = append(patterns, strings.TrimSuffix(line, "\n"))
		}
	}
	if o.Has('e') || o.Has('f') {
		return patterns, o.Rest, nil
	}
	if len(o.Rest) == 0 {
		return nil, nil, sh.ToyboxSays("no REGEX")
	}
	return strings.Split(o.Rest[0], "\n"), o.Rest[1:], nil
}

func grepTrouble(p *sh.Process, format string, a ...any) int {
	p.Complain(format, a...)
	return 2
}

// grepping is one run of grep.
type grepping struct {
	process       *sh.Process
	options       sh.Options
	expression    *regexp.Regexp
	many          bool // names stand before lines
	before, after int
	found         bool
}

func (g *grepping) context(flag byte) int {
	n, err := strconv.Atoi(g.options.Set[flag])
	if err != nil {
		n, _ = strconv.Atoi(g.options.Set['C'])
	}
	return min(n, 10000)
}

// grepped is one file that grep goes through.
type grepped struct {
	name              string
	number, matches   int
	trailing, printed int // lines of context that are still to come; the last line printed
	earlier           []string
}

func (g *grepping) file(name string, r io.Reader) error {
	o, out := g.options, g.process.Stdout
	limit, _ := strconv.Atoi(o.Set['m'])
	f := &grepped{name: name}
	err := eachLine(r, func(line string) error {
		f.number++
		if g.expression.MatchString(line) == o.Has('v') {
			return g.passed(f, line)
		}
		f.matches++
		g.found = true
		if err := g.matched(f, line); err != nil {
			return err
		}
		if f.matches == limit {
			return errEnough
		}
		return nil
	})
	switch {
	case o.Has('q'):
	case o.Has('l') && f.matches > 0, o.Has('L') && f.matches == 0:
		fmt.Fprintln(out, name)
	case o.Has('c'):
		if g.many {
			fmt.Fprintf(out, "%s:", name)
		}
		fmt.Fprintln(out, f.matches)
	}
	if err == errEnough {
		return nil
	}
	return err
}

// passed deals with a line that does not match: it may be context.
func (g *grepping) passed(f *grepped, line string) error {
	if f.trailing > 0 {
		f.trailing--
		f.printed = f.number
		return g.print(f.name, f.number, '-', line)
	}
	if g.before > 0 {
		f.earlier = append(f.earlier[max(0, len(f.earlier)-g.before+1):], line)
	}
	return nil
}

func (g *grepping) matched(f *grepped, line string) error {
	o := g.options
	switch {
	case o.Has('q'), o.Has('l'), o.Has('L'):
		return errEnough
	case o.Has('c'):
		return nil
	case o.Has('o') && !o.Has('v'):
		for _, hit := range g.expression.FindAllString(line, -1) {
			if hit == "" {
				continue
			}
			if err := g.print(f.name, f.number, ':', hit); err != nil {
				return err
			}
		}
		return nil
	}
	if (g.before > 0 || g.after > 0) && f.printed > 0 && f.number-len(f.earlier) > f.printed+1 {
		fmt.Fprintln(g.process.Stdout, "--")
	}
	for i, line := range f.earlier {
		g.print(f.name, f.number-len(f.earlier)+i, '-', line)
	}
	f.earlier, f.trailing, f.printed = nil, g.after, f.number
	return g.print(f.name, f.number, ':', line)
}

func (g *grepping) print(name string, number int, mark byte, line string) error {
	var head string
	if g.many && !g.options.Has('h') {
		head = name + string(mark)
	}
	if g.options.Has('n') {
		head += strconv.Itoa(number) + string(mark)
	}
	_, err := fmt.Fprintf(g.process.Stdout, "%s%s\n", head, line)
	return err
}

// allBelow names every file in the named directories; of none, in this one.
func allBelow(p *sh.Process, names []string) []string {
	if len(names) == 0 {
		names = []string{"."}
	}
	var all []string
	for _, name := range names {
		walk(p, name, func(name string, info disk.Info) bool {
			if info.Mode&disk.ModeKind == disk.ModeRegular {
				all = append(all, name)
			}
			return true
		})
		if _, err := p.Machine.Disk().Stat(p.Path(name), true); err != nil {
			all = append(all, name) // for the message
		}
	}
	return all
}

// walk visits a file and all below it, by name. It goes no further down where
// visit returns false.
func walk(p *sh.Process, name string, visit func(name string, info disk.Info) bool) {
	info, err := p.Machine.Disk().Stat(p.Path(name), false)
	if err != nil || !visit(name, info) || info.Mode&disk.ModeKind != disk.ModeDir {
		return
	}
	names, err := p.Machine.Disk().List(p.Path(name))
	if err != nil {
		p.Complain("%s: %v", name, err)
		return
	}
	for _, child := range names {
		below := name + "/" + child
		if strings.HasSuffix(name, "/") {
			below = name + child
		}
		walk(p, below, visit)
	}
}

// plainEscapes are escaped letters that mean themselves, \t and \d among them.
var plainEscapes = regexp.MustCompile(`((?:^|[^\\])(?:\\\\)*)\\([ac-rt-vx-zAC-RT-VX-Z])`)

// grepExpression makes one expression of the patterns.
func grepExpression(patterns []string, called string, o sh.Options) (*regexp.Regexp, error) {
	if len(patterns) == 0 { // of an empty -f: nothing matches
		return regexp.Compile(`[^\x00-\x{10FFFF}]`)
	}
	var all []string
	for _, pattern := range patterns {
		if !o.Has('F') && called != "fgrep" {
			pattern = plainEscapes.ReplaceAllString(pattern, "$1$2")
		}
		switch {
		case o.Has('F') || called == "fgrep":
			pattern = regexp.QuoteMeta(pattern)
		case !o.Has('E') && called != "egrep":
			pattern = basicExpression(pattern)
		}
		switch {
		case o.Has('x'):
			pattern = `^(?:` + pattern + `)$`
		case o.Has('w'):
			pattern = `\b(?:` + pattern + `)\b`
		}
		all = append(all, "(?:"+pattern+")")
	}
	expression := strings.Join(all, "|")
	if o.Has('i') {
		expression = "(?i)" + expression
	}
	return regexp.Compile(expression)
}

// basicExpression translates a basic regular expression, in which ( ) { } + ? |
// are plain unless escaped.
func basicExpression(basic string) string {
	var out strings.Builder
	for i := 0; i < len(basic); i++ {
		c := basic[i]
		switch {
		case c == '\\' && i+1 < len(basic):
			i++
			switch {
			case basic[i] == '<' || basic[i] == '>': // a word's beginning and end
				out.WriteString(`\b`)
				continue
			case strings.IndexByte("(){}+?|", basic[i]) < 0:
				out.WriteByte('\\')
			}
			out.WriteByte(basic[i])
		case strings.IndexByte("(){}+?|", c) >= 0:
			out.WriteByte('\\')
			out.WriteByte(c)
		case c == '*' && (i == 0 || i == 1 && basic[0] == '^'):
			out.WriteString(`\*`)
		case c == '[':
			end := bracketEnd(basic, i)
			out.WriteString(strings.ReplaceAll(basic[i:end], `\`, `\\`))
			i = end - 1
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// bracketEnd is where the bracket expression that begins at i is over.
func bracketEnd(s string, i int) int {
	j := i + 1
	if j < len(s) && s[j] == '^' {
		j++
	}
	if j < len(s) && s[j] == ']' {
		j++
	}
	for ; j < len(s); j++ {
		if s[j] == '[' && j+1 < len(s) && s[j+1] == ':' {
			if end := strings.Index(s[j:], ":]"); end > 0 {
				j += end + 1
				continue
			}
		}
		if s[j] == ']' {
			return j + 1
		}
	}
	return len(s)
}
