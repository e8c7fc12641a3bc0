package virtual

import (
	"context"
	"io"
	"sync"
)

// process is one running command of a handset: what it was called with and what
// it may touch. It sees the virtual handset and nothing of the host.
type process struct {
	handset        *Handset
	argv           []string // argv[0] is the command's own name
	stdin          io.Reader
	stdout, stderr io.Writer
	dir            string                   // working directory, absolute
	env            func(string) string      // a variable of the shell that started it; empty where unset
	exported       func() map[string]string // those that the shell hands on; nil: none but the usual
}

// command is a program of the handset. It returns its exit status, and returns
// soon after its context is cancelled.
type command func(ctx context.Context, p *process) int

// tools is the toolbox, made once it is needed: as an initialised variable it
// would depend on itself, by way of the commands that run commands.
var tools struct {
	once   sync.Once
	byName map[string]command
}

// lookup finds a command by its bare name: Android's own first, toybox's next.
func lookup(name string) (command, bool) {
	if c, ok := androidCommands[name]; ok {
		return c, true
	}
	tools.once.Do(func() { tools.byName = toolbox() })
	c, ok := tools.byName[name]
	return c, ok
}

// environment is what a process hands on to one that it starts, as a map of its own.
func (p *process) environment() map[string]string {
	if p.exported == nil {
		return p.handset.environment()
	}
	return p.exported()
}
