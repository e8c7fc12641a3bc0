package virtual

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"assay/harness/virtual/disk"
)

// toolbox holds the commands that any Unix has and that Android takes from
// toybox. Each does what scripts ask of it, in toybox's words; none reads more
// than it must into memory.
func toolbox() map[string]Command {
	return map[string]Command{
		"base64":     base64Command,
		"basename":   basename,
		"cat":        cat,
		"chmod":      chmod,
		"cksum":      cksum,
		"cmp":        cmpCommand,
		"cp":         cp,
		"cut":        cut,
		"date":       date,
		"dd":         dd,
		"df":         df,
		"dirname":    dirname,
		"du":         du,
		"echo":       echo,
		"egrep":      grep,
		"env":        envCommand,
		"expr":       expr,
		"false":      falseCommand,
		"fgrep":      grep,
		"find":       find,
		"getenforce": getenforce,
		"grep":       grep,
		"head":       head,
		"hostname":   hostname,
		"id":         id,
		"kill":       kill,
		"ln":         ln,
		"ls":         ls,
		"md5sum":     sum,
		"mkdir":      mkdir,
		"mktemp":     mktemp,
		"mv":         mv,
		"nproc":      nproc,
		"paste":      paste,
		"print":      printCommand,
		"printenv":   envCommand,
		"printf":     printf,
		"readlink":   readlink,
		"realpath":   realpath,
		"rm":         rm,
		"rmdir":      rmdir,
		"sed":        sed,
		"seq":        seq,
		"sh":         sh,
		"sha1sum":    sum,
		"sha224sum":  sum,
		"sha256sum":  sum,
		"sha512sum":  sum,
		"sleep":      sleep,
		"sort":       sortCommand,
		"stat":       statCommand,
		"sync":       trueCommand,
		"tac":        tac,
		"tail":       tail,
		"tee":        tee,
		"timeout":    timeout,
		"touch":      touch,
		"toybox":     toybox,
		"tr":         tr,
		"true":       trueCommand,
		"tty":        tty,
		"uname":      uname,
		"uniq":       uniq,
		"usleep":     usleep,
		"wc":         wc,
		"which":      which,
		"whoami":     whoami,
		"xargs":      xargs,
		"xxd":        xxd,
		"yes":        yes,
	}
}

// options are the flags of a command line, and what stands after them.
type options struct {
	set  map[byte]string // of a flag without a value: empty
	rest []string
}

func (o options) has(flag byte) bool { _, ok := o.set[flag]; return ok }

// options reads flags as getopt does, mixed with operands. In spec a colon
// follows each flag that takes a value. After -- all are operands.
func (p *Process) options(spec string) (options, error) {
	o := options{set: map[byte]string{}}
	for args := p.argv[1:]; len(args) > 0; args = args[1:] {
		a := args[0]
		if a == "--" {
			o.rest = append(o.rest, args[1:]...)
			break
		}
		if len(a) < 2 || a[0] != '-' {
			o.rest = append(o.rest, a)
			continue
		}
		for i := 1; i < len(a); i++ {
			at := strings.IndexByte(spec, a[i])
			if at < 0 || a[i] == ':' {
				return o, toyboxSays(fmt.Sprintf("Unknown option '%s' (see \"%s --help\")", a[i:], p.argv[0]))
			}
			if at+1 == len(spec) || spec[at+1] != ':' {
				o.set[a[i]] = ""
				continue
			}
			value := a[i+1:]
			if value == "" {
				if len(args) < 2 {
					return o, toyboxSays(fmt.Sprintf("Missing argument to -%c", a[i]))
				}
				args = args[1:]
				value = args[0]
			}
			o.set[a[i]] = value
			break
		}
	}
	return o, nil
}

// toyboxSays is an error in toybox's own words.
type toyboxSays string

func (t toyboxSays) Error() string { return string(t) }

// complain prints a message as toybox does and returns the status 1.
func (p *Process) complain(format string, a ...any) int {
	fmt.Fprintf(p.stderr, "%s: %s\n", p.argv[0], fmt.Sprintf(format, a...))
	return 1
}

// path resolves a name against the working directory.
func (p *Process) path(name string) string { return disk.Absolute(p.dir, name) }

// each hands every named file to do, or stdin where none is named; "-" names
// stdin. What cannot be opened is complained of, and the rest still done.
func (p *Process) each(ctx context.Context, names []string, do func(name string, r io.Reader) error) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	status := 0
	for _, name := range names {
		err := p.one(ctx, name, do)
		var wrong disk.Errno
		switch {
		case errors.As(err, &wrong):
			status = p.complain("%s: %v", name, err)
		case err != nil:
			return 1
		}
	}
	return status
}

func (p *Process) one(ctx context.Context, name string, do func(name string, r io.Reader) error) error {
	if name == "-" {
		return do(name, cancellable{ctx, p.stdin})
	}
	f, err := p.machine.Disk().Open(p.path(name), os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return do(name, cancellable{ctx, f})
}

// cancellable stops a reader that would go on for ever.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// longestLine is the longest line that is handled as one, in bytes.
const longestLine = 1 << 20

// eachLine hands out lines without their ends until do returns an error; a last
// line without an end counts.
func eachLine(r io.Reader, do func(line string) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	var long []byte
	for {
		piece, err := in.ReadSlice('\n')
		long = append(long, piece...)
		if err == bufio.ErrBufferFull && len(long) < longestLine {
			continue
		}
		if len(long) > 0 {
			if err := do(strings.TrimSuffix(string(long), "\n")); err != nil {
				return err
			}
		}
		long = long[:0]
		switch {
		case err == io.EOF:
			return nil
		case err != nil && err != bufio.ErrBufferFull:
			return err
		}
	}
}

// errEnough stops eachLine before the end of its input.
var errEnough = errors.New("enough")
