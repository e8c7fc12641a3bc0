package printout

import (
	"bytes"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// Stray says whether a line is a stray: one that is not indented, in a dump, and that the
// parser does not know. It may be one of two things.
//
// It may stand within a block of lines. Makers print such lines, and so does AOSP: from
// Android 10 Settings.dumpPackageLPr ends the line before the name of a library whose
// overlays it lists. Then the block goes on behind it; else one such line would hide the
// facts of this block and of all that follow.
//
// Or it may be the heading of a section that a later release has. Then the lines below it
// mean something else, and must not be read as the block's.
//
// The line behind it tells the two apart. If that is indented by more than one level, the
// block goes on. If by one level, the block goes on only where the line has the form of the
// block's lines; and where lines of that form may stand in another section too, only behind
// a [Note]. Otherwise it is a new section, whose lines are unread. In a dump with many
// sections without interest, only those are unread that would have been facts before.
type Stray int

// Strays. The zero value is of a line that is none.
const (
	NoStray Stray = iota
	Note          // a sentence or a value: it can be no heading
	Title         // it ends in a colon: it may be a heading
)

// MarkStray says that the line is a stray. One behind a title is a title too.
func (l *Lines) MarkStray() {
	l.stray = Note
	if bytes.HasSuffix(bytes.TrimRight(l.Text(), " "), []byte(":")) || l.behind == Title {
		l.stray = Title
	}
}

// follow goes on from one line to the next. Empty lines do not count.
func (l *Lines) follow(t []byte) {
	if l.told = false; l.stray != NoStray && len(bytes.TrimSpace(t)) == 0 {
		return
	}
	l.behind, l.stray = l.stray, NoStray
}

// SettleAtMargin is Settle for a line that is not indented, and says whether it is a
// stray. If not, it ends the section that stood before.
func (l *Lines) SettleAtMargin() bool {
	if IsFraming(l.Text()) {
		l.Skip()
		return false
	}
	if l.Refused() && l.state != skipped { // a warning ends nothing
		return false
	}
	l.MarkStray()
	return true
}

// Stray says whether the line is a stray.
func (l *Lines) Stray() Stray { return l.stray }

// StrayBefore says whether the line before is a stray. Empty lines do not count.
func (l *Lines) StrayBefore() Stray { return l.behind }

// Doubt says that the lines from here on may belong to another section.
func (l *Lines) Doubt() { l.doubtful = true }

// Trust says that the lines from here on belong to a section that the parser knows.
func (l *Lines) Trust() { l.doubtful = false }

// Doubtful says whether the lines may belong to another section.
func (l *Lines) Doubtful() bool { return l.doubtful }

// UnlessDoubtful gives an Emit for a parser whose lines may become doubtful: it does not
// pass on the fact of a doubtful line.
func (l *Lines) UnlessDoubtful(emit Emit) Emit {
	return func(f fact.Fact, s evidence.Span) {
		if l.told = true; !l.doubtful {
			emit(f, s)
		}
	}
}

// SettleDoubtful is for a line that was doubtful before the parser read it: it is unread if
// the parser has emitted a fact for it, else it is skipped.
func (l *Lines) SettleDoubtful() {
	if l.told {
		l.state = unread
	} else {
		l.state = skipped
	}
}
