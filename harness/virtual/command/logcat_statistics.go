package command

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"assay/harness/virtual/phone"
)

// ringKiB is the size of a buffer, as most makers leave it.
const ringKiB = 256

// ringSize prints what logcat -g says of a buffer. Its text, and how much of an
// entry is left for the message, changed with releases (system/core and from
// Android 11 system/logging, logcat.cpp; log/log_read.h, log/logger.h).
func (c *logcatCall) ringSize(buffer string) {
	now := c.h.Log.Count(buffer).Now.Bytes
	if c.h.Log.Count(buffer).Gone() > 0 { // it was full
		now = ringKiB << 10
	}
	number, unit := sizeAndUnit(min(now, ringKiB<<10-1))
	switch {
	case c.sdk >= 31:
		fmt.Fprintf(c.out, "%s: ring buffer is %d KiB (%d %sB consumed, %d %sB readable), max entry is 5120 B, max payload is "+
			"4068 B\n", buffer, ringKiB, number, binaryUnit(unit), number, binaryUnit(unit))
	case c.sdk == 30:
		fmt.Fprintf(c.out, "%s: ring buffer is %d KiB (%d %sB consumed), max entry is 5120 B, max payload is "+
			"4068 B\n", buffer, ringKiB, number, binaryUnit(unit))
	case c.sdk >= 24:
		fmt.Fprintf(c.out, "%s: ring buffer is %dKb (%d%sb consumed), max entry is 5120b, max payload is 4068b\n", buffer, ringKiB, number, unit)
	default:
		fmt.Fprintf(c.out, "%s: ring buffer is %dKb (%d%sb consumed), max entry is 5120b, max payload is 4076b\n", buffer, ringKiB, number, unit)
	}
}

// sizeAndUnit is a size as logcat rounds it: down to the unit.
func sizeAndUnit(bytes int) (number int, unit string) {
	if bytes < 1024 {
		return bytes, ""
	}
	return bytes / 1024, "K"
}

func binaryUnit(unit string) string {
	if unit == "" {
		return ""
	}
	return unit + "i"
}

// statistics prints logcat -S: sizes and numbers by buffer, of all that was ever
// written since logd began and of what is still there, and whose entries those
// are (logd, LogStatistics::format). A column
// for all buffers, the time that each spans and the overhead came with Android 8.
func (c *logcatCall) statistics() {
	rows := []struct {
		name string
		cell func(phone.LogCount) string
	}{
		{"Total", func(n phone.LogCount) string { return n.Total.String() }},
		{"Now", func(n phone.LogCount) string { return strings.TrimPrefix(n.Now.String(), "0/0") }},
		{"Logspan", func(n phone.LogCount) string { return logSpan(n.Newest.Sub(n.Oldest)) }},
		{"Overhead", overhead},
	}
	if c.sdk < 26 {
		rows = rows[:2]
	}
	names := c.sorted()
	heading := slices.Clone(names)
	if c.sdk >= 26 {
		heading = append(heading, "Total")
	}
	c.row("size/num", heading)
	for _, r := range rows {
		var cells []string
		var all phone.LogCount
		for _, n := range names {
			count := c.h.Log.Count(n)
			cells = append(cells, r.cell(count))
			all.Add(count)
		}
		if c.sdk >= 26 {
			cells = append(cells, r.cell(all))
		}
		c.row(r.name, cells)
	}
	for _, n := range names {
		c.writers(n)
	}
}

// row prints cells in columns of nineteen behind a name of nine.
func (c *logcatCall) row(name string, cells []string) {
	line := fmt.Sprintf("%-9s", name)
	for i, cell := range cells {
		if cell == "" && i == len(cells)-1 {
			break
		}
		line += fmt.Sprintf("%-19s", cell)
	}
	fmt.Fprintln(c.out, strings.TrimRight(line, " "))
}

// overhead is what logd itself keeps for the entries: about as much again.
func overhead(n phone.LogCount) string {
	if n.Now.Entries == 0 {
		return ""
	}
	return fmt.Sprint(n.Now.Bytes + 62*n.Now.Entries)
}

// logSpan prints a time as logd does (LogStatistics, formatMsec): 1d 02:03:04.5.
func logSpan(d time.Duration) string {
	if d < time.Second {
		return ""
	}
	day, hour, minute, second := d/(24*time.Hour), d/time.Hour%24, d/time.Minute%60, d/time.Second%60
	var out string
	switch {
	case day > 0:
		out = fmt.Sprintf("%dd %02d:%02d:%02d", day, hour, minute, second)
	case hour > 0:
		out = fmt.Sprintf("%d:%02d:%02d", hour, minute, second)
	case minute > 0:
		out = fmt.Sprintf("%d:%02d", minute, second)
	default:
		out = fmt.Sprint(int(second))
	}
	if rest := d / time.Millisecond % 1000; rest > 0 {
		out += strings.TrimRight(fmt.Sprintf(".%03d", rest), "0")
	}
	return out
}

// mostWriters is how many of them logd lists for a buffer.
const mostWriters = 32

// writers prints whose entries fill a buffer, the largest first, and how many of
// each logd has left out, where it does so by UID.
func (c *logcatCall) writers(buffer string) {
	byUID := c.h.Log.Writers(buffer)
	uids := slices.SortedFunc(maps.Keys(byUID), func(a, b int) int {
		return cmp.Or(cmp.Compare(byUID[b].Bytes, byUID[a].Bytes), cmp.Compare(a, b))
	})
	if len(uids) == 0 || buffer == "kernel" {
		return
	}
	prunes := buffer != "crash" // by the UID that writes most
	pruned, number := "", ""
	switch {
	case prunes && c.sdk >= 24:
		pruned, number = "+/-  Pruned", "NUM"
	case prunes:
		pruned, number = "Pruned", "LINES"
	}
	fmt.Fprintf(c.out, "\n%s%s", logLine(fmt.Sprintf("Chattiest UIDs in %s log buffer:", buffer), "Size", pruned),
		logLine("UID   PACKAGE", "BYTES", number))
	for i, uid := range uids {
		n := byUID[uid]
		if i == mostWriters || n.Bytes <= byUID[uids[0]].Bytes/100 {
			break
		}
		left := ""
		if n.Pruned > 0 && prunes {
			left = fmt.Sprint(n.Pruned)
		}
		fmt.Fprint(c.out, logLine(fmt.Sprintf("%-5d %s", uid, nameOfUID(c.h, uid)), fmt.Sprint(n.Bytes), left))
	}
	fmt.Fprintln(c.out)
}

// nameOfUID is how logd names one: by its package, or as Android's own user.
func nameOfUID(h *phone.Handset, uid int) string {
	if packages := h.State.PackagesOf(uid % 100000); len(packages) > 0 && uid >= 10000 {
		return packages[0].Name
	}
	return phone.UserName(uid)
}

// logLine lays out one line of a table (LogStatistics.h, EntryBase::formatLine).
func logLine(name, size, pruned string) string {
	const prunedWidth, width = 14, 80
	drop := max(len(pruned)+1, prunedWidth)
	line := fmt.Sprintf("%s%*s", name, max(len(size)+1, width-len(name)-drop-1), size)
	if pruned != "" {
		line += fmt.Sprintf("%*s", drop, pruned)
	}
	return line + "\n"
}
