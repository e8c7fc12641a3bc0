package fault

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"assay/harness/virtual/sh"
)

// AroundScript puts the faults that touch whole shell commands around one, and has
// those of all that it runs go with it.
func (b *Box) AroundScript(c sh.Command) sh.Command {
	return func(ctx context.Context, p *sh.Process) int {
		do := c
		for _, f := range b.onScript(p.Argv[2]) {
			if f.Scope == ScopeScript {
				do = f.around(do)
			} else {
				ctx = context.WithValue(ctx, insideKey{}, append(slices.Clip(faultsInside(ctx)), f))
			}
		}
		return do(ctx, p)
	}
}

// onScript gives the faults that touch a shell command as a whole, or all that it
// runs.
func (b *Box) onScript(script string) []*pending {
	b.mu.Lock()
	defer b.mu.Unlock()
	var touching []*pending
	for _, f := range b.faults {
		if f.row.class == onCommand && f.Scope != "" && f.wants(script, b.opened) {
			f.struck++
			touching = append(touching, f)
		}
	}
	return touching
}

// insideKey is where a context has the faults that touch all that it runs.
type insideKey struct{}

func faultsInside(ctx context.Context) []*pending {
	faults, _ := ctx.Value(insideKey{}).([]*pending)
	return faults
}

// insideOf gives those of them that touch a program. What a shell command prints
// itself, and the clock that it prints beside that, is left alone.
func insideOf(ctx context.Context, argv []string) []*pending {
	var touching []*pending
	for _, f := range faultsInside(ctx) {
		if f.touches(argv) && argv[0] != "date" {
			touching = append(touching, f)
		}
	}
	return touching
}

// mute has a command say what went wrong on stderr alone, and exit with 0. One
// that writes a file does not get so far; any other does what it does, unseen.
func (f *pending) mute(ctx context.Context, p *sh.Process, c sh.Command) int {
	fmt.Fprint(p.Stderr, f.complaint(p))
	child := *p
	child.Stdout, child.Stderr = io.Discard, io.Discard
	switch f.What {
	case "newline":
		fmt.Fprintln(p.Stdout)
	case "first-line":
		child.Stdout = &firstLine{to: p.Stdout}
	}
	if writtenBy(p.Argv) == "" {
		c(ctx, &child)
	}
	if ctx.Err() != nil {
		return sh.Killed
	}
	return 0
}

// complaint is what a mute command says: where it is not told, a service's dump
// that failed (dumpsys.cpp; from Android 12 on Dumpsys::reportDumpError), and
// uiautomator before a screen that does not come to rest (DumpCommand.java).
func (f *pending) complaint(p *sh.Process) string {
	service := ""
	if p.Argv[0] == "dumpsys" {
		service = Dumped(p.Argv)
	}
	switch {
	case f.Says != "":
		return f.Says + "\n"
	case p.Argv[0] == "uiautomator":
		return "ERROR: could not get idle state.\n"
	case service == "":
		return ""
	case p.Machine.SDK() >= 31:
		return fmt.Sprintf("Error with service '%s' while dumping: FAILED_TRANSACTION\n", service)
	}
	return fmt.Sprintf("Error dumping service info: (Unknown error -2147483646) %s\n", service)
}

// firstLine passes one line on and swallows the rest.
type firstLine struct {
	to   io.Writer
	over bool
}

func (f *firstLine) Write(p []byte) (int, error) {
	if f.over {
		return len(p), nil
	}
	line, _, ended := bytes.Cut(p, []byte("\n"))
	f.over = ended
	if ended {
		line = p[:len(line)+1]
	}
	if n, err := f.to.Write(line); err != nil {
		return n, err
	}
	return len(p), nil
}

// mostCut bounds what is kept of an output that is to be cut, in bytes; what
// comes after is not counted.
const mostCut = 64 << 20

// cutLines has a command print a part of its output that ends as a whole one
// does, and exit with 0.
func (f *pending) cutLines(ctx context.Context, p *sh.Process, c sh.Command) int {
	var all bytes.Buffer
	child := *p
	child.Stdout, child.Stderr = &firstBytes{&all, mostCut}, io.Discard
	file := writtenBy(p.Argv)
	if file != "" && file != "/dev/tty" {
		child.Stdout = p.Stdout
	}
	c(ctx, &child)
	switch {
	case ctx.Err() != nil:
		return sh.Killed
	case child.Stdout != p.Stdout:
		p.Stdout.Write(f.share(all.Bytes()))
		return 0
	}
	if content, err := p.Machine.Disk().ReadFile(p.Path(file)); err == nil {
		if err := p.Machine.Disk().WriteFile(p.Path(file), f.share(content)); err != nil {
			return p.Complain("%s: %v", file, err)
		}
	}
	return 0
}

// share is COUNT percent of an output, up to the last end of a line.
func (f *pending) share(all []byte) []byte {
	part := all[:int64(len(all))*min(f.Count, 100)/100]
	return part[:bytes.LastIndexByte(part, '\n')+1]
}
