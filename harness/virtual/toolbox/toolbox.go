package toolbox

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/sh"
)

// Commands holds the commands that any Unix has and that Android takes from
// toybox. Each does what scripts ask of it, in toybox's words; none reads more
// than it must into memory.
func Commands() map[string]sh.Command {
	return map[string]sh.Command{
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
		"sh":         shCommand,
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

// each hands every named file to do, or stdin where none is named; "-" names
// stdin. What cannot be opened is complained of, and the rest still done.
func each(p *sh.Process, ctx context.Context, names []string, do func(name string, r io.Reader) error) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	status := 0
	for _, name := range names {
		err := one(p, ctx, name, do)
		var wrong disk.Errno
		switch {
		case errors.As(err, &wrong):
			status = p.Complain("%s: %v", name, err)
		case err != nil:
			return 1
		}
	}
	return status
}

func one(p *sh.Process, ctx context.Context, name string, do func(name string, r io.Reader) error) error {
	if name == "-" {
		return do(name, sh.Cancellable(ctx, p.Stdin))
	}
	f, err := p.Machine.Disk().Open(p.Path(name), os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return do(name, sh.Cancellable(ctx, f))
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
