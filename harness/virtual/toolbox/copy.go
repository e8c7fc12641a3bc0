package toolbox

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/sh"
)

func mv(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("fn")
	if err != nil || len(o.Rest) < 2 {
		return p.Complain("needs 2 arguments")
	}
	to := o.Rest[len(o.Rest)-1]
	info, err := p.Machine.Disk().Stat(p.Path(to), true)
	if len(o.Rest) > 2 && (err != nil || !info.IsDir()) {
		return p.Complain("%s: %v", to, disk.ENOTDIR)
	}
	return forAll(p, o.Rest[:len(o.Rest)-1], func(name string) error {
		if o.Has('n') && exists(p, name, to) {
			return nil
		}
		return p.Machine.Disk().Rename(p.Path(name), p.Path(to))
	})
}

// exists says whether what a file would become is there already.
func exists(p *sh.Process, name, to string) bool {
	info, err := p.Machine.Disk().Stat(p.Path(to), true)
	if err == nil && info.IsDir() {
		_, err = p.Machine.Disk().Stat(path.Join(p.Path(to), path.Base(name)), false)
	}
	return err == nil
}

func cp(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("rRpfanv")
	if err != nil {
		return p.Complain("%v", err)
	}
	if len(o.Rest) < 2 {
		return p.Complain("needs 2 arguments")
	}
	to := p.Path(o.Rest[len(o.Rest)-1])
	info, err := p.Machine.Disk().Stat(to, true)
	into := err == nil && info.IsDir()
	if len(o.Rest) > 2 && !into {
		return p.Complain("%s: %v", o.Rest[len(o.Rest)-1], disk.ENOTDIR)
	}
	return forAll(p, o.Rest[:len(o.Rest)-1], func(name string) error {
		target := to
		if into {
			target = path.Join(to, path.Base(name))
		}
		if o.Has('n') && exists(p, name, o.Rest[len(o.Rest)-1]) {
			return nil
		}
		if o.Has('v') {
			p.Print(fmt.Sprintf("%s '%s'\n", p.Argv[0], name))
		}
		return copyOne(ctx, p, o, name, target)
	})
}

func copyOne(ctx context.Context, p *sh.Process, o sh.Options, name, target string) error {
	from, keep := p.Path(name), o.Has('p') || o.Has('a')
	info, err := p.Machine.Disk().Stat(from, true)
	if err != nil {
		return err
	}
	if there, err := p.Machine.Disk().Stat(target, true); err == nil && there.Inode == info.Inode {
		return sh.ToyboxSays(fmt.Sprintf("'%s' is '%s'", name, target))
	}
	if !info.IsDir() {
		return copyFile(ctx, p, copied{from, target, info, keep})
	}
	if !o.Has('r') && !o.Has('R') && !o.Has('a') {
		return sh.ToyboxSays(fmt.Sprintf("Skipped dir '%s'", name))
	}
	if strings.HasPrefix(target+"/", from+"/") {
		return disk.EINVAL
	}
	return copyAll(ctx, p, from, target, keep)
}

func copyAll(ctx context.Context, p *sh.Process, from, to string, keep bool) (err error) {
	walk(p, from, func(name string, info disk.Info) bool {
		target := to + strings.TrimPrefix(name, from)
		switch {
		case err != nil:
		case info.IsDir():
			err = p.Machine.Disk().Mkdir(target, true, info.Mode&0o777&^uint32(0o777&^p.Mode(0o777)), p.Machine.Now())
		case info.Mode&disk.ModeKind == disk.ModeRegular:
			err = copyFile(ctx, p, copied{name, target, info, keep})
		}
		return err == nil
	})
	return err
}

// copied is a file that is copied.
type copied struct {
	from, to string
	info     disk.Info // of from
	keep     bool      // its time
}

func copyFile(ctx context.Context, p *sh.Process, c copied) error {
	in, err := p.Machine.Disk().Open(c.from, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := p.Machine.Disk().Open(c.to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, p.Mode(os.FileMode(c.info.Mode&0o777)))
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := io.Copy(out, sh.Cancellable(ctx, in)); err != nil || !c.keep {
		return err
	}
	return p.Machine.Disk().SetModTime(c.to, c.info.Changed)
}

// dd copies blocks; conv and flags are accepted and mean nothing here.
func dd(ctx context.Context, p *sh.Process) int {
	set := map[string]string{"bs": "512", "count": "-", "skip": "0", "seek": "0"}
	for _, a := range p.Argv[1:] {
		name, value, ok := strings.Cut(a, "=")
		if !ok {
			return p.Complain("bad arg %s", a)
		}
		set[name] = value
	}
	numbers := map[string]int64{}
	for _, name := range []string{"bs", "skip", "seek", "count"} {
		if set[name] == "-" {
			numbers[name] = 1 << 40
			continue
		}
		n, err := count(set[name])
		if err != nil {
			return p.Complain("%v", err)
		}
		numbers[name] = n
	}
	block := numbers["bs"]
	if block < 1 || block > 64<<20 {
		return p.Complain("bs=%s: %v", set["bs"], disk.EINVAL)
	}
	in, out, err := ddFiles(p, set)
	if err != nil {
		return p.Complain("%v", err)
	}
	r := sh.Cancellable(ctx, in)
	if _, err := io.CopyN(io.Discard, r, numbers["skip"]*block); err != nil && err != io.EOF {
		return p.Complain("%v", err)
	}
	if f, ok := out.(*disk.File); ok {
		f.SeekTo(numbers["seek"] * block)
	}
	limit := int64(1 << 62)
	if numbers["count"] < limit/block {
		limit = numbers["count"] * block
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{out}, struct{ io.Reader }{io.LimitReader(r, limit)}, make([]byte, min(block, 1<<20)))
	full, part := n/block, min(n%block, 1)
	fmt.Fprintf(p.Stderr, "%d+%d records in\n%d+%d records out\n%d bytes (%s) copied, 0.000 s, 0 B/s\n", full, part, full, part, n, human(n))
	if err != nil {
		return p.Complain("%v", err)
	}
	return 0
}

func ddFiles(p *sh.Process, set map[string]string) (in io.Reader, out io.Writer, err error) {
	in, out = p.Stdin, p.Stdout
	if name := set["if"]; name != "" {
		if in, err = p.Machine.Disk().Open(p.Path(name), os.O_RDONLY, 0); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if name := set["of"]; name != "" {
		flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
		if strings.Contains(set["conv"], "notrunc") {
			flags &^= os.O_TRUNC
		}
		if out, err = p.Machine.Disk().Open(p.Path(name), flags, p.Mode(0o666)); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return in, out, nil
}
