package log

import (
	"bytes"
	"slices"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// LogcatStatistics reads how large the log's buffers are, and how much was written to each.
var LogcatStatistics = printout.Parser{
	Source: "logcat-statistics",
	Parse:  parseLogcatStatistics,
	Needs: "system/logging logcat/logcat.cpp -g and logd/LogStatistics.cpp Format, Android 5.0 to 16 (system/core before " +
		"11): Android 5.0 has a column of times, 8 one for all buffers, the time that each spans and its overhead; the " +
		"harness's own script puts the newest entry of the log before and after",
}

// logStatsReader reads both reports of logd: the sizes (-g) and the statistics (-S).
type logStatsReader struct {
	*printout.Lines
	emit    printout.Emit
	names   printout.Names
	section string      // of the script: newest, sizes, statistics; empty where it is a report alone
	passed  bool        // the statistics have been read
	columns []logColumn // of the table of sizes
	buffer  string      // whose writers are listed
	own     bool        // they are the caller's alone
	aside   bool        // within a table that is not needed
}

// logColumn is a column of logd's table: a buffer, and the offset at which its
// cells begin.
type logColumn struct {
	buffer string
	from   int
}

// mostColumns bounds the table: Android has eight buffers.
const mostColumns = 32

func parseLogcatStatistics(in printout.Input, emit printout.Emit) error {
	r := &logStatsReader{Lines: in.Lines, emit: emit}
	for r.Next() {
		r.line(r.Text())
	}
	return nil
}

func (r *logStatsReader) line(t []byte) {
	switch {
	case bytes.HasPrefix(t, []byte("@@ ")):
		r.section = r.names.Of(t[len("@@ "):])
		r.buffer, r.aside = "", false
		r.Read()
	case r.section == "newest":
		r.newest(t)
	case len(t) == 0:
		r.buffer, r.aside = "", false
	case r.size(t), r.heading(t), r.row(t), r.title(t), r.writer(t):
		r.Read()
	case r.aside, r.buffer != "" && ofProcess(t), bytes.HasPrefix(t, []byte("UID   PACKAGE")), bytes.HasPrefix(t, []byte("Logspan")):
		r.Skip()
	default:
		r.Refused()
	}
}

// newest reads the entry that a script of the harness's puts before and after the
// statistics.
func (r *logStatsReader) newest(t []byte) {
	switch {
	case len(t) > 0 && (t[0] >= '0' && t[0] <= '9'):
		r.Read()
		r.emit(fact.LogMark{Line: string(t), After: r.passed}, r.Span())
	case bytes.HasPrefix(t, []byte("--------- ")):
		r.Skip()
	default:
		r.Refused()
	}
}

// size reads a line of logcat -g:
//
//	main: ring buffer is 256Kb (255Kb consumed), max entry is 5120b, max payload is 4068b
//	main: ring buffer is 256 KiB (11 KiB consumed, 256 KiB readable), max entry is 5120 B, max payload is 4068 B
func (r *logStatsReader) size(t []byte) bool {
	name, rest, ok := bytes.Cut(t, []byte(": ring buffer is "))
	if !ok {
		return false
	}
	b := fact.LogBuffer{Buffer: r.names.Of(bytes.TrimPrefix(name, []byte("/dev/log/")))}
	size, rest, _ := bytes.Cut(rest, []byte(" ("))
	inside, rest, _ := bytes.Cut(rest, []byte("), max entry is "))
	entry, payload, ok := bytes.Cut(rest, []byte(", max payload is "))
	consumed, readable, both := bytes.Cut(inside, []byte(" consumed"))
	if b.Size, ok = bytesOf(size, ok); !ok || !both {
		return false
	}
	readable = bytes.TrimSuffix(bytes.TrimPrefix(readable, []byte(", ")), []byte(" readable"))
	b.Consumed, ok = bytesOf(consumed, ok)
	b.MaxEntry, ok = bytesOf(entry, ok)
	b.MaxPayload, ok = bytesOf(payload, ok)
	if len(readable) > 0 {
		b.Readable, ok = bytesOf(readable, ok)
	}
	if ok {
		r.emit(b, r.Span())
	}
	return ok
}

// units are those of logcat's sizes, as powers of two.
var units = map[string]int{"b": 0, "B": 0, "Kb": 10, "KiB": 10, "Mb": 20, "MiB": 20, "Gb": 30, "GiB": 30}

// bytesOf reads a size as logcat prints it, rounded down to its unit: 4068b,
// 256Kb, 5120 B, 256 KiB, 16 MiB.
func bytesOf(t []byte, ok bool) (int, bool) {
	digits := len(t)
	for i, c := range t {
		if c < '0' || c > '9' {
			digits = i
			break
		}
	}
	n, isNumber := printout.Number(t[:digits])
	shift, known := units[string(bytes.TrimSpace(t[digits:]))]
	if !ok || !isNumber || !known || n > 1<<30 {
		return 0, false
	}
	return n << shift, true
}

// heading reads the columns of the table of sizes.
func (r *logStatsReader) heading(t []byte) bool {
	at := bytes.Index(t, []byte("size/num"))
	if first, _ := printout.Word(t); at != 0 && bytes.HasPrefix(first, []byte("size/")) || at == 0 && len(first) > len("size/num") {
		r.columns = nil // other numbers, or in another order: nobody knows which
		return false
	}
	if at < 0 || at > 0 && !bytes.HasPrefix(bytes.TrimLeft(t, " "), []byte("span -> ")) {
		return false
	}
	r.columns = r.columns[:0]
	for from, word := range printout.Words(t[at+len("size/num"):]) {
		r.columns = append(r.columns, logColumn{r.names.Of(word), at + len("size/num") + from})
		if len(r.columns) == mostColumns {
			break
		}
	}
	return len(r.columns) > 0
}

// row reads Total, Now or Overhead. An empty cell is blank. A cell that is too wide pushes
// the next one to the right.
func (r *logStatsReader) row(t []byte) bool {
	of := slices.IndexFunc(logRows, func(name string) bool { return bytes.HasPrefix(t, []byte(name)) })
	if of < 0 || len(r.columns) == 0 {
		return false
	}
	var cells []fact.LogStatistic
	for from, word := range printout.Words(t) {
		if from < r.columns[0].from {
			continue // the name, and the time of Android 5.0
		}
		at := len(r.columns) - 1
		for r.columns[at].from > from {
			at--
		}
		c := fact.LogStatistic{Of: logRowWords[of], Buffer: r.columns[at].buffer}
		if !statisticCell(&c, word) || len(cells) == mostColumns {
			return false
		}
		cells = append(cells, c)
	}
	r.passed = true
	for _, c := range cells {
		if c.Buffer != "Total" {
			r.emit(c, r.Span())
		}
	}
	return true
}

// statisticCell reads BYTES, BYTES/ENTRIES or BYTES/ENTRIES/NUMBER. The heading size/num has
// no name for the third number, which some makers print.
func statisticCell(c *fact.LogStatistic, word []byte) bool {
	size, entries, counts := bytes.Cut(word, []byte("/"))
	entries, third, both := bytes.Cut(entries, []byte("/"))
	var isSize, isCount bool
	c.Bytes, isSize = printout.Number(size)
	c.Entries, isCount = printout.Number(entries)
	return isSize && counts == isCount && (!both || printout.IsNumber(third))
}

var (
	logRows     = []string{"Total", "Now", "Overhead"}
	logRowWords = []string{"total", "now", "overhead"}
)

// title reads the title of a table of writers. If logd.statistics is set, logd adds tables by
// process, thread and tag, which say nothing more about a loss.
func (r *logStatsReader) title(t []byte) bool {
	rest, own := bytes.CutPrefix(t, []byte("Logging for your UID in "))
	if !own {
		var all bool
		if rest, all = bytes.CutPrefix(t, []byte("Chattiest UIDs in ")); !all {
			r.aside = r.aside || bytes.HasPrefix(t, []byte("Chattiest ")) || bytes.HasPrefix(t, []byte("Logging for "))
			return false
		}
	}
	name, _, ok := bytes.Cut(rest, []byte(" log buffer:"))
	if !ok {
		r.aside = true // of Android 5.1, in two columns
		return false
	}
	r.buffer, r.own = r.names.Of(name), own
	return true
}

// writer reads UID, NAME and BYTES. Where logd prunes by UID, it adds by how much that is
// above the UID's share, and how many entries it dropped:
//
//	10018 com.google.android.gms                                33430  -5.1%    388
func (r *logStatsReader) writer(t []byte) bool {
	if r.buffer == "" {
		return false
	}
	var fields [][]byte
	for _, word := range printout.Words(t) {
		fields = append(fields, word)
		if len(fields) > 5 {
			return false
		}
	}
	if len(fields) < 2 || t[0] == ' ' {
		return false
	}
	uid, ok := printout.Number(fields[0])
	w := fact.LogWriter{Buffer: r.buffer, UID: android.UID(uid), Own: r.own}
	fields = fields[1:]
	if _, unnamed := printout.Number(fields[0]); !unnamed {
		w.Name, fields = r.names.Of(fields[0]), fields[1:]
	}
	if !ok || len(fields) == 0 {
		return false
	}
	if w.Bytes, ok = printout.Number(fields[0]); !ok {
		return false
	}
	if last := fields[len(fields)-1]; len(fields) > 1 && last[len(last)-1] != '%' && last[len(last)-1] != 'X' {
		w.Pruned, ok = printout.Number(last)
	}
	if ok {
		r.emit(w, r.Span())
	}
	return ok
}

// ofProcess says whether a line of the table of UIDs is of one process:
//
//	887/1000  system_server                                   11664           410
func ofProcess(t []byte) bool {
	first, _ := printout.Word(t)
	return bytes.IndexByte(first, '/') > 0
}
