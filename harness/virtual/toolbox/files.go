package toolbox

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
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
	return forAll(p, o.Rest, func(name string) error {
		return p.Machine.Disk().Mkdir(p.Path(name), o.Has('p'), p.Machine.Now())
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
		return p.Machine.Disk().Remove(p.Path(name), true, false)
	})
}

func rm(_ context.Context, p *sh.Process) int {
	o, err := p.Options("rRfiv")
	if err != nil {
		return p.Complain("%v", err)
	}
	if o.Has('f') && len(o.Rest) == 0 {
		return 0
	}
	return forAll(p, o.Rest, func(name string) error {
		err := p.Machine.Disk().Remove(p.Path(name), false, o.Has('r') || o.Has('R'))
		if err == disk.ENOENT && o.Has('f') {
			return nil
		}
		return err
	})
}

func mv(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("finv")
	if err != nil || len(o.Rest) < 2 {
		return p.Complain("needs 2 arguments")
	}
	to := o.Rest[len(o.Rest)-1]
	info, err := p.Machine.Disk().Stat(p.Path(to), true)
	if len(o.Rest) > 2 && (err != nil || !info.IsDir()) {
		return p.Complain("%s: %v", to, disk.ENOTDIR)
	}
	return forAll(p, o.Rest[:len(o.Rest)-1], func(name string) error {
		return p.Machine.Disk().Rename(p.Path(name), p.Path(to))
	})
}

func cp(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("rRpfaivd")
	if err != nil || len(o.Rest) < 2 {
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
		from := p.Path(name)
		info, err := p.Machine.Disk().Stat(from, true)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return copyFile(p, ctx, from, target, info.Mode)
		}
		if !o.Has('r') && !o.Has('R') && !o.Has('a') {
			return sh.ToyboxSays(fmt.Sprintf("Skipped dir '%s'", name))
		}
		if strings.HasPrefix(target+"/", from+"/") {
			return disk.EINVAL
		}
		return copyAll(p, ctx, from, target)
	})
}

func copyAll(p *sh.Process, ctx context.Context, from, to string) (err error) {
	walk(p, from, func(name string, info disk.Info) bool {
		target := to + strings.TrimPrefix(name, from)
		switch {
		case err != nil:
		case info.IsDir():
			err = p.Machine.Disk().Mkdir(target, true, p.Machine.Now())
		case info.Mode&disk.ModeKind == disk.ModeRegular:
			err = copyFile(p, ctx, name, target, info.Mode)
		}
		return err == nil
	})
	return err
}

func copyFile(p *sh.Process, ctx context.Context, from, to string, mode uint32) error {
	in, err := p.Machine.Disk().Open(from, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := p.Machine.Disk().Open(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, os.FileMode(mode&0o777))
	if err != nil {
		return err
	}
	defer out.Close()
	_, err = io.Copy(out, sh.Cancellable(ctx, in))
	return err
}

func touch(_ context.Context, p *sh.Process) int {
	o, err := p.Options("acd:m")
	if err != nil {
		return p.Complain("%v", err)
	}
	return forAll(p, o.Rest, func(name string) error {
		now := p.Machine.Now()
		if _, err := p.Machine.Disk().Stat(p.Path(name), true); err == nil {
			return p.Machine.Disk().SetModTime(p.Path(name), now)
		}
		if o.Has('c') {
			return nil
		}
		_, err := p.Machine.Disk().Open(p.Path(name), os.O_WRONLY|os.O_CREATE, 0o660)
		return err
	})
}

func chmod(_ context.Context, p *sh.Process) int {
	o, err := p.Options("Rfv")
	if err != nil || len(o.Rest) < 2 {
		return p.Complain("needs 2 arguments")
	}
	return forAll(p, o.Rest[1:], func(name string) error {
		info, err := p.Machine.Disk().Stat(p.Path(name), true)
		if err != nil {
			return err
		}
		mode, err := newMode(info.Mode, o.Rest[0])
		if err != nil {
			return err
		}
		return p.Machine.Disk().Chmod(p.Path(name), mode)
	})
}

// newMode reads 755, +x, u+rw or go-w.
func newMode(old uint32, change string) (uint32, error) {
	if n, err := strconv.ParseUint(change, 8, 12); err == nil {
		return uint32(n), nil
	}
	at := strings.IndexAny(change, "+-=")
	if at < 0 || strings.Trim(change[:at], "ugoa") != "" {
		return 0, fmt.Errorf("bad mode '%s'", change)
	}
	var bits, who uint32
	for _, c := range change[at+1:] {
		bits |= map[rune]uint32{'r': 4, 'w': 2, 'x': 1, 'X': 1}[c]
	}
	for _, c := range change[:at] {
		who |= map[rune]uint32{'u': 0o700, 'g': 0o070, 'o': 0o007, 'a': 0o777}[c]
	}
	if who == 0 {
		who = 0o777
	}
	all := (bits | bits<<3 | bits<<6) & who
	switch change[at] {
	case '+':
		return old | all, nil
	case '-':
		return old &^ all, nil
	}
	return old&^who | all, nil
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
	if o.Has('f') || o.Has('e') || o.Has('m') {
		p.Argv = append([]string{"realpath"}, o.Rest...)
		return realpath(ctx, p)
	}
	status := 0
	for _, name := range o.Rest {
		info, err := p.Machine.Disk().Stat(p.Path(name), false)
		if err != nil || info.Target == "" {
			status = 1
			continue
		}
		fmt.Fprintln(p.Stdout, info.Target)
	}
	return status
}

func realpath(_ context.Context, p *sh.Process) int {
	return forAll(p, p.Argv[1:], func(name string) error {
		real, err := p.Machine.Disk().RealPath(p.Path(name))
		if err != nil {
			return err
		}
		fmt.Fprintln(p.Stdout, real)
		return nil
	})
}

func basename(_ context.Context, p *sh.Process) int {
	if len(p.Argv) < 2 {
		return p.Complain("needs 1 argument")
	}
	base := path.Base(p.Argv[1])
	if len(p.Argv) > 2 && base != p.Argv[2] {
		base = strings.TrimSuffix(base, p.Argv[2])
	}
	return p.Print(base + "\n")
}

func dirname(_ context.Context, p *sh.Process) int {
	if len(p.Argv) < 2 {
		return p.Complain("needs 1 argument")
	}
	return p.Print(path.Dir(p.Argv[1]) + "\n")
}

func mktemp(_ context.Context, p *sh.Process) int {
	o, err := p.Options("dqup:t")
	if err != nil {
		return p.Complain("%v", err)
	}
	base := "/data/local/tmp"
	if dir, ok := o.Set['p']; ok {
		base = p.Path(dir)
	}
	for n := range 1000 {
		name := path.Join(base, fmt.Sprintf("tmp.%08x", sh.Seed(p.Machine.Serial(), p.Machine.Now().Format(time.RFC3339Nano), strconv.Itoa(n))))
		if _, err := p.Machine.Disk().Stat(name, false); err == nil {
			continue
		}
		if o.Has('d') {
			err = p.Machine.Disk().Mkdir(name, false, p.Machine.Now())
		} else {
			_, err = p.Machine.Disk().Open(name, os.O_WRONLY|os.O_CREATE, 0o600)
		}
		if err != nil {
			return p.Complain("%s: %v", name, err)
		}
		return p.Print(name + "\n")
	}
	return p.Complain("%s: %v", base, disk.EEXIST)
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
		if out, err = p.Machine.Disk().Open(p.Path(name), flags, 0o660); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return in, out, nil
}
