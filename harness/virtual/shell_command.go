package virtual

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"sync"
)

// Process is one running command of a machine: what it was called with and what
// it may touch. It sees the virtual handset and nothing of the host.
type Process struct {
	machine        Machine
	argv           []string // argv[0] is the command's own name
	stdin          io.Reader
	stdout, stderr io.Writer
	dir            string                   // working directory, absolute
	env            func(string) string      // a variable of the shell that started it; empty where unset
	exported       func() map[string]string // those that the shell hands on; nil: none but the usual
}

// Command is a program of the machine. It returns its exit status, and returns
// soon after its context is cancelled.
type Command func(ctx context.Context, p *Process) int

// gathering are the programs that print much, and not line by line: a service's dump,
// which dumpsys takes from a pipe (frameworks/native/cmds/dumpsys/dumpsys.cpp,
// writeDump), or what stdio has gathered. The others print at once.
var gathering = map[string]bool{
	"appops": true, "cmd": true, "content": true, "device_config": true, "dumpsys": true, "find": true, "getprop": true, "ls": true,
	"pm": true, "ps": true, "service": true, "settings": true, "stat": true,
}

// pieces are the buffers of programs that gather, of the 4096 bytes of a pipe's.
var pieces = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 4096) }}

// gathered is a command that gathers its output. Its errors come after what it
// has printed before them, as on a terminal.
func gathered(c Command) Command {
	return func(ctx context.Context, p *Process) int {
		b := pieces.Get().(*bufio.Writer)
		b.Reset(p.stdout)
		child := *p
		child.stdout, child.stderr = b, after{p.stderr, b}
		status := c(ctx, &child)
		b.Flush() // watched has noted it where nobody reads any more
		b.Reset(nil)
		pieces.Put(b)
		return status
	}
}

// after writes once what was printed before is out.
type after struct {
	to      io.Writer
	printed *bufio.Writer
}

func (a after) Write(p []byte) (int, error) {
	a.printed.Flush()
	return a.to.Write(p)
}

// environment is what a process hands on to one that it starts, as a map of its own.
func (p *Process) environment() map[string]string {
	if p.exported == nil {
		return environment(p.machine)
	}
	return p.exported()
}

// missing says what the shell says of a command that its release does not have, and
// gives the status.
func (p *Process) missing() int {
	if p.machine.SDK() < 29 {
		fmt.Fprintf(p.stderr, "/system/bin/sh: %s: not found\n", p.argv[0])
	} else {
		fmt.Fprintf(p.stderr, "/system/bin/sh: %s: inaccessible or not found\n", p.argv[0])
	}
	return 127
}
