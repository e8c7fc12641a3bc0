package printout

import (
	"errors"
	"io"

	"assay/harness/evidence"
)

// MostSamples is how many unread lines, or places where one stands, a Reading names.
const MostSamples = 8

// Read marks the line as understood.
func (l *Lines) Read() { l.state = read }

// Skip marks the line as known, and without interest to an audit.
func (l *Lines) Skip() { l.state = skipped }

// Unmark makes the line unread again, whatever it was marked as.
func (l *Lines) Unmark() { l.state = unread }

// Unread says whether the line is so far neither read nor skipped.
func (l *Lines) Unread() bool { return l.state == unread }

// Skipped says whether the line is skipped.
func (l *Lines) Skipped() bool { return l.state == skipped }

// Settled says whether the line is read or skipped.
func (l *Lines) Settled() bool { return l.state == read || l.state == skipped }

// Lose counts a line as unread that had been read as part of something, and that turns
// out to be none.
func (l *Lines) Lose(span evidence.Span) {
	l.tally.Unread++
	if len(l.tally.Samples) < MostSamples {
		l.tally.Samples = append(l.tally.Samples, span)
	}
}

// Lacks says what a whole print-out would show and this one does not.
func (l *Lines) Lacks(what string) {
	if l.watcher != nil && l.watcher.lack == "" {
		l.watcher.lack = what
	}
}

// Cut says that the print-out was cut off, and how it shows that.
func (l *Lines) Cut(reason string) {
	l.tally.Coverage = evidence.Coverage{State: evidence.Truncated, Reason: reason}
}

// Cover sets what the print-out itself shows of its completeness: denied,
// unsupported, timed out.
func (l *Lines) Cover(c evidence.Coverage) { l.tally.Coverage = c }

// Covered says whether the coverage has been set, by Cut or Cover.
func (l *Lines) Covered() bool { return l.tally.Coverage.State != evidence.Unknown }

// Sorted says what the order of a sorted print-out proves: its first key, its last, and
// where lines stand between them that may be entries and were not understood.
func (l *Lines) Sorted(first, through string, holes []Hole) {
	l.tally.First, l.tally.Through, l.tally.Holes = first, through, holes
}

// CountApart says how many of the unread lines are certainly no entry of the list.
func (l *Lines) CountApart(n int) { l.tally.Apart = n }

// MarkEnd says that the print-out shows its end.
func (l *Lines) MarkEnd() {
	if l.watcher != nil {
		l.watcher.ended = true
	}
}

// ForgetEnd says that nothing in the print-out can show its end.
func (l *Lines) ForgetEnd() {
	if l.watcher != nil {
		l.watcher.ended, l.watcher.ends = false, nil
	}
}

// count enters the line as unread.
func (l *Lines) count() { l.Lose(l.span) }

// reading closes the account. A parser that named no coverage read to the end.
func (l *Lines) reading() Reading {
	l.enter()
	l.tally.Lines = l.span.Line
	if l.err != nil && !errors.Is(l.err, io.EOF) {
		l.Cut("reading stopped: " + l.err.Error())
	}
	r := l.tally
	if l.watcher != nil {
		r.Lacks, r.End = l.watcher.lacks(), l.watcher.end()
	}
	if r.Coverage.State == evidence.Unknown {
		r.Coverage.State = evidence.Whole
		if r.Lines == 0 {
			r.Coverage = evidence.Coverage{State: evidence.Empty}
		}
	}
	return r
}
