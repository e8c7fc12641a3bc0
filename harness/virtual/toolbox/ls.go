package toolbox

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/sh"
)

func ls(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("1aAlLdhRrtSnipFHC")
	if err != nil {
		return p.Complain("%v", err)
	}
	if o.Has('n') {
		o.Set['l'] = ""
	}
	names, status := o.Rest, 0
	if len(names) == 0 {
		names = []string{"."}
	}
	l := &listing{process: p, options: o, layout: "2006-01-02 15:04"}
	if slices.ContainsFunc(p.Argv, func(a string) bool { return strings.HasPrefix(a, "-") && strings.Count(a, "l") > 1 }) {
		l.layout = "2006-01-02 15:04:05.000000000 -0700"
	}
	var dirs []string
	for _, name := range names {
		// A link to a directory is entered, but not by ls -l, as toybox has it
		// where no slash follows.
		info, err := p.Machine.Disk().Stat(p.Path(name), !o.Has('l') || o.Has('L') || strings.HasSuffix(name, "/"))
		if err == disk.ENOENT { // a link to nothing is there, too
			info, err = p.Machine.Disk().Stat(p.Path(name), false)
		}
		switch {
		case err != nil:
			status = p.Complain("%s: %v", name, err)
		case info.IsDir() && !o.Has('d'):
			dirs = append(dirs, name)
		default:
			info.Name = name
			l.found = append(l.found, info)
		}
	}
	l.print(false)
	for i, dir := range dirs {
		if i > 0 || len(l.printed) > 0 {
			fmt.Fprintln(p.Stdout)
		}
		if l.dir(ctx, dir, len(names) > 1 || o.Has('R'), 0) != 0 {
			status = 1
		}
	}
	return status
}

// listing is one run of ls.
type listing struct {
	process *sh.Process
	options sh.Options
	layout  string // of times
	found   []disk.Info
	printed []string
}

func (l *listing) dir(ctx context.Context, dir string, headed bool, depth int) int {
	p := l.process
	names, err := p.Machine.Disk().List(p.Path(dir))
	if err != nil {
		return p.Complain("%s: %v", dir, err)
	}
	if headed {
		fmt.Fprintf(p.Stdout, "%s:\n", dir)
	}
	if l.options.Has('a') {
		names = append([]string{".", ".."}, names...)
	}
	for _, name := range names {
		if strings.HasPrefix(name, ".") && !l.options.Has('a') && !l.options.Has('A') {
			continue
		}
		info, err := p.Machine.Disk().Stat(disk.Absolute(p.Path(dir), name), l.options.Has('L'))
		if err == nil {
			info.Name = name
			l.found = append(l.found, info)
		}
	}
	below := slices.Clone(l.found)
	l.print(true)
	if !l.options.Has('R') || ctx.Err() != nil || depth > 100 {
		return 0
	}
	status := 0
	for _, info := range below {
		if info.IsDir() && info.Name != "." && info.Name != ".." {
			fmt.Fprintln(p.Stdout)
			status = max(status, l.dir(ctx, strings.TrimRight(dir, "/")+"/"+info.Name, true, depth+1))
		}
	}
	return status
}

func (l *listing) print(withTotal bool) {
	defer func() { l.found = nil }()
	l.sort()
	o, out := l.options, l.process.Stdout
	if o.Has('l') && withTotal {
		var blocks int64
		for _, f := range l.found {
			blocks += f.Blocks
		}
		fmt.Fprintf(out, "total %d\n", blocks/2)
	}
	sizes := make([]string, len(l.found))
	width := 0
	for i, f := range l.found {
		sizes[i] = fmt.Sprint(f.Size)
		if o.Has('h') {
			sizes[i] = human(f.Size)
		}
		width = max(width, len(sizes[i]))
	}
	for i, f := range l.found {
		name := f.Name
		if (o.Has('p') || o.Has('F')) && f.IsDir() {
			name += "/"
		}
		l.printed = append(l.printed, name)
		if o.Has('i') {
			fmt.Fprintf(out, "%d ", f.Inode)
		}
		if !o.Has('l') {
			fmt.Fprintln(out, name)
			continue
		}
		if f.Target != "" && f.Mode&disk.ModeKind == disk.ModeLink {
			name += " -> " + f.Target
		}
		owner := ownerName(f.Owner)
		if o.Has('n') {
			owner = fmt.Sprint(f.Owner)
		}
		fmt.Fprintf(out, "%s %d %s %s %*s %s %s\n", disk.ModeLetters(f.Mode), f.Links(), owner, owner, width, sizes[i],
			f.Changed.In(l.process.Machine.Now().Location()).Format(l.layout), name)
	}
}

func (l *listing) sort() {
	o := l.options
	slices.SortStableFunc(l.found, func(a, b disk.Info) int {
		c := strings.Compare(a.Name, b.Name)
		switch {
		case o.Has('t'):
			c = cmp.Or(b.Changed.Compare(a.Changed), c)
		case o.Has('S'):
			c = cmp.Or(cmp.Compare(b.Size, a.Size), c)
		}
		if o.Has('r') {
			return -c
		}
		return c
	})
}

func ownerName(owner uint32) string {
	if owner == disk.ShellUser {
		return "shell"
	}
	return "root"
}

// human is a size as toybox's -h prints it: 3 digits, 1024 to the unit.
func human(n int64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	value, unit := float64(n), -1
	for value >= 1000 && unit < 4 {
		value /= 1024
		unit++
	}
	if value < 10 {
		return fmt.Sprintf("%.1f%c", value, "KMGTP"[unit])
	}
	return fmt.Sprintf("%.0f%c", value, "KMGTP"[unit])
}
