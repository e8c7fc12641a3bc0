package virtual

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
)

// forAll does something to every operand and complains of those that refuse.
func (p *Process) forAll(names []string, do func(name string) error) int {
	if len(names) == 0 {
		return p.complain("needs 1 argument")
	}
	status := 0
	for _, name := range names {
		if err := do(name); err != nil {
			status = p.complain("%s: %v", name, err)
		}
	}
	return status
}

func mkdir(_ context.Context, p *Process) int {
	o, err := p.options("pvm:")
	if err != nil {
		return p.complain("%v", err)
	}
	return p.forAll(o.rest, func(name string) error {
		return p.machine.Disk().Mkdir(p.path(name), o.has('p'), p.machine.Now())
	})
}

func rmdir(_ context.Context, p *Process) int {
	o, err := p.options("p")
	if err != nil {
		return p.complain("%v", err)
	}
	return p.forAll(o.rest, func(name string) error {
		if info, err := p.machine.Disk().Stat(p.path(name), false); err == nil && !info.IsDir() {
			return disk.ENOTDIR
		}
		return p.machine.Disk().Remove(p.path(name), true, false)
	})
}

func rm(_ context.Context, p *Process) int {
	o, err := p.options("rRfiv")
	if err != nil {
		return p.complain("%v", err)
	}
	if o.has('f') && len(o.rest) == 0 {
		return 0
	}
	return p.forAll(o.rest, func(name string) error {
		err := p.machine.Disk().Remove(p.path(name), false, o.has('r') || o.has('R'))
		if err == disk.ENOENT && o.has('f') {
			return nil
		}
		return err
	})
}

func mv(ctx context.Context, p *Process) int {
	o, err := p.options("finv")
	if err != nil || len(o.rest) < 2 {
		return p.complain("needs 2 arguments")
	}
	to := o.rest[len(o.rest)-1]
	info, err := p.machine.Disk().Stat(p.path(to), true)
	if len(o.rest) > 2 && (err != nil || !info.IsDir()) {
		return p.complain("%s: %v", to, disk.ENOTDIR)
	}
	return p.forAll(o.rest[:len(o.rest)-1], func(name string) error {
		return p.machine.Disk().Rename(p.path(name), p.path(to))
	})
}

func cp(ctx context.Context, p *Process) int {
	o, err := p.options("rRpfaivd")
	if err != nil || len(o.rest) < 2 {
		return p.complain("needs 2 arguments")
	}
	to := p.path(o.rest[len(o.rest)-1])
	info, err := p.machine.Disk().Stat(to, true)
	into := err == nil && info.IsDir()
	if len(o.rest) > 2 && !into {
		return p.complain("%s: %v", o.rest[len(o.rest)-1], disk.ENOTDIR)
	}
	return p.forAll(o.rest[:len(o.rest)-1], func(name string) error {
		target := to
		if into {
			target = path.Join(to, path.Base(name))
		}
		from := p.path(name)
		info, err := p.machine.Disk().Stat(from, true)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return p.copyFile(ctx, from, target, info.Mode)
		}
		if !o.has('r') && !o.has('R') && !o.has('a') {
			return toyboxSays(fmt.Sprintf("Skipped dir '%s'", name))
		}
		if strings.HasPrefix(target+"/", from+"/") {
			return disk.EINVAL
		}
		return p.copyAll(ctx, from, target)
	})
}

func (p *Process) copyAll(ctx context.Context, from, to string) (err error) {
	p.walk(from, func(name string, info disk.Info) bool {
		target := to + strings.TrimPrefix(name, from)
		switch {
		case err != nil:
		case info.IsDir():
			err = p.machine.Disk().Mkdir(target, true, p.machine.Now())
		case info.Mode&disk.ModeKind == disk.ModeRegular:
			err = p.copyFile(ctx, name, target, info.Mode)
		}
		return err == nil
	})
	return err
}

