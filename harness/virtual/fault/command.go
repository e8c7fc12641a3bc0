package fault

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"assay/harness/virtual/sh"
)

// Around puts the faults that touch a command line around the command that answers.
func (b *Box) Around(ctx context.Context, argv []string, c sh.Command) sh.Command {
	for _, f := range append(b.onCommand(argv), insideOf(ctx, argv)...) {
		c = f.around(c)
	}
	return c
}

// onCommand gives the faults that touch a command.
func (b *Box) onCommand(argv []string) []*pending {
	b.mu.Lock()
	defer b.mu.Unlock()
	var touching []*pending
	line := ""
	for _, f := range b.faults {
		if f.row.class != onCommand || f.Scope != "" || !f.touches(argv) {
			continue
		}
		if line == "" {
			line = lineOf(argv)
		}
		if f.wants(line, b.opened) {
			f.struck++
			touching = append(touching, f)
		}
	}
	return touching
}

// touches says whether a kind has to do with a program at all.
func (f *pending) touches(argv []string) bool {
	if f.row.programs != nil && !slices.Contains(f.row.programs, argv[0]) || slices.Contains(f.row.spares, argv[0]) {
		return false
	}
	return f.Kind != Refused || refusals[f.What].of(f, argv)
}

// around is a command with the fault.
func (f *pending) around(c sh.Command) sh.Command {
	wrong := map[Kind]func(ctx context.Context, p *sh.Process, c sh.Command) int{
		Climb: f.climb, CutLines: f.cutLines, DeepTree: f.deepTree, DumpTimeout: f.dumpTimeout, Endless: f.endless, Escapes: f.escapes,
		Hung: f.hang, Kicked: f.kick, LongLine: f.longLine, Mute: f.mute, Refused: f.refuse, Stale: f.stale, Truncated: f.truncate,
	}[f.Kind]
	return func(ctx context.Context, p *sh.Process) int { return wrong(ctx, p, c) }
}

// firstBytes passes so many bytes on and swallows the rest.
type firstBytes struct {
	to   io.Writer
	left int64
}

func (f *firstBytes) Write(p []byte) (int, error) {
	piece := p[:min(int64(len(p)), f.left)]
	f.left -= int64(len(piece))
	if len(piece) > 0 {
		if n, err := f.to.Write(piece); err != nil {
			return n, err
		}
	}
	return len(p), nil
}

// shortly runs a command of which only the first bytes are seen.
func (f *pending) shortly(ctx context.Context, p *sh.Process, c sh.Command) int {
	child := *p
	child.Stdout = &firstBytes{p.Stdout, f.AfterBytes}
	return c(ctx, &child)
}

// hang prints a part and then waits to be killed.
func (f *pending) hang(ctx context.Context, p *sh.Process, c sh.Command) int {
	silent := *p
	silent.Stderr = io.Discard
	f.shortly(ctx, &silent, c)
	<-ctx.Done()
	return sh.Killed
}

// truncate leaves out the end: of the file, where the command writes one.
func (f *pending) truncate(ctx context.Context, p *sh.Process, c sh.Command) int {
	file := writtenBy(p.Argv)
	if file == "" || file == "/dev/tty" {
		return f.shortly(ctx, p, c)
	}
	status := c(ctx, p)
	content, err := p.Machine.Disk().ReadFile(p.Path(file))
	if err == nil && int64(len(content)) > f.AfterBytes {
		if err := p.Machine.Disk().WriteFile(p.Path(file), content[:f.AfterBytes]); err != nil {
			return p.Complain("%s: %v", file, err)
		}
	}
	return status
}

// writtenBy is the file that uiautomator dump or screencap writes; empty: it
// prints.
func writtenBy(argv []string) string {
	file, args := "", argv[1:]
	switch {
	case argv[0] == "uiautomator" && len(argv) > 1 && argv[1] == "dump":
		file, args = "/sdcard/window_dump.xml", argv[2:]
	case argv[0] != "screencap":
		return ""
	}
	for _, a := range args {
		if !strings.HasPrefix(a, "-") {
			file = a
		}
	}
	return file
}

// Dumped is the service that dumpsys is to dump; empty: all, or none.
func Dumped(argv []string) string {
	args := argv[1:]
	for len(args) > 0 {
		if args[0] == "-t" || args[0] == "-T" || args[0] == "--priority" {
			args = args[1:]
		} else if !strings.HasPrefix(args[0], "-") {
			return args[0]
		}
		args = args[min(1, len(args)):]
	}
	return ""
}

// dumpTimeout has dumpsys give a service up after ten seconds, as it does from
// Android 7 on (dumpsys.cpp); older ones wait for ever.
func (f *pending) dumpTimeout(ctx context.Context, p *sh.Process, c sh.Command) int {
	sdk := p.Machine.SDK()
	if sdk < 24 {
		return f.hang(ctx, p, c)
	}
	service := Dumped(p.Argv)
	status := f.shortly(ctx, p, c)
	if p.Machine.Sleep(ctx, 10*time.Second) != nil {
		return sh.Killed
	}
	said := fmt.Sprintf("SERVICE '%s' DUMP TIMEOUT (10000ms)", service)
	switch {
	case sdk < 26:
		said = "SERVICE DUMP TIMEOUT"
	case sdk < 28:
		said = fmt.Sprintf("SERVICE '%s' DUMP TIMEOUT (10s)", service)
	}
	fmt.Fprintf(p.Stdout, "\n*** %s EXPIRED ***\n\n", said)
	return status
}

// firstOutput is what a command printed before it began to repeat itself.
type firstOutput struct {
	line   string
	output []byte
	status int
}

// mostRepeated bounds what is kept of an output that is to be repeated, in bytes.
const mostRepeated = 4 << 20

// stale gives a command's first output again. Where the command writes a file it
// leaves the old one, as uiautomator does where the screen never comes to rest
// (DumpCommand.java, which says so and exits with 0).
func (f *pending) stale(ctx context.Context, p *sh.Process, c sh.Command) int {
	if file := writtenBy(p.Argv); file != "" && file != "/dev/tty" {
		if p.Argv[0] == "uiautomator" {
			fmt.Fprintln(p.Stderr, "ERROR: could not get idle state.")
		}
		return 0
	}
	line, b := lineOf(p.Argv), f.box
	b.mu.Lock()
	first := f.first
	b.mu.Unlock()
	if first != nil && first.line == line {
		p.Stdout.Write(first.output)
		return first.status
	}
	var kept bytes.Buffer
	child := *p
	child.Stdout = io.MultiWriter(&firstBytes{&kept, mostRepeated}, p.Stdout)
	status := c(ctx, &child)
	b.mu.Lock()
	defer b.mu.Unlock()
	f.struck-- // this one was as it should be
	if f.first == nil {
		f.first = &firstOutput{line, kept.Bytes(), status}
	}
	return status
}

// lineOf is a command line as one text.
func lineOf(argv []string) string { return strings.Join(argv, " ") }
