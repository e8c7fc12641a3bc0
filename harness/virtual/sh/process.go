package sh

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"sync"

	"mvdan.cc/sh/v3/expand"
)

// Process is one running command of a machine: what it was called with and what
// it may touch. It sees the virtual handset and nothing of the host.
type Process struct {
	Machine        Machine
	Argv           []string // argv[0] is the command's own name
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Dir            string                   // working directory, absolute
	Env            func(string) string      // a variable of the shell that started it; empty where unset
	Exported       func() map[string]string // those that the shell hands on; nil: none but the usual
	All            expand.Environ           // every variable of the shell that started it; nil: no shell did
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

// Gathered is a program that gathers its output, where it is one of those that do. Its
// errors come after what it has printed before them, as on a terminal.
func Gathered(name string, c Command) Command {
	if !gathering[name] {
		return c
	}
	return func(ctx context.Context, p *Process) int {
		b := pieces.Get().(*bufio.Writer)
		b.Reset(p.Stdout)
		child := *p
		child.Stdout, child.Stderr = b, after{p.Stderr, b}
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

// Environment is what a process hands on to one that it starts, as a map of its own.
func (p *Process) Environment() map[string]string {
	if p.Exported == nil {
		return Environment(p.Machine)
	}
	return p.Exported()
}

// Missing says what the shell says of a command that its release does not have, and
// gives the status.
func (p *Process) Missing() int {
	if p.Machine.SDK() < 29 {
		fmt.Fprintf(p.Stderr, "/system/bin/sh: %s: not found\n", p.Argv[0])
	} else {
		fmt.Fprintf(p.Stderr, "/system/bin/sh: %s: inaccessible or not found\n", p.Argv[0])
	}
	return 127
}

// NoService answers as a handset does that lacks the service behind a command.
func (p *Process) NoService() int {
	service, status := p.Argv[0], 1
	switch p.Argv[0] {
	case "dumpsys":
		if len(p.Argv) > 1 {
			service = p.Argv[1]
		}
		status = 0 // dumpsys itself has done its work (dumpsys.cpp)
	case "cmd":
		if len(p.Argv) > 1 {
			service = p.Argv[1]
		}
		fmt.Fprintf(p.Stderr, "cmd: Can't find service: %s\n", service)
		return 20
	case "pm":
		service = "package"
	case "am":
		service = "activity"
	case "wm":
		service = "window"
	}
	fmt.Fprintf(p.Stderr, "Can't find service: %s\n", service)
	return status
}
