package command

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"time"

	"assay/harness/virtual/phone"
)

// logBuffers are the buffers of a handset, in the order in which they are counted.
var logBuffers = []string{"main", "radio", "events", "system", "crash", "kernel"}

// logcatCall is one call of logcat, as its arguments ask.
type logcatCall struct {
	h       *phone.Handset
	sdk     int
	out     io.Writer
	buffers map[string]bool
	format  string
	mods    map[string]bool // epoch, monotonic, printable, uid, usec, UTC, year, zone, color, descriptive
	dump    bool
	binary  bool      // -B: as logd keeps it, without headings
	tail    int       // -t N, -T N; 0: all
	since   time.Time // -t TIME, -T TIME
	pid     int       // 0: any
	uids    []int
	expr    *regexp.Regexp
	most    int // -m
	rules   []logRule
	begun   map[string]bool // buffers whose heading was printed
	printed int
}

// logcat is the command logcat (system/logging/logcat, before that
// system/core/logcat). Without -d or -t it follows the log until it is stopped.
func logcat(ctx context.Context, p *phone.Call) int {
	c := &logcatCall{
		h: p.Handset, sdk: p.Handset.SDK(), out: p.Stdout, buffers: map[string]bool{}, mods: map[string]bool{},
		format: "brief", begun: map[string]bool{},
	}
	if c.sdk >= 24 {
		c.format = "threadtime"
	}
	do, err := c.parse(p.Argv[1:])
	if err != nil {
		fmt.Fprint(p.Stderr, err)
		return 1
	}
	if len(c.buffers) == 0 {
		c.addBuffers("default")
		if c.sdk >= 30 {
			c.buffers["kernel"] = true
		}
	}
	if do['L'] {
		return c.lastBoot(p.Stderr)
	}
	if len(do) == 0 {
		return c.run(ctx)
	}
	c.instead(do)
	return 0
}

// lastBoot is -L, from Android 6: what the log held before the handset booted, out
// of the kernel's pstore. No virtual handset's kernel keeps that, as that of few
// user builds does: logcat says so in each release's own way, and fails
// (logcat.cpp; liblog's pmsg_reader.c finds no /sys/fs/pstore/pmsg-ramoops-0).
func (c *logcatCall) lastBoot(errs io.Writer) int {
	switch {
	case c.sdk >= 29:
		fmt.Fprintln(errs, "logcat: Logcat read failure: No such file or directory")
	case c.sdk >= 26:
		fmt.Fprintln(errs, "logcat read failure")
	default:
		fmt.Fprint(errs, "logcat read failure")
	}
	return 1
}

// instead does what is asked for instead of printing. Sizes and statistics may
// be asked for together.
func (c *logcatCall) instead(do map[byte]bool) {
	for _, b := range c.sorted() {
		if do['c'] {
			c.h.Log.Clear(b)
		}
		if do['g'] {
			c.ringSize(b)
		}
	}
	if do['S'] {
		c.statistics()
	}
}

// sorted are the buffers that are asked for, in logd's own order.
func (c *logcatCall) sorted() []string {
	var names []string
	for _, b := range logBuffers {
		if c.buffers[b] {
			names = append(names, b)
		}
	}
	return names
}
