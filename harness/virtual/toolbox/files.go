package toolbox

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/sh"
)

// forAll does something to every operand and complains of those that refuse.
func forAll(p *sh.Process, names []string, do func(name string) error) int {
	if len(names) == 0 {
		return p.Complain("needs 1 argument")
	}
	status := 0
	for _, name := range names {
		if err := do(name); err != nil {
			status = p.Complain("%s: %v", name, err)
		}
	}
	return status
}

func mkdir(_ context.Context, p *sh.Process) int {
	o, err := p.Options("pvm:")
	if err != nil {
		return p.Complain("%v", err)
	}
	mode := uint32(p.Mode(0o777))
	if text, ok := o.Set['m']; ok {
		if mode, err = disk.ParseMode(0o777, text); err != nil {
			return p.Complain("%v", err)
		}
	}
	return forAll(p, o.Rest, func(name string) error {
		err := p.Machine.Disk().Mkdir(p.Path(name), o.Has('p'), mode, p.Machine.Now())
		if err == nil && o.Has('v') {
			fmt.Fprintf(p.Stderr, "%s: created directory '%s'\n", p.Argv[0], name)
		}
		return err
	})
}

func rmdir(_ context.Context, p *sh.Process) int {
	o, err := p.Options("p")
	if err != nil {
		return p.Complain("%v", err)
	}
	return forAll(p, o.Rest, func(name string) error {
		if info, err := p.Machine.Disk().Stat(p.Path(name), false); err == nil && !info.IsDir() {
			return disk.ENOTDIR
		}
		err := p.Machine.Disk().Remove(p.Path(name), true, false)
		for above := path.Dir(name); err == nil && o.Has('p') && above != "." && above != "/"; above = path.Dir(above) {
			err = p.Machine.Disk().Remove(p.Path(above), true, false)
		}
		return err
	})
}

func rm(_ context.Context, p *sh.Process) int {
	o, err := p.Options("rRfv")
	if err != nil {
		return p.Complain("%v", err)
	}
	if o.Has('f') && len(o.Rest) == 0 {
		return 0
	}
	return forAll(p, o.Rest, func(name string) error {
		if o.Has('v') {
			sayRemoved(p, name, o.Has('r') || o.Has('R'))
		}
		err := p.Machine.Disk().Remove(p.Path(name), false, o.Has('r') || o.Has('R'))
		if err == disk.ENOENT && o.Has('f') {
			return nil
		}
		return err
	})
}

// sayRemoved names what rm -v takes away, what is in a directory before it.
func sayRemoved(p *sh.Process, name string, all bool) {
	if info, err := p.Machine.Disk().Stat(p.Path(name), false); err != nil || info.IsDir() && !all {
		return
	}
	var lines []string
	walk(p, name, func(name string, info disk.Info) bool {
		lines = append(lines, fmt.Sprintf("%s '%s'\n", map[bool]string{true: "rmdir", false: "rm"}[info.IsDir()], name))
		return true
	})
	for _, line := range slices.Backward(lines) {
		p.Print(line)
	}
}

func unlink(_ context.Context, p *sh.Process) int {
	if len(p.Argv) != 2 {
		return p.Complain("needs 1 argument")
	}
	return forAll(p, p.Argv[1:], func(name string) error { return p.Machine.Disk().Remove(p.Path(name), false, false) })
}

func touch(_ context.Context, p *sh.Process) int {
	o, err := p.Options("acd:mr:t:")
	if err != nil {
		return p.Complain("%v", err)
	}
	at := p.Machine.Now()
	if text, ok := o.Set['d']; ok {
		if at, err = readTime(text, "", at.In(zoneOf(p, at))); err != nil {
			return p.Complain("%v", err)
		}
	}
	if text, ok := o.Set['t']; ok {
		if at, err = time.ParseInLocation("200601021504.05", text, zoneOf(p, at)); err != nil {
			return p.Complain("bad date '%s'", text)
		}
	}
	if name, ok := o.Set['r']; ok {
		info, err := p.Machine.Disk().Stat(p.Path(name), true)
		if err != nil {
			return p.Complain("%s: %v", name, err)
		}
		at = info.Changed
	}
	return forAll(p, o.Rest, func(name string) error {
		if _, err := p.Machine.Disk().Stat(p.Path(name), true); err != nil {
			if o.Has('c') {
				return nil
			}
			if _, err := p.Machine.Disk().Open(p.Path(name), os.O_WRONLY|os.O_CREATE, p.Mode(0o666)); err != nil {
				return err
			}
		}
		return p.Machine.Disk().SetModTime(p.Path(name), at)
	})
}

func chmod(_ context.Context, p *sh.Process) int {
	change := ""
	if len(p.Argv) > 2 && strings.Trim(p.Argv[1], "-+=,rwxXst") == "" { // a mode such as -x is no option
		change, p.Argv = p.Argv[1], append(p.Argv[:1:1], p.Argv[2:]...)
	}
	o, err := p.Options("Rf")
	if err != nil {
		return p.Complain("%v", err)
	}
	if change == "" && len(o.Rest) > 0 {
		change, o.Rest = o.Rest[0], o.Rest[1:]
	}
	if len(o.Rest) == 0 {
		return p.Complain("needs 2 arguments")
	}
	one := func(name string, info disk.Info) error {
		mode, err := disk.ParseMode(info.Mode, change)
		if err != nil {
			return err
		}
		return p.Machine.Disk().Chmod(p.Path(name), mode)
	}
	return forAll(p, o.Rest, func(name string) error {
		info, err := p.Machine.Disk().Stat(p.Path(name), true)
		if err == nil {
			err = one(name, info)
		}
		if err == nil && o.Has('R') && info.IsDir() {
			walk(p, name, func(name string, info disk.Info) bool {
				err = cmp.Or(err, one(name, info))
				return true
			})
		}
		return err
	})
}

