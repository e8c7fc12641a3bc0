package virtual

import (
	"context"
	"io"
)

// process is one running command of a handset: what it was called with and what
// it may touch. It sees the virtual handset and nothing of the host.
type process struct {
	handset        *Handset
	argv           []string // argv[0] is the command's own name
	stdin          io.Reader
	stdout, stderr io.Writer
	dir            string              // working directory, absolute
	env            func(string) string // a variable of the shell that started it; empty where unset
}

// command is a program of the handset. It returns its exit status, and returns
// soon after its context is cancelled.
type command func(ctx context.Context, p *process) int

// lookup finds a command by its bare name: Android's own first, toybox's next.
func lookup(name string) (command, bool) {
	if c, ok := androidCommands[name]; ok {
		return c, true
	}
	c, ok := toolbox[name]
	return c, ok
}
