package virtual

import (
	"context"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"assay/harness/virtual/disk"
)

func grep(ctx context.Context, p *Process) int {
	o, err := p.options("EFGisvclnoqrRhHwxe:m:A:B:C:aL")
	if err != nil {
		return p.grepTrouble("%v", err)
	}
	patterns, named := o.set['e']
	if !named {
		if len(o.rest) == 0 {
			return p.grepTrouble("no REGEX")
		}
		patterns, o.rest = o.rest[0], o.rest[1:]
	}
	expression, err := grepExpression(patterns, p.argv[0], o)
	if err != nil {
		return p.grepTrouble("bad REGEX '%s'", patterns)
	}
	names := o.rest
	if o.has('r') || o.has('R') {
		names = p.allBelow(names)
	}
	g := &grepping{process: p, options: o, expression: expression, many: len(names) > 1}
	if !o.has('h') && (o.has('H') || o.has('r')) {
		g.many = true
	}
	g.before, g.after = g.context('B'), g.context('A')
	status := p.each(ctx, names, g.file)
	switch {
	case g.found:
		return 0
	case status != 0:
		return 2
	}
	return 1
}

func (p *Process) grepTrouble(format string, a ...any) int {
	p.complain(format, a...)
	return 2
}

// grepping is one run of grep.
type grepping struct {
	process       *Process
	options       options
	expression    *regexp.Regexp
	many          bool // names stand before lines
	before, after int
	found         bool
}

func (g *grepping) context(flag byte) int {
	n, err := strconv.Atoi(g.options.set[flag])
	if err != nil {
		n, _ = strconv.Atoi(g.options.set['C'])
	}
	return min(n, 10000)
}

func (g *grepping) file(name string, r io.Reader) error {
	o, out := g.options, g.process.stdout
	limit, _ := strconv.Atoi(o.set['m'])
	number, matches, trailing, printed := 0, 0, 0, 0
	var earlier []string
	err := eachLine(r, func(line string) error {
		number++
		if g.expression.MatchString(line) == o.has('v') {
			if trailing > 0 {
				trailing--
				printed = number
				return g.print(name, number, '-', line)
			}
			if g.before > 0 {
				earlier = append(earlier[max(0, len(earlier)-g.before+1):], line)
			}
			return nil
		}
		matches++
		g.found = true
		switch {
		case o.has('q'), o.has('l'), o.has('L'):
			return errEnough
		case o.has('c'):
		case o.has('o') && !o.has('v'):
			for _, hit := range g.expression.FindAllString(line, -1) {
				if hit == "" {
					continue
				}
				if err := g.print(name, number, ':', hit); err != nil {
					return err
				}
			}
		default:
			if (g.before > 0 || g.after > 0) && printed > 0 && number-len(earlier) > printed+1 {
				fmt.Fprintln(out, "--")
			}
			for i, line := range earlier {
				g.print(name, number-len(earlier)+i, '-', line)
			}
			earlier, trailing, printed = nil, g.after, number
			if err := g.print(name, number, ':', line); err != nil {
				return err
			}
		}
		if matches == limit {
			return errEnough
		}
		return nil
	})
	switch {
	case o.has('q'):
	case o.has('l') && matches > 0, o.has('L') && matches == 0:
		fmt.Fprintln(out, name)
	case o.has('c'):
		if g.many {
			fmt.Fprintf(out, "%s:", name)
		}
		fmt.Fprintln(out, matches)
	}
	if err == errEnough {
		return nil
	}
	return err
}

func (g *grepping) print(name string, number int, mark byte, line string) error {
	var head string
	if g.many && !g.options.has('h') {
		head = name + string(mark)
	}
	if g.options.has('n') {
		head += strconv.Itoa(number) + string(mark)
	}
	_, err := fmt.Fprintf(g.process.stdout, "%s%s\n", head, line)
	return err
}

// allBelow names every file in the named directories; of none, in this one.
func (p *Process) allBelow(names []string) []string {
	if len(names) == 0 {
		names = []string{"."}
	}
	var all []string
	for _, name := range names {
		p.walk(name, func(name string, info disk.Info) bool {
			if info.Mode&disk.ModeKind == disk.ModeRegular {
				all = append(all, name)
			}
			return true
		})
		if _, err := p.machine.Disk().Stat(p.path(name), true); err != nil {
			all = append(all, name) // for the message
		}
	}
	return all
}