func ln(_ context.Context, p *sh.Process) int {
	o, err := p.Options("sfnv")
	if err != nil || len(o.Rest) != 2 {
		return p.Complain("needs 2 arguments")
	}
	if !o.Has('s') {
		return p.Complain("cannot create hard link from '%s' to '%s': %v", o.Rest[0], o.Rest[1], disk.EACCES)
	}
	if o.Has('f') {
		p.Machine.Disk().Remove(p.Path(o.Rest[1]), false, false)
	}
	if err := p.Machine.Disk().Symlink(o.Rest[0], p.Path(o.Rest[1]), p.Machine.Now()); err != nil {
		return p.Complain("cannot create symlink from '%s' to '%s': %v", o.Rest[0], o.Rest[1], err)
	}
	return 0
}

func readlink(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("fnemq")
	if err != nil || len(o.Rest) == 0 {
		return p.Complain("needs 1 argument")
	}
	end := "\n"
	if o.Has('n') {
		end = ""
	}
	status := 0
	for _, name := range o.Rest {
		target, err := linkTarget(p, o, name)
		if err != nil {
			status = 1
			continue
		}
		p.Print(target + end)
	}
	return status
}

// linkTarget is what a link holds, or the whole way, of which with -f the last part and
// with -m any need not be there.
func linkTarget(p *sh.Process, o sh.Options, name string) (string, error) {
	if o.Has('f') || o.Has('e') || o.Has('m') {
		real, err := p.Machine.Disk().RealPath(p.Path(name))
		if err == nil || o.Has('e') {
			return real, err
		}
		above, errAbove := p.Machine.Disk().RealPath(path.Dir(p.Path(name)))
		if errAbove != nil && o.Has('m') {
			return p.Path(name), nil
		}
		return path.Join(above, path.Base(name)), errAbove
	}
	info, err := p.Machine.Disk().Stat(p.Path(name), false)
	if err == nil && info.Target == "" {
		err = disk.EINVAL
	}
	return info.Target, err
}

func realpath(_ context.Context, p *sh.Process) int {
	return forAll(p, p.Argv[1:], func(name string) error {
		real, err := linkTarget(p, sh.Options{Set: map[byte]string{'f': ""}}, name)
		if err == nil {
			p.Print(real + "\n")
		}
		return err
	})
}

func basename(_ context.Context, p *sh.Process) int {
	o, err := p.Options("as:")
	if err != nil {
		return p.Complain("%v", err)
	}
	names, suffix := o.Rest, o.Set['s']
	if !o.Has('a') && !o.Has('s') && len(names) > 1 {
		names, suffix = names[:1], names[1]
	}
	return forAll(p, names, func(name string) error {
		base := path.Base(name)
		if base != suffix {
			base = strings.TrimSuffix(base, suffix)
		}
		p.Print(base + "\n")
		return nil
	})
}

func dirname(_ context.Context, p *sh.Process) int {
	return forAll(p, p.Argv[1:], func(name string) error {
		if name != "" {
			name = cmp.Or(strings.TrimRight(name, "/"), "/")
		}
		p.Print(path.Dir(name) + "\n")
		return nil
	})
}

func mktemp(_ context.Context, p *sh.Process) int {
	o, err := p.Options("dqup:")
	if err != nil {
		return p.Complain("%v", err)
	}
	base, pattern := "/data/local/tmp", "tmp.XXXXXXXX"
	if len(o.Rest) > 0 {
		base, pattern = "", o.Rest[0]
	}
	if dir, ok := o.Set['p']; ok {
		base = dir
	}
	front := strings.TrimRight(pattern, "X")
	if len(pattern)-len(front) < 2 {
		return p.Complain("need XX in template")
	}
	for n := range 1000 {
		lot := fmt.Sprintf("%08x%08x", sh.Seed(p.Machine.Serial(), p.Machine.Now().Format(time.RFC3339Nano), strconv.Itoa(n)), n)
		name := path.Join(base, front+lot[:min(len(lot), len(pattern)-len(front))])
		if strings.HasPrefix(front, "./") && base == "" {
			name = "./" + name
		}
		if _, err := p.Machine.Disk().Stat(p.Path(name), false); err == nil {
			continue
		}
		switch {
		case o.Has('u'):
			err = nil
		case o.Has('d'):
			err = p.Machine.Disk().Mkdir(p.Path(name), false, 0o700, p.Machine.Now())
		default:
			_, err = p.Machine.Disk().Open(p.Path(name), os.O_WRONLY|os.O_CREATE, 0o600)
		}
		if err != nil {
			return p.Complain("%s: %v", name, err)
		}
		return p.Print(name + "\n")
	}
	return p.Complain("%s: %v", base, disk.EEXIST)
}
