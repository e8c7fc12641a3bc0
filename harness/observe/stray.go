package observe

import (
	"bytes"

	"assay/harness/evidence"
)

// stray is a line at the margin of a dump that nobody knows. Makers print such lines
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
type stray int

const (
	noStray stray = iota
	note          // a sentence, a value: it heads nothing
	title         // it ends in a colon: it may be a heading
)

// strayed notes that the line is a stray.
func (l *Lines) strayed() {
	l.stray = note
	if bytes.HasSuffix(bytes.TrimRight(l.Text(), " "), []byte(":")) || l.behind == title {
		l.stray = title
	}
}

// follow begins a line, behind what the one before was. Empty lines do not count.
func (l *Lines) follow(t []byte) {
	if l.told = false; l.stray != noStray && len(bytes.TrimSpace(t)) == 0 {
		return
	}
	l.behind, l.stray = l.stray, noStray
}

// goesOn settles a line at the margin that a parser of a dump does not know, and says
// whether it is a stray. What frames dumps, and what Android says in place of one,
// ends whatever stood before.
func goesOn(l *Lines) bool {
	if framing(l.Text()) {
		l.Skip()
		return false
	}
	if refused(l) && l.state != skipped { // a warning ends nothing
		return false
	}
	l.strayed()
	return true
}

// muted gives what a parser emits with, whose lines may turn doubtful.
func muted(l *Lines, emit Emit) Emit {
	return func(f Fact, s evidence.Span) {
		if l.told = true; !l.doubtful {
			emit(f, s)
		}
	}
}

// doubted settles a line that was doubtful when it began: it is unread if it would be
// a fact, and without interest if not.
func (l *Lines) doubted() {
	if l.told {
		l.state = unread
	} else {
		l.state = skipped
	}
}
