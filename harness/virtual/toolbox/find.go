package toolbox

import (
	"context"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/sh"
)

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
		test, err := findTest(word, value)
		switch {
		case err != nil:
			return f, err
		case test != nil:
			negated := not
			f.tests = append(f.tests, func(name string, info disk.Info) bool { return test(name, info) != negated })
			not = false
		default:
			if err := f.set(word, value, p.Machine.SDK()); err != nil {
				return f, err
			}
		}
	}
	return f, nil
}

// findTest makes a test of a word and its value; nil where the word is none.
func findTest(word, value string) (func(name string, info disk.Info) bool, error) {
	switch word {
	case "-name", "-iname":
		fold := word == "-iname"
		if fold {
			value = strings.ToLower(value)
		}
		return func(name string, _ disk.Info) bool {
			base := path.Base(name)
			if fold {
				base = strings.ToLower(base)
			}
			ok, err := path.Match(value, base)
			return ok && err == nil
		}, nil
	case "-type":
		kinds := map[uint32]bool{}
		for letter := range strings.SplitSeq(value, ",") {
			kind, ok := map[string]uint32{"d": disk.ModeDir, "f": disk.ModeRegular, "l": disk.ModeLink, "c": disk.ModeDevice}[letter]
			if !ok {
				return nil, fmt.Errorf("bad -type '%s'", value)
			}
			kinds[kind] = true
		}
		return func(_ string, info disk.Info) bool { return kinds[info.Mode&disk.ModeKind] }, nil
	}
	return nil, nil
}

// set takes what is no test: how deep to go, and how to print.
func (f *finding) set(word, value string, sdk int) error {
	switch word {
	case "-printf":
		if sdk < firstFindPrintf {
			return fmt.Errorf("bad arg '%s'", word)
		}
		f.format = unescape(value)
		for i := 0; i+1 < len(f.format); i++ {
			if f.format[i] != '%' {
				continue
			}
			if i++; strings.IndexByte("%bfgGhilmpPsTuUZ", f.format[i]) < 0 {
				return fmt.Errorf("bad -printf %%%c", f.format[i])
			}
		}
	case "-maxdepth", "-mindepth":
		n, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("not integer: %s", value)
		}
		if word == "-maxdepth" {
			f.deepest = n
		} else {
			f.shallowest = n
		}
	default:
		return fmt.Errorf("bad arg '%s'", word)
	}
	return nil
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

// firstFindPrintf is the first SDK whose toybox has find -printf (toybox 0.8.1).
const firstFindPrintf = 30

// show prints one file that find found: its name, or as -printf asks.
func (f finding) show(w io.Writer, root, name string, info disk.Info) {
	if f.format == "" {
		fmt.Fprint(w, name, f.end)
		return
	}
	var b strings.Builder
	for i := 0; i < len(f.format); i++ {
		c := f.format[i]
		switch {
		case c == '%' && i+1 < len(f.format):
			i++
			if f.format[i] == 'T' && i+1 < len(f.format) {
				i++ // %T@: the only form of it
				fmt.Fprintf(&b, "%d.%d", info.Changed.Unix(), info.Changed.Nanosecond())
				continue
			}
			b.WriteString(findField(f.format[i], root, name, info))
		default:
			b.WriteByte(c)
		}
	}
	io.WriteString(w, b.String())
}

// findField is one field of -printf (toybox find.c).
func findField(c byte, root, name string, info disk.Info) string {
	switch c {
	case '%':
		return "%"
	case 'b':
		return fmt.Sprint(info.Blocks)
	case 'f':
		return path.Base(name)
	case 'g', 'u':
		return ownerName(info.Owner)
	case 'G', 'U':
		return fmt.Sprint(info.Owner)
	case 'h':
		return path.Dir(name)
	case 'i':
		return fmt.Sprint(info.Inode)
	case 'l':
		return info.Target
	case 'm':
		return fmt.Sprintf("%o", info.Mode&0o7777)
	case 'p':
		return name
	case 'P':
		return strings.TrimPrefix(strings.TrimPrefix(name, root), "/")
	case 's':
		return fmt.Sprint(info.Size)
	case 'Z':
		return "?"
	}
	return "%" + string(c)
}
