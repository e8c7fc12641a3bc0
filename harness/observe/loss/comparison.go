package loss

import (
	"bytes"
	"fmt"
	"time"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// comparison compares what logd says was written to the log with what a stream of
// it brought. logd is asked twice while the stream is open, each time between
// two looks at the newest entry; so two bounds hold:
//
//   - What came behind the entry that was the newest before the first statistics,
//     up to the newest after the second, is at least all that was written between
//     the two, where none is lost. Where it is less, entries are lost.
//   - What came behind the newest entry after the first, up to the newest before
//     the second, was written between the two for certain. Where that is all that
//     was written, none is lost.
//
// In a log that stands still while logd is asked, they are one number. Where they
// are not, and what was written is between them, nothing is proved. They are
// taken over all buffers together, since a stream does not tell each entry's.
//
// An entry counts once, however many lines it has: its lines have its time, and
// to the microsecond no two entries of a thread have the same. Where the log's
// times are coarser, each line counts as an entry for the upper bound, and those
// of one time as one entry for the lower.
//
// Entries that logcat prints no line for are taken from the log's binary form, by
// their times, where Empties has them.
type comparison struct {
	first, second *logLook

	Empties *emptyEntries // nil where they were not asked for
	Jumps   []string      // where the clock was set meanwhile: then no time says where an entry stands

	least, most int          // entries that came so far
	last        fact.LogLine // without its message
	before      [2]passed    // the newest entry before the statistics, of each look
	after       [2]passed

	folded      int // entries that logd put into one with those before them, from the outer begin on
	foldedInner int // of those, that were written within the inner bounds
	inner       map[[2]int]bool
	expired     int // entries that logd left out and says so
	unsent      int // entries that processes could not hand to logd

	newest   []byte        // the latest time so far
	back     time.Duration // how far times ran back behind it
	disorder bool          // one of them could not be read
}

// passed is how much of the stream had come when a line of it was seen.
type passed struct {
	seen        bool
	first, last count
}

type count struct{ least, most, foldedInner int }

// mostThreads bounds what is remembered of who wrote.
const mostThreads = 1 << 14

// newComparison begins the comparison with the looks at a stream's begin and end;
// nil is one that was not taken.
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
		l.last = fact.LogLine{Time: append(l.last.Time[:0], line.Time...), PID: line.PID, TID: line.TID, Level: line.Level, Tag: append(l.last.Tag[:0], line.Tag...)}
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

// fold counts entries that logd, on Android 7 to 11, did not keep because they
// were like the one before. That one came just before, from the same thread.
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

// pass notes where a line stands that one of the looks has seen.
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

// Result says what is proved: the stretches that lost entries, and otherwise in
// words how far the stream is known to be whole.
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
	return fmt.Sprintf("statistics prove %d of %d entries%s; of those beside them loss cannot be excluded", max(0, lower), written, textless(certain)), gaps
}

func textless(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of them without text", n)
}

// became says what entries became that did not come.
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

// Off says whether logd tells that nothing was ever written to the log: it is switched
// off.
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

// Missing says whether entries did not come, and nothing explains it so far.
func (l *comparison) Missing() bool {
	written, anew, why := l.written()
	_, most, _ := l.within()
	return why == "" && !anew && written-l.upper()-most > l.expired
}

// written is how many entries were written between the statistics; why says in
// words that they do not tell, and anew that logd has begun to count again.
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

// upper is the most that can have been written between the statistics, of what
// came. An entry that was not seen leaves its end of the stretch open. Entries
// that logd still folds when it is asked are told of later.
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

// lower is the least that was written between them for certain, of what came.
func (l *comparison) lower() int {
	begin, end := l.after[0], l.before[1]
	if !begin.seen || !end.seen {
		return 0
	}
	return max(0, end.first.least-begin.last.least) + max(0, end.first.foldedInner)
}
