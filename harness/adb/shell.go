package adb

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	mostShell  = 16 << 20 // bytes of stdout that Shell keeps
	mostStderr = 64 << 10 // bytes of stderr that Shell keeps
	mostScript = 1 << 20  // bytes of a command that goes in by standard input
)

// Command is one command for a handset's sh.
type Command struct {
	Argv   []string  // quoted for the handset; a script is {"sh", "-c", script}
	Stdin  io.Reader // nil: empty
	Stdout io.Writer // nil: discarded
	Stderr io.Writer // nil: discarded

	Silence time.Duration // without a byte either way; 0: the server's option, negative: no limit
	Total   time.Duration // for all of it; 0: no limit
	Limit   int64         // bytes of stdout, and of stderr; 0: no limit
}

// String is the command line as the handset's sh is given it.
func (c Command) String() string { return Quote(c.Argv...) }

// Shell runs a command and gives what it printed on stdout, at most 16 MiB; more
// is an *OutputLimit. An exit status other than 0 is an *ExitError. With either,
// and with a *TransportLost, the output so far is returned too.
func (d *Device) Shell(ctx context.Context, argv ...string) (string, error) {
	var stdout bytes.Buffer
	stderr := head{most: mostStderr}
	c := Command{Argv: argv, Stdout: &stdout, Stderr: &stderr, Limit: mostShell}
	exit, err := d.Run(ctx, c)
	if err == nil && exit != 0 {
		err = d.wrap(c.String(), &ExitError{Command: c.String(), Exit: exit, Stderr: stderr.String()})
	}
	return stdout.String(), err
}

// Run runs a command, streaming, and gives its exit status: 128+n for a signal
// n. An error means that the command did not provably run to its end; the exit
// status is then -1, and what came until then has been written.
//
// A handset without shell v2 (Android 6 and older) merges stderr with stdout and
// takes no standard input.
//
// Run does not wait for a Stdin whose Read blocks: its goroutine lives until the
// Read returns. Cancelling the context ends the connection, upon which adbd
// hangs up on the shell; a silent child of that shell lives on, unless Argv
// begins with "exec".
func (d *Device) Run(ctx context.Context, c Command) (int, error) {
	exit, err := d.run(ctx, c)
	if err != nil {
		return -1, d.wrap(c.String(), d.blame(ctx, err))
	}
	return exit, nil
}

// Exec runs a command as Run does, through the exec service, which every adbd
// since Android 5 has: no terminal stands between, so that the output of a
// handset without shell v2 is byte-exact. Stderr is merged with stdout, and
// there is no standard input.
func (d *Device) Exec(ctx context.Context, c Command) (int, error) {
	exit, err := d.runSentinel(ctx, "exec:", c)
	if err != nil {
		return -1, d.wrap(c.String(), d.blame(ctx, err))
	}
	return exit, nil
}

func (d *Device) run(ctx context.Context, c Command) (int, error) {
	v2, err := d.can(ctx, "shell_v2")
	if err != nil {
		return -1, err
	}
	if v2 {
		return d.runV2(ctx, c)
	}
	return d.runSentinel(ctx, "shell:", c)
}

// check refuses what no command line can hold.
func (c Command) check() error {
	if len(c.Argv) == 0 || c.Argv[0] == "" {
		return fmt.Errorf("empty command")
	}
	for _, word := range c.Argv {
		if strings.IndexByte(word, 0) >= 0 {
			return fmt.Errorf("argument %q holds a NUL", abbreviate(word))
		}
	}
	return nil
}

// silence gives the limit that holds for this command.
func (d *Device) silence(c Command) time.Duration {
	if c.Silence != 0 {
		return c.Silence
	}
	return d.server.Silence
}

// writers gives the command's outputs, bounded.
func (c Command) writers() (stdout, stderr io.Writer) {
	return bounded(c.Stdout, "stdout", c.Limit), bounded(c.Stderr, "stderr", c.Limit)
}

func bounded(w io.Writer, stream string, limit int64) io.Writer {
	if w == nil {
		w = io.Discard
	}
	if limit <= 0 {
		return w
	}
	return &boundedWriter{w: w, left: limit, err: OutputLimit{Stream: stream, Limit: limit}}
}

// boundedWriter writes up to its limit, and errs on what is over.
type boundedWriter struct {
	w    io.Writer
	left int64
	err  OutputLimit
}

func (b *boundedWriter) Write(p []byte) (int, error) {
	n, err := b.w.Write(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if err == nil && n < len(p) {
		err = &b.err
	}
	return n, err
}

// head keeps the first bytes written to it, and takes the rest.
type head struct {
	most int
	bytes.Buffer
}

func (h *head) Write(p []byte) (int, error) {
	h.Buffer.Write(p[:min(len(p), max(0, h.most-h.Len()))])
	return len(p), nil
}
