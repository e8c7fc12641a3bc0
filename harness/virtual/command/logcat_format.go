package command

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"assay/harness/virtual/phone"
)

// entry prints one entry: a line for each of its own, but for the long format,
// which has a heading (liblog, logprint.c, android_log_formatLogLine). Of an entry
// without text there is no line up to Android 6, and an empty one since.
func (c *logcatCall) entry(w io.Writer, e phone.LogEntry) {
	if e.Text == "" && c.format != "long" && c.sdk < 24 {
		return
	}
	e.Text = strings.TrimSuffix(e.Text, "\n")
	if c.format == "long" {
		c.line(w, e)
		return
	}
	for line := range strings.SplitSeq(e.Text, "\n") {
		e.Text = line
		c.line(w, e)
	}
}

// line prints one line of an entry in the format asked for.
func (c *logcatCall) line(w io.Writer, e phone.LogEntry) {
	text, uid := e.Text, ""
	if c.mods["printable"] {
		text = printable(text)
	}
	if c.mods["uid"] {
		uid = c.uidColumn(e.UID)
	}
	switch c.format {
	case "raw":
		fmt.Fprintln(w, text)
	case "tag":
		fmt.Fprintf(w, "%c/%-8s: %s\n", e.Level, e.Tag, text)
	case "process":
		fmt.Fprintf(w, "%c(%s%5d) %s  (%s)\n", e.Level, uid, e.PID, text, e.Tag)
	case "thread":
		fmt.Fprintf(w, "%c(%s%5d:%5d) %s\n", e.Level, uid, e.PID, e.TID, text)
	case "time":
		fmt.Fprintf(w, "%s %c/%-8s(%s%5d): %s\n", c.time(e), e.Level, e.Tag, uid, e.PID, text)
	case "threadtime":
		fmt.Fprintf(w, "%s %s%5d %5d %c %-8s: %s\n", c.time(e), strings.Replace(uid, ":", " ", 1), e.PID, e.TID, e.Level, e.Tag, text)
	case "long":
		fmt.Fprintf(w, "[ %s %s%5d:%5d %c/%-8s ]\n%s\n\n", c.time(e), uid, e.PID, e.TID, e.Level, e.Tag, text)
	default:
		fmt.Fprintf(w, "%c/%-8s(%s%5d): %s\n", e.Level, e.Tag, uid, e.PID, text)
	}
}

// uidColumn is a UID by name where that has five letters at most, else by number.
func (c *logcatCall) uidColumn(uid int) string {
	if name := phone.UserName(uid); len(name) <= 5 {
		return fmt.Sprintf("%5s:", name)
	}
	return fmt.Sprintf("%5d:", uid)
}

// time prints an entry's time as the modifiers ask.
func (c *logcatCall) time(e phone.LogEntry) string {
	at, layout := e.At, "01-02 15:04:05"
	if c.mods["UTC"] {
		at = at.UTC()
	}
	if c.mods["year"] {
		layout = "2006-01-02 15:04:05"
	}
	since := at
	if c.mods["monotonic"] {
		since = time.Unix(0, 0).Add(at.Sub(c.h.BootTime()))
	}
	fraction := fmt.Sprintf(".%03d", since.Nanosecond()/1e6)
	if c.mods["usec"] {
		fraction = fmt.Sprintf(".%06d", since.Nanosecond()/1e3)
	}
	switch {
	case c.mods["epoch"]:
		return fmt.Sprintf("%19d%s", since.Unix(), fraction)
	case c.mods["monotonic"]:
		return fmt.Sprintf("%6d%s", since.Unix(), fraction)
	}
	out := at.Format(layout) + fraction
	if c.mods["zone"] {
		out += at.Format(" -0700")
	}
	return out
}

// printable escapes what does not print (convertPrintable): tabs stay.
func printable(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02X`, s[i])
		case r == '\t':
			b.WriteByte('\t')
		case r == '\\':
			b.WriteString(`\\`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\x%02X`, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// logCommand is the command log [-p PRIORITY] [-t TAG] TEXT…, by which the shell
// writes to the log.
func logCommand(_ context.Context, p *phone.Call) int {
	level, tag, args := byte('I'), "log", p.Argv[1:]
	for len(args) >= 2 && (args[0] == "-p" || args[0] == "-t") {
		if args[0] == "-t" {
			tag = args[1]
		} else {
			l := strings.ToUpper(args[1])
			if len(l) != 1 || !strings.ContainsAny(l, "VDIWEFS") {
				fmt.Fprintf(p.Stderr, "log: bad -p '%s'\n", args[1])
				return 1
			}
			level = l[0]
		}
		args = args[2:]
	}
	if len(args) == 0 {
		fmt.Fprintln(p.Stderr, "USAGE: log [-p priorityChar] [-t tag] message")
		return 1
	}
	h := p.Handset
	defer h.Lock()()
	pid := 4000 + int(h.Number("log", fmt.Sprint(h.Log.End()))%20000)
	h.LogAs(&phone.Process{PID: pid, UID: 2000}, "main", level, tag, strings.Join(args, " "))
	return 0
}