// walk visits a file and all below it, by name. It goes no further down where
// visit returns false.
func (p *Process) walk(name string, visit func(name string, info disk.Info) bool) {
	info, err := p.machine.Disk().Stat(p.path(name), false)
	if err != nil || !visit(name, info) || info.Mode&disk.ModeKind != disk.ModeDir {
		return
	}
	names, err := p.machine.Disk().List(p.path(name))
	if err != nil {
		p.complain("%s: %v", name, err)
		return
	}
	for _, child := range names {
		below := name + "/" + child
		if strings.HasSuffix(name, "/") {
			below = name + child
		}
		p.walk(below, visit)
	}
}

// grepExpression makes one expression of the patterns, one a line.
func grepExpression(patterns, called string, o options) (*regexp.Regexp, error) {
	var all []string
	for pattern := range strings.SplitSeq(patterns, "\n") {
		switch {
		case o.has('F') || called == "fgrep":
			pattern = regexp.QuoteMeta(pattern)
		case !o.has('E') && called != "egrep":
			pattern = basicExpression(pattern)
		}
		switch {
		case o.has('x'):
			pattern = `^(?:` + pattern + `)$`
		case o.has('w'):
			pattern = `\b(?:` + pattern + `)\b`
		}
		all = append(all, "(?:"+pattern+")")
	}
	expression := strings.Join(all, "|")
	if o.has('i') {
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
			if strings.IndexByte("(){}+?|", basic[i]) < 0 {
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

func find(ctx context.Context, p *Process) int {
	roots, tests := []string{}, p.argv[1:]
	for len(tests) > 0 && !strings.HasPrefix(tests[0], "-") && tests[0] != "!" {
		roots, tests = append(roots, tests[0]), tests[1:]
	}
	if len(roots) == 0 {
		roots = []string{"."}
	}
	f, err := p.findTests(tests)
	if err != nil {
		return p.complain("%v", err)
	}
	status := 0
	for _, root := range roots {
		if _, err := p.machine.Disk().Stat(p.path(root), false); err != nil {
			status = p.complain("'%s': %v", root, err)
			continue
		}
		base := strings.Count(strings.TrimRight(root, "/"), "/")
		p.walk(root, func(name string, info disk.Info) bool {
			depth := strings.Count(name, "/") - base
			if name == root {
				depth = 0
			}
			if f.matches(name, info, depth) {
				f.show(p.stdout, root, name, info)
			}
			return ctx.Err() == nil && depth < f.deepest
		})
	}
	return status
}

// finding says what find looks for.
type finding struct {
	tests               []func(name string, info disk.Info) bool
	shallowest, deepest int
	end                 string
	format              string // of -printf; "": none
}

func (p *Process) findTests(args []string) (finding, error) {
	f := finding{deepest: 1 << 20, end: "\n"}
	not := false
	add := func(test func(string, disk.Info) bool) {
		negated := not
		f.tests = append(f.tests, func(name string, info disk.Info) bool { return test(name, info) != negated })
		not = false
	}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		switch word {
		case "!", "-not":
			not = true
			continue
		case "-print", "-a":
			continue
		case "-print0":
			f.end = "\x00"
			continue
		}
		if len(args) == 0 {
			return f, fmt.Errorf("'%s' needs 1 arg", word)
		}
		value := args[0]
		args = args[1:]
		switch word {
		case "-name", "-iname":
			fold := word == "-iname"
			if fold {
				value = strings.ToLower(value)
			}
			add(func(name string, _ disk.Info) bool {
				base := path.Base(name)
				if fold {
					base = strings.ToLower(base)
				}
				ok, err := path.Match(value, base)
				return ok && err == nil
			})
		case "-type":
			kind := map[string]uint32{"d": disk.ModeDir, "f": disk.ModeRegular, "l": disk.ModeLink, "c": disk.ModeDevice}[value]
			add(func(_ string, info disk.Info) bool { return info.Mode&disk.ModeKind == kind })
		case "-printf":
			if p.machine.SDK() < firstFindPrintf {
				return f, fmt.Errorf("bad arg '%s'", word)
			}
			f.format = unescape(value)
		case "-maxdepth", "-mindepth":
			n, err := strconv.Atoi(value)
			if err != nil {
				return f, fmt.Errorf("not integer: %s", value)
			}
			if word == "-maxdepth" {
				f.deepest = n
			} else {
				f.shallowest = n
			}
		default:
			return f, fmt.Errorf("bad arg '%s'", word)
		}
	}
	return f, nil
}

func (f finding) matches(name string, info disk.Info, depth int) bool {
	if depth < f.shallowest || depth > f.deepest {
		return false
	}
	for _, test := range f.tests {
		if !test(name, info) {
			return false
		}
	}
	return true
}
