package fault

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/sh"
)

// pour writes a text again and again, so many bytes of it or, with a negative
// number, until nobody takes it any more.
func pour(ctx context.Context, to io.Writer, text string, n int64) {
	block := []byte(strings.Repeat(text, max(1, 64<<10/len(text))))
	for n != 0 && ctx.Err() == nil {
		piece := block
		if n >= 0 {
			piece = block[:min(n, int64(len(block)))]
			n -= int64(len(piece))
		}
		if _, err := to.Write(piece); err != nil {
			return
		}
	}
}

// endless goes on after the command's own output, for ever.
func (f *pending) endless(ctx context.Context, p *sh.Process, c sh.Command) int {
	c(ctx, p)
	pour(ctx, p.Stdout, "    (no record)\n", -1)
	if ctx.Err() != nil {
		return sh.Killed
	}
	return sh.BrokenPipe
}

// longLine prints one long entry of a log before the command's own output.
func (f *pending) longLine(ctx context.Context, p *sh.Process, c sh.Command) int {
	head := p.Machine.Now().Format("01-02 15:04:05.000") + "  1000  1000 I long    : "
	io.WriteString(p.Stdout, head)
	pour(ctx, p.Stdout, "x", max(f.Count-int64(len(head)), 0))
	io.WriteString(p.Stdout, "\n")
	return c(ctx, p)
}

// drivesTerminals sets a terminal's title, clears it, hides what follows, writes
// its clipboard, turns the text round, and holds bytes that are no text.
const drivesTerminals = "\x1b]0;title\x07\x1b[2J\x1b[1;1H\x1b[8m\x1b]52;c;ZWNobyBoaQ==\x07" +
	"\x9b31m\u202e\u2066\x00\xff\xfe\x1bP+q544e\x1b\\\x0e\r\n"

// escapes prints such sequences before the command's own output.
func (f *pending) escapes(ctx context.Context, p *sh.Process, c sh.Command) int {
	io.WriteString(p.Stdout, drivesTerminals)
	return c(ctx, p)
}

// Climbing is the name of a file that leads out of any folder it is put into.
const Climbing = "../../x"

// climb has ls list such a file. Of what a sync service lists, ListClimbing says.
func (f *pending) climb(ctx context.Context, p *sh.Process, c sh.Command) int {
	fmt.Fprintln(p.Stdout, Climbing)
	return c(ctx, p)
}

// ListClimbing says whether a sync service is to list such a file in a folder.
func (b *Box) ListClimbing(dir string) bool {
	return len(b.onCommand([]string{"sync", dir})) > 0
}

// OpenClimbing opens what such a file holds, where a fault has them on the
// handset at all; otherwise it returns an error of the file tree.
func (b *Box) OpenClimbing(name string, opened error) (io.ReadWriteCloser, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.faults {
		if f.Kind == Climb && strings.HasSuffix(name, "/"+Climbing) {
			return disk.ReadOnly([]byte("outside\n")), nil
		}
	}
	return nil, opened
}

// deepNode is one node of a tree that goes deep.
const deepNode = `<node index="0" text="" resource-id="" class="android.view.View" package="android" bounds="[0,0][1,1]">`

// deepTree has uiautomator dump so many nodes, one in another. Its other
// commands stay as they are.
func (f *pending) deepTree(ctx context.Context, p *sh.Process, c sh.Command) int {
	file := writtenBy(p.Argv)
	if file == "" {
		return c(ctx, p)
	}
	to := struct{ io.Writer }{p.Stdout}
	if file != "/dev/tty" {
		tree, err := p.Machine.Disk().Open(p.Path(file), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o660)
		if err != nil {
			return p.Complain("%s: %v", file, err)
		}
		defer tree.Close()
		to.Writer = tree
	}
	io.WriteString(to, `<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><hierarchy rotation="0">`)
	pour(ctx, to, deepNode, f.Count*int64(len(deepNode)))
	pour(ctx, to, "</node>", f.Count*int64(len("</node>")))
	io.WriteString(to, "</hierarchy>")
	fmt.Fprintf(p.Stdout, "UI hierchary dumped to: %s\n", file)
	return 0
}

// someLines passes so many lines on, says so, and takes no more.
type someLines struct {
	to     io.Writer
	left   int64
	enough func()
}

func (f *someLines) Write(p []byte) (int, error) {
	for i, c := range p {
		if c != '\n' {
			continue
		}
		if f.left--; f.left > 0 {
			continue
		}
		n, err := f.to.Write(p[:i+1])
		f.enough()
		if err == nil {
			err = io.ErrClosedPipe
		}
		return n, err
	}
	if f.left <= 0 {
		return 0, io.ErrClosedPipe
	}
	return f.to.Write(p)
}

// kick ends logcat as logd does when a reader is too slow: the words changed
// with Android 11 (logcat.cpp).
func (f *pending) kick(ctx context.Context, p *sh.Process, c sh.Command) int {
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	out := &someLines{to: p.Stdout, left: f.Count, enough: cancel}
	child := *p
	child.Stdout = out
	status := c(within, &child)
	if out.left > 0 || ctx.Err() != nil {
		return status
	}
	words := "read: unexpected EOF!\n"
	if p.Machine.SDK() >= 30 {
		words = "logcat: Unexpected EOF!\n\nThis means that either the device shut down, logd crashed, or this instance of logcat was " +
			"unable to read log\n" +
			"messages as quickly as they were being produced.\n\nIf you have enabled significant logging, look into using the -G option to " +
			"increase log buffer sizes.\n"
	}
	io.WriteString(p.Stderr, words)
	return 1
}
