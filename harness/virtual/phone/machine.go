package phone

import (
	"context"
	"io"
	"time"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/sh"
)

// Call is one running command of Android's own: a process of the shell's, with the
// handset whose state it reads or changes.
type Call struct {
	sh.Process
	Handset *Handset
}

// Command is a program of the handset that reads or changes its state.
type Command func(ctx context.Context, p *Call) int

// program is a command of this handset's.
func (h *Handset) program(c Command) sh.Command {
	return func(ctx context.Context, p *sh.Process) int { return c(ctx, &Call{Process: *p, Handset: h}) }
}

// Exec runs a script as adbd does, with sh -c, and returns its exit status. Of
// the host it touches nothing but memory and unlinked temporary files. Once ctx
// is cancelled, or the script has ended, whatever the script left running is
// killed. A read from stdin that is under way when Exec returns stays under way
// until stdin gives something or is closed by its owner.
func (h *Handset) Exec(ctx context.Context, script string, stdin io.Reader, stdout, stderr io.Writer) int {
	h.carryOut(true)
	asked := script
	if h.replay != nil {
		script = h.replay.Script(script)
	}
	do := func(ctx context.Context, p *sh.Process) int {
		return p.Run(ctx, sh.Script{Name: "/system/bin/sh", Text: script})
	}
	p := &sh.Process{Machine: h, Argv: []string{"sh", "-c", asked}, Stdin: stdin, Stdout: stdout, Stderr: stderr, Dir: "/"}
	return h.faults.AroundScript(do)(ctx, p)
}

// SDK is that of the handset's release.
func (h *Handset) SDK() int { return h.persona.SDK }

// Property is what the image says of a property; empty: nothing.
func (h *Handset) Property(name string) string { return h.persona.Properties[name] }

// Disk is the handset's storage.
func (h *Handset) Disk() *disk.Tree { return h.files }

// Now is the handset's time, in its own zone.
func (h *Handset) Now() time.Time { return h.Clock.Now() }

// KeepsPace says whether the handset's clock goes with the wall's.
func (h *Handset) KeepsPace() bool { return h.Clock.isReal() }

// Command finds what answers to a command line, with the faults that touch it.
func (h *Handset) Command(argv []string) (sh.Command, bool) {
	if h.replay != nil {
		if c, ok := h.replay.Command(argv); ok {
			return h.withFaults(c), true
		}
	}
	c, ok := h.lookup(argv[0])
	if !ok || h.SDK() < h.programs.Since[argv[0]] {
		return nil, false
	}
	return h.withFaults(c), true
}

// Builtin finds the command that a replayed handset puts in the place of a script that
// was recorded.
func (h *Handset) Builtin(name string) (sh.Command, bool) {
	if h.replay == nil {
		return nil, false
	}
	return h.replay.Builtin(name)
}

// Programs are those that a handset has, by name.
type Programs struct {
	Android map[string]Command    // Android's own, which read or change the handset's state
	Toolbox map[string]sh.Command // that any Unix has
	Since   map[string]int        // the first SDK that has one; one that is not named, every release has
}

// lookup finds a command by its bare name: Android's own first, toybox's next.
func (h *Handset) lookup(name string) (sh.Command, bool) {
	if android, ok := h.programs.Android[name]; ok {
		return sh.Gathered(name, h.program(android)), true
	}
	c, ok := h.programs.Toolbox[name]
	return sh.Gathered(name, c), ok
}
