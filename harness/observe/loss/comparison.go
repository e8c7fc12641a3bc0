package loss

import (
	"bytes"
	"fmt"
	"time"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// comparison compares how many entries logd says were written to the log with how many
// came through a stream of it. While the stream is open, logd is asked for its statistics
// twice. Each time the newest entry of the log is read just before and just after. So there
// are two stretches of the stream to count:
//
//   - The outer one goes from the newest entry before the first statistics to the newest
//     after the second. It holds everything that was written between the statistics, and
//     perhaps more. If it has fewer entries than logd counted, some are lost.
//   - The inner one goes from the newest entry after the first statistics to the newest
//     before the second. All of it was written between the statistics. If it has as many
//     entries as logd counted, none is lost.
//
// If nothing is written while logd is asked, the two are the same. If logd's number lies
// between them, nothing is proved. Entries are counted over all buffers together, since a
// stream does not say which buffer an entry is from.
//
// An entry counts once, however many lines it has. Its lines have one time, and no two
// entries of a thread have the same time to the microsecond. If the log's times are coarser,
// each line counts as an entry of the outer stretch, and all lines of a thread with one time
// count as one entry of the inner.
//
// Entries that logcat prints no line for are added by their times, as the log's binary form
// has them (Empties).
type comparison struct {
	first, second *logLook

	Empties *emptyEntries // nil where they were not asked for
	Jumps   []string      // where the clock was set meanwhile: then times do not say where an entry stands

	least, most int          // entries that came so far
	last        fact.LogLine // without its message
	before      [2]passed    // the newest entry before the statistics, of each look
	after       [2]passed

	folded      int // entries of the outer stretch that logd dropped because they were like the one before
	foldedInner int // those of the inner stretch
	inner       map[[2]int]bool
	expired     int // entries that logd says it dropped
	unsent      int // entries that processes say they could not send to logd

	newest   []byte        // the latest time so far
	back     time.Duration // the most that a later entry's time was before it
	disorder bool          // a time could not be read
}

// passed is how much of the stream had come when a line of it was seen.
type passed struct {
	seen        bool
	first, last count
}

type count struct{ least, most, foldedInner int }

// mostThreads bounds how many threads are remembered.
const mostThreads = 1 << 14

// newComparison begins the comparison with what logd said at the begin and at the end of a
// stream. One that is nil was not taken.
func newComparison(first, second *logLook) *comparison {
	return &comparison{first: first, second: second, inner: map[[2]int]bool{}}
}

// Line takes the next line of the stream.
func (l *comparison) Line(line *fact.LogLine) {
	switch {
	case line.Chatty > 0 && bytes.Contains(line.Message, []byte(" identical ")):
		l.fold(line)
	case line.Chatty > 0:
		l.expired += line.Chatty
	default:
		l.entry(line)
	}
	l.pass(line)
}

func (l *comparison) entry(line *fact.LogLine) {
	again := l.least > 0 && sameEntry(&l.last, line)
	if !again {
		l.least++
		l.order(line.Time)
		l.last = fact.LogLine{
			Time: append(l.last.Time[:0], line.Time...), PID: line.PID, TID: line.TID, Level: line.Level, Tag: append(l.last.Tag[:0], line.Tag...),
		}
		if n, ok := printout.Number(line.Message); ok && string(line.Tag) == "liblog" {
			l.unsent += n // liblog's event of what its process lost, tag 1006
		}
	}
	if !again || !fine(line.Time) {
		l.most++
	}
	if !again && l.after[0].seen && len(l.inner) < mostThreads {
		l.inner[[2]int{line.PID, line.TID}] = true
	}
}

// fold counts entries that logd dropped because they were like the one before (Android 7 to
// 11). That one came just before, from the same thread.
func (l *comparison) fold(line *fact.LogLine) {
	l.folded += line.Chatty
	if l.inner[[2]int{line.PID, line.TID}] {
		l.foldedInner += line.Chatty
	}
}

// fine says whether a time is to the microsecond, or finer.
func fine(t []byte) bool {
	digits := 0
	for i := len("01-02 15:04:05."); i < len(t); i++ {
		if t[i] == '.' {
			digits = -1
		}
		if t[i] == ' ' {
			break
		}
		digits++
	}
	return digits >= 6 && digits <= 9
}

// pass notes how much had come when a line comes that was once the log's newest.
func (l *comparison) pass(line *fact.LogLine) {
	for i, look := range []*logLook{l.first, l.second} {
		if look == nil {
			continue
		}
		if look.before != nil && sameLine(look.before, line) {
			if i == 0 && !l.before[0].seen {
				l.folded = 0
			}
			l.before[i].at(l.now())
		}
		if look.after != nil && sameLine(look.after, line) {
			if i == 0 {
				l.foldedInner = 0
				clear(l.inner)
			}
			l.after[i].at(l.now())
		}
	}
}

func (l *comparison) now() count { return count{l.least, l.most, l.foldedInner} }

func (p *passed) at(c count) {
	if !p.seen {
		p.seen, p.first = true, c
	}
	p.last = c
}

// Result says what is proved: where entries are lost, or in words how far the stream is
// known to be whole.
func (l *comparison) Result() (reason string, gaps []evidence.Gap) {
	if l.unsent > 0 {
		gaps = append(gaps, l.gap("processes could not hand %d entries to logd (liblog)", l.unsent))
	}
	written, anew, why := l.written()
	switch {
	case why != "":
		return "loss cannot be excluded by statistics: " + why, gaps
	case anew:
		return "", append(gaps, l.gap("logd began anew, and with it the log"))
	}
	certain, most, unplaced := l.within()
	missing, lower := written-l.upper()-most, l.lower()+certain
	switch {
	case missing > l.expired:
		return "", append(gaps, l.gap("%d of the %d entries that logd counted did not come: %s", missing-l.expired, written, l.became(unplaced)))
	case missing > 0:
		return fmt.Sprintf("statistics agree with what logd says that it left out: %d of %d entries", missing, written), gaps
	case lower >= written:
		return fmt.Sprintf("proved by statistics: %d of %d entries%s", written, written, textless(certain)), gaps
	}
	reason = fmt.Sprintf("statistics prove %d of %d entries%s; of those beside them loss cannot be excluded",
		max(0, lower), written, textless(certain))
	return reason, gaps
}

func textless(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of them without text", n)
}

// became says in words what has become of the entries that did not come.
func (l *comparison) became(unplaced string) string {
	switch {
	case l.Empties == nil:
		return "they are lost, or have no text"
	case unplaced != "":
		return "they are lost, or have no text, which is not known: " + unplaced
	case l.Empties.why != "":
		return "they are lost, or have no text, which is not known of all: " + l.Empties.why
	case l.first.pruned(l.second):
		return "they are lost, or have no text, which is not known of all: logd has let go of entries since"
	}
	return "they are lost"
}

// Off says whether the log is switched off: by logd's count nothing was ever written to it.
func (l *comparison) Off() bool {
	for _, look := range []*logLook{l.first, l.second} {
		if look == nil || look.Why != "" || look.own || len(look.total) == 0 {
			continue
		}
		written := 0
		for _, entries := range look.total {
			written += entries
		}
		if written == 0 {
			return true
		}
	}
	return false
}

// Missing says whether entries did not come, for no known reason.
func (l *comparison) Missing() bool {
	written, anew, why := l.written()
	_, most, _ := l.within()
	return why == "" && !anew && written-l.upper()-most > l.expired
}

// written is how many entries were written between the statistics. If they do not say, why
// has the reason in words; if logd has started again and counts from zero, anew is true.
func (l *comparison) written() (n int, anew bool, why string) {
	for _, look := range []*logLook{l.first, l.second} {
		if why := look.silent(); why != "" {
			return 0, false, why
		}
	}
	for buffer, before := range l.first.total {
		after, told := l.second.total[buffer]
		switch {
		case !told:
			return 0, false, "logcat -S did not tell of " + buffer + " again"
		case after < before:
			return 0, true, ""
		}
		n += after - before
	}
	for buffer, after := range l.second.total {
		if _, told := l.first.total[buffer]; !told {
			n += after // it was empty before, and logd tells of no empty one
		}
	}
	return n, false, ""
}

func (l *comparison) gap(format string, args ...any) evidence.Gap {
	g := evidence.Gap{Reason: fmt.Sprintf(format, args...)}
	if l.first != nil {
		g.From = l.first.From
	}
	if l.second != nil {
		g.To = l.second.To
	}
	return g
}

// upper counts the outer stretch: the most of what came that can have been written between
// the statistics. If the entry at an end of it was not seen, the stretch is open there.
// Entries that logd is still folding when it is asked are told of later.
func (l *comparison) upper() int {
	end := l.most
	if l.after[1].seen {
		end = l.after[1].last.most
	}
	begin := 0
	if l.before[0].seen {
		begin = l.before[0].first.most
	}
	return max(0, end-begin) + l.folded
}

// lower counts the inner stretch: what of that which came was certainly written between
// the statistics.
func (l *comparison) lower() int {
	begin, end := l.after[0], l.before[1]
	if !begin.seen || !end.seen {
		return 0
	}
	return max(0, end.first.least-begin.last.least) + max(0, end.first.foldedInner)
}
