package toolbox

import (
	"context"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/sh"
)

func grep(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("EFGisvclnoqrRhHwxe:m:A:B:C:aL")
	if err != nil {
		return grepTrouble(p, "%v", err)
	}
	patterns, named := o.Set['e']
	if !named {
		if len(o.Rest) == 0 {
			return grepTrouble(p, "no REGEX")
		}
		patterns, o.Rest = o.Rest[0], o.Rest[1:]
	}
	expression, err := grepExpression(patterns, p.Argv[0], o)
	if err != nil {
		return grepTrouble(p, "bad REGEX '%s'", patterns)
	}
	names := o.Rest
	if o.Has('r') || o.Has('R') {
		names = allBelow(p, names)
	}
	g := &grepping{process: p, options: o, expression: expression, many: len(names) > 1}
	if !o.Has('h') && (o.Has('H') || o.Has('r')) {
		g.many = true
	}
	g.before, g.after = g.context('B'), g.context('A')
	status := each(p, ctx, names, g.file)
	switch {
	case g.found:
		return 0
	case status != 0:
		return 2
	}
	return 1
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

func (g *grepping) file(name string, r io.Reader) error {
	o, out := g.options, g.process.Stdout
	limit, _ := strconv.Atoi(o.Set['m'])
	number, matches, trailing, printed := 0, 0, 0, 0
	var earlier []string
	err := eachLine(r, func(line string) error {
		number++
		if g.expression.MatchString(line) == o.Has('v') {
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
		case o.Has('q'), o.Has('l'), o.Has('L'):
			return errEnough
		case o.Has('c'):
		case o.Has('o') && !o.Has('v'):
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
	case o.Has('q'):
	case o.Has('l') && matches > 0, o.Has('L') && matches == 0:
		fmt.Fprintln(out, name)
	case o.Has('c'):
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

// grepExpression makes one expression of the patterns, one a line.
func grepExpression(patterns, called string, o sh.Options) (*regexp.Regexp, error) {
	var all []string
	for pattern := range strings.SplitSeq(patterns, "\n") {
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

func find(ctx context.Context, p *sh.Process) int {
	roots, tests := []string{}, p.Argv[1:]
	for len(tests) > 0 && !strings.HasPrefix(tests[0], "-") && tests[0] != "!" {
		roots, tests = append(roots, tests[0]), tests[1:]
	}
	if len(roots) == 0 {
		roots = []string{"."}
	}
	f, err := findTests(p, tests)
	if err != nil {
		return p.Complain("%v", err)
	}
	status := 0
	for _, root := range roots {
		if _, err := p.Machine.Disk().Stat(p.Path(root), false); err != nil {
			status = p.Complain("'%s': %v", root, err)
			continue
		}
		base := strings.Count(strings.TrimRight(root, "/"), "/")
		walk(p, root, func(name string, info disk.Info) bool {
			depth := strings.Count(name, "/") - base
			if name == root {
				depth = 0
			}
			if f.matches(name, info, depth) {
				f.show(p.Stdout, root, name, info)
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

func findTests(p *sh.Process, args []string) (finding, error) {
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
			if p.Machine.SDK() < firstFindPrintf {
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
