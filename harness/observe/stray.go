package observe

import (
	"bytes"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// Stray is a line at the margin of a dump that nobody knows. Makers print such lines
// within blocks, and so does AOSP: from Android 10 Settings.dumpPackageLPr ends the
// line before the name of a library whose overlays it lists. What stands behind it is
// read as before, or it would hide the facts of the block, and of all blocks behind.
// It may also be the heading of a later release, whose lines are another matter.
//
// Where they stand tells the two apart. A heading's lines are one level below it; a
// line right behind that is deeper goes on with the block. One at that level goes on
// only where it has the form of the block's own, and, where another section might have
// lines of that form, only behind a note. Of any other the section is strange, and its
// lines are unread; where a dump has many sections without interest, those at least
// that would be facts in the section before.
type Stray int

const (
	NoStray Stray = iota
	Note          // a sentence, a value: it heads nothing
	Title         // it ends in a colon: it may be a heading
)

// MarkStray notes that the line is a stray.
func (l *Lines) MarkStray() {
	l.stray = Note
	if bytes.HasSuffix(bytes.TrimRight(l.Text(), " "), []byte(":")) || l.behind == Title {
		l.stray = Title
	}
}

// follow begins a line, behind what the one before was. Empty lines do not count.
func (l *Lines) follow(t []byte) {
	if l.told = false; l.stray != NoStray && len(bytes.TrimSpace(t)) == 0 {
		return
	}
	l.behind, l.stray = l.stray, NoStray
}

// SettleAtMargin settles a line at the margin that a parser of a dump does not know, and says
// whether it is a stray. What frames dumps, and what Android says in place of one,
// ends whatever stood before.
func (l *Lines) SettleAtMargin() bool {
	if framing(l.Text()) {
		l.Skip()
		return false
	}
	if l.Refused() && l.state != skipped { // a warning ends nothing
		return false
	}
	l.MarkStray()
	return true
}

// Stray is what the line is, where it stands at the margin and nobody knows it.
func (l *Lines) Stray() Stray { return l.stray }

// StrayBefore is what the line before is. Empty lines do not count.
func (l *Lines) StrayBefore() Stray { return l.behind }

// Doubt says that the lines from here on may be another section's.
func (l *Lines) Doubt() { l.doubtful = true }

// Trust says that the lines are a known section's again.
func (l *Lines) Trust() { l.doubtful = false }

// Doubtful says whether the lines may be another section's.
func (l *Lines) Doubtful() bool { return l.doubtful }

// UnlessDoubtful gives what a parser emits with, whose lines may turn doubtful: a fact
// of a doubtful line goes no further.
func (l *Lines) UnlessDoubtful(emit Emit) Emit {
	return func(f fact.Fact, s evidence.Span) {
		if l.told = true; !l.doubtful {
			emit(f, s)
		}
	}
}

// SettleDoubtful settles a line that was doubtful when it began: it is unread if it would be
// a fact, and without interest if not.
func (l *Lines) SettleDoubtful() {
	if l.told {
		l.state = unread
	} else {
		l.state = skipped
	}
}