func (p *Process) copyFile(ctx context.Context, from, to string, mode uint32) error {
	in, err := p.machine.Disk().Open(from, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := p.machine.Disk().Open(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, os.FileMode(mode&0o777))
	if err != nil {
		return err
	}
	defer out.Close()
	_, err = io.Copy(out, cancellable{ctx, in})
	return err
}

func touch(_ context.Context, p *Process) int {
	o, err := p.options("acd:m")
	if err != nil {
		return p.complain("%v", err)
	}
	return p.forAll(o.rest, func(name string) error {
		now := p.machine.Now()
		if _, err := p.machine.Disk().Stat(p.path(name), true); err == nil {
			return p.machine.Disk().SetModTime(p.path(name), now)
		}
		if o.has('c') {
			return nil
		}
		_, err := p.machine.Disk().Open(p.path(name), os.O_WRONLY|os.O_CREATE, 0o660)
		return err
	})
}

func chmod(_ context.Context, p *Process) int {
	o, err := p.options("Rfv")
	if err != nil || len(o.rest) < 2 {
		return p.complain("needs 2 arguments")
	}
	return p.forAll(o.rest[1:], func(name string) error {
		info, err := p.machine.Disk().Stat(p.path(name), true)
		if err != nil {
			return err
		}
		mode, err := newMode(info.Mode, o.rest[0])
		if err != nil {
			return err
		}
		return p.machine.Disk().Chmod(p.path(name), mode)
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

func ln(_ context.Context, p *Process) int {
	o, err := p.options("sfnv")
	if err != nil || len(o.rest) != 2 {
		return p.complain("needs 2 arguments")
	}
	if !o.has('s') {
		return p.complain("cannot create hard link from '%s' to '%s': %v", o.rest[0], o.rest[1], disk.EACCES)
	}
	if o.has('f') {
		p.machine.Disk().Remove(p.path(o.rest[1]), false, false)
	}
	if err := p.machine.Disk().Symlink(o.rest[0], p.path(o.rest[1]), p.machine.Now()); err != nil {
		return p.complain("cannot create symlink from '%s' to '%s': %v", o.rest[0], o.rest[1], err)
	}
	return 0
}

func readlink(ctx context.Context, p *Process) int {
	o, err := p.options("fnemq")
	if err != nil || len(o.rest) == 0 {
		return p.complain("needs 1 argument")
	}
	if o.has('f') || o.has('e') || o.has('m') {
		p.argv = append([]string{"realpath"}, o.rest...)
		return realpath(ctx, p)
	}
	status := 0
	for _, name := range o.rest {
		info, err := p.machine.Disk().Stat(p.path(name), false)
		if err != nil || info.Target == "" {
			status = 1
			continue
		}
		fmt.Fprintln(p.stdout, info.Target)
	}
	return status
}

func realpath(_ context.Context, p *Process) int {
	return p.forAll(p.argv[1:], func(name string) error {
		real, err := p.machine.Disk().RealPath(p.path(name))
		if err != nil {
			return err
		}
		fmt.Fprintln(p.stdout, real)
		return nil
	})
}

func basename(_ context.Context, p *Process) int {
	if len(p.argv) < 2 {
		return p.complain("needs 1 argument")
	}
	base := path.Base(p.argv[1])
	if len(p.argv) > 2 && base != p.argv[2] {
		base = strings.TrimSuffix(base, p.argv[2])
	}
	return p.print(base + "\n")
}

func dirname(_ context.Context, p *Process) int {
	if len(p.argv) < 2 {
		return p.complain("needs 1 argument")
	}
	return p.print(path.Dir(p.argv[1]) + "\n")
}

func mktemp(_ context.Context, p *Process) int {
	o, err := p.options("dqup:t")
	if err != nil {
		return p.complain("%v", err)
	}
	base := "/data/local/tmp"
	if dir, ok := o.set['p']; ok {
		base = p.path(dir)
	}
	for n := range 1000 {
		name := path.Join(base, fmt.Sprintf("tmp.%08x", seedOf(p.machine.Serial(), p.machine.Now().Format(time.RFC3339Nano), strconv.Itoa(n))))
		if _, err := p.machine.Disk().Stat(name, false); err == nil {
			continue
		}
		if o.has('d') {
			err = p.machine.Disk().Mkdir(name, false, p.machine.Now())
		} else {
			_, err = p.machine.Disk().Open(name, os.O_WRONLY|os.O_CREATE, 0o600)
		}
		if err != nil {
			return p.complain("%s: %v", name, err)
		}
		return p.print(name + "\n")
	}
	return p.complain("%s: %v", base, disk.EEXIST)
}

// dd copies blocks; conv and flags are accepted and mean nothing here.
func dd(ctx context.Context, p *Process) int {
	set := map[string]string{"bs": "512", "count": "-", "skip": "0", "seek": "0"}
	for _, a := range p.argv[1:] {
		name, value, ok := strings.Cut(a, "=")
		if !ok {
			return p.complain("bad arg %s", a)
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
			return p.complain("%v", err)
		}
		numbers[name] = n
	}
	block := numbers["bs"]
	if block < 1 || block > 64<<20 {
		return p.complain("bs=%s: %v", set["bs"], disk.EINVAL)
	}
	in, out, err := p.ddFiles(set)
	if err != nil {
		return p.complain("%v", err)
	}
	r := cancellable{ctx, in}
	if _, err := io.CopyN(io.Discard, r, numbers["skip"]*block); err != nil && err != io.EOF {
		return p.complain("%v", err)
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
	fmt.Fprintf(p.stderr, "%d+%d records in\n%d+%d records out\n%d bytes (%s) copied, 0.000 s, 0 B/s\n", full, part, full, part, n, human(n))
	if err != nil {
		return p.complain("%v", err)
	}
	return 0
}

func (p *Process) ddFiles(set map[string]string) (in io.Reader, out io.Writer, err error) {
	in, out = p.stdin, p.stdout
	if name := set["if"]; name != "" {
		if in, err = p.machine.Disk().Open(p.path(name), os.O_RDONLY, 0); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if name := set["of"]; name != "" {
		flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
		if strings.Contains(set["conv"], "notrunc") {
			flags &^= os.O_TRUNC
		}
		if out, err = p.machine.Disk().Open(p.path(name), flags, 0o660); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return in, out, nil
}
