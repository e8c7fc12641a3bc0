package toolbox

import (
	"bufio"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"strings"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/sh"
)

// Commands holds the commands that any Unix has and that Android takes from
// toybox. Each does what scripts ask of it, in toybox's words; none reads more
// than it must into memory.
func Commands() map[string]sh.Command {
	all := textTools()
	maps.Copy(all, fileTools())
	maps.Copy(all, systemTools())
	return all
}

// textTools are those that read text and print it otherwise.
func textTools() map[string]sh.Command {
	return map[string]sh.Command{
		"base64":    base64Command,
		"cat":       cat,
		"cksum":     cksum,
		"cmp":       cmpCommand,
		"cut":       cut,
		"echo":      echo,
		"egrep":     grep,
		"expr":      expr,
		"fgrep":     grep,
		"grep":      grep,
		"head":      head,
		"md5sum":    sum,
		"paste":     paste,
		"print":     printCommand,
		"printf":    printf,
		"sed":       sed,
		"seq":       seq,
		"sha1sum":   sum,
		"sha224sum": sum,
		"sha256sum": sum,
		"sha512sum": sum,
		"sort":      sortCommand,
		"tac":       tac,
		"tail":      tail,
		"tee":       tee,
		"tr":        tr,
		"uniq":      uniq,
		"wc":        wc,
		"xxd":       xxd,
		"yes":       yes,
	}
}

// fileTools are those that look at files and change them.
func fileTools() map[string]sh.Command {
	return map[string]sh.Command{
		"basename": basename,
		"chmod":    chmod,
		"cp":       cp,
		"dd":       dd,
		"df":       df,
		"dirname":  dirname,
		"du":       du,
		"find":     find,
		"ln":       ln,
		"ls":       ls,
		"mkdir":    mkdir,
		"mktemp":   mktemp,
		"mv":       mv,
		"readlink": readlink,
		"realpath": realpath,
		"rm":       rm,
		"rmdir":    rmdir,
		"stat":     statCommand,
		"sync":     trueCommand,
		"touch":    touch,
		"unlink":   unlink,
	}
}

// systemTools are those about the handset, its users and processes.
func systemTools() map[string]sh.Command {
	return map[string]sh.Command{
		"date":       date,
		"env":        envCommand,
		"false":      falseCommand,
		"getenforce": getenforce,
		"hostname":   hostname,
		"id":         id,
		"kill":       kill,
		"nohup":      startOther,
		"nproc":      nproc,
		"printenv":   envCommand,
		"setsid":     startOther,
		"sh":         shCommand,
		"sleep":      sleep,
		"timeout":    timeout,
		"toybox":     toybox,
		"true":       trueCommand,
		"tty":        tty,
		"uname":      uname,
		"usleep":     usleep,
		"which":      which,
		"whoami":     whoami,
		"xargs":      xargs,
	}
}

// each hands every named file to do, or stdin where none is named; "-" names
// stdin. What cannot be opened is complained of, and the rest still done.
func each(ctx context.Context, p *sh.Process, names []string, do func(name string, r io.Reader) error) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	status := 0
	for _, name := range names {
		err := one(ctx, p, name, do)
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

func one(ctx context.Context, p *sh.Process, name string, do func(name string, r io.Reader) error) error {
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
	return eachPiece(r, func(line string) error { return do(strings.TrimSuffix(line, "\n")) })
}

// eachPiece hands out lines as eachLine does, each with its end if it has one.
func eachPiece(r io.Reader, do func(line string) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	var long []byte
	for {
		piece, err := in.ReadSlice('\n')
		long = append(long, piece...)
		if err == bufio.ErrBufferFull && len(long) < longestLine {
			continue
		}
		if len(long) > 0 {
			if err := do(string(long)); err != nil {
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
