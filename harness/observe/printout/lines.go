package printout

import (
	"bytes"
	"io"
	"sync"

	"assay/harness/evidence"
)

// longest is the longest line that a parser sees; one that is longer is unread. Android's
// own longest line is a log entry of 4,068 bytes.
const longest = 1 << 20

// Window is how many bytes of a print-out are in memory at once, unless a line is longer.
// Most print-outs are short: Lines begin with fewer.
const (
	Window = 64 << 10
	begin  = 4 << 10
)

// Lines reads a print-out line by line in bounded memory, and keeps the account: a line
// that the parser neither Reads nor Skips is unread. A last line without a line end was
// cut off. It is counted, and no parser sees it, unless it is known that whoever took the
// print-out trimmed that line end away (Input.Trimmed).
type Lines struct {
	in       io.Reader
	buf      []byte
	pos, end int // what of buf is not yet given out
	from, to int // the line within buf, without line end
	span     evidence.Span
	next     int64 // offset of buf[pos]
	state    lineState
	err      error
	tally    Reading
	passed   string   // what was said of an argument that was passed over
	trimmed  bool     // Input.Trimmed
	stray    Stray    // whether the line is one
	behind   Stray    // whether the line before is one
	doubtful bool     // behind a stray the lines may be another section's: see UnlessDoubtful
	told     bool     // the parser has emitted a fact for the line
	watcher  *watcher // nil: nobody asks what a whole print-out shows
	pooled   *[Window]byte
	names    *Names
}

type lineState int

const (
	none lineState = iota
	unread
	read
	skipped
	again // to be given once more
)

// bom is the byte order mark that editors and shells on Windows put before a text.
var bom = []byte("\xef\xbb\xbf")

// NewLines reads lines from r. LF, CR LF and CR CR LF all end a line.
func NewLines(r io.Reader) *Lines {
	return &Lines{in: r, buf: make([]byte, begin)}
}

// Next goes on to the next line, and says whether there is one. What dumpstate and
// dumpsys print of how long something took is no line of any source's, wherever in
// it they put it: Next passes over it.
func (l *Lines) Next() bool {
	for l.line() {
		switch t := l.Text(); {
		case l.watcher != nil && l.watcher.marked && bytes.Equal(t, EndLine), tookTime(t):
			l.state = skipped
		default:
			l.follow(t)
			return true
		}
	}
	return false
}

// line goes on to the next line, whatever it is.
func (l *Lines) line() bool {
	if l.state != read && !l.enter() {
		return true
	}
	n := bytes.IndexByte(l.buf[l.pos:l.end], '\n')
	if n < 0 {
		if n = l.search(); n < 0 {
			return false
		}
	}
	from, to := l.pos, l.pos+n
	l.pos = to + 1
	l.span.Line++
	l.span.Offset = l.next
	l.next += int64(n + 1)
	for to > from && l.buf[to-1] == '\r' {
		to--
	}
	l.from, l.to = from, to
	l.span.Length = int64(to - from)
	l.state = unread
	if l.watcher != nil {
		l.watcher.line(l.Text())
	}
	return true
}

// enter enters the line before into the account. It is false where that line
// is to be given again.
func (l *Lines) enter() bool {
	switch l.state {
	case again:
		l.state = unread
		return false
	case unread:
		if len(bytes.TrimSpace(l.Text())) > 0 {
			l.count()
			break
		}
		l.tally.Skipped++
	case skipped:
		l.tally.Skipped++
	}
	l.state = none
	return true
}

// search finds the next line end beyond what is in memory: how far it is, or -1
// at the end of the input.
func (l *Lines) search() int {
	for {
		seen := l.end - l.pos
		if !l.more() {
			if l.trimmed && l.err == io.EOF && l.end > l.pos && l.end-l.pos <= longest {
				l.buf = append(l.buf[:l.end], '\n')
				l.end++
				return l.end - l.pos - 1
			}
			l.state = none
			l.tear()
			return -1
		}
		seen = min(seen, l.end-l.pos) // less by the mark of byte order
		if n := bytes.IndexByte(l.buf[l.pos+seen:l.end], '\n'); n >= 0 {
			return seen + n
		}
		if l.end-l.pos <= longest {
			continue
		}
		if !l.overlong() {
			return -1
		}
		if n := bytes.IndexByte(l.buf[l.pos:l.end], '\n'); n >= 0 {
			return n
		}
	}
}

// Back makes the next call of Next give the same line again, for a parser whose
// inner loop has met a line that is its caller's.
func (l *Lines) Back() { l.state = again }

// Text is the line without its end. It is good until the next call of Next.
func (l *Lines) Text() []byte { return l.buf[l.from:l.to] }

// Span is where the line stands.
func (l *Lines) Span() evidence.Span { return l.span }

// Err is what ended reading, if that was not the end of the input.
func (l *Lines) Err() error {
	if l.err == io.EOF {
		return nil
	}
	return l.err
}

// Peek gives up to n of the bytes that come next, for a format that has no
// lines. They are good until the next call of a method of Lines.
func (l *Lines) Peek(n int) []byte {
	for l.end-l.pos < n && l.more() {
	}
	return l.buf[l.pos:min(l.end, l.pos+n)]
}

// Take takes the next n bytes, which Peek has shown, as one line.
func (l *Lines) Take(n int) {
	l.enter()
	l.from, l.to = l.pos, l.pos+n
	l.span = evidence.Span{Line: l.span.Line + 1, Offset: l.next, Length: int64(n)}
	l.pos += n
	l.next += int64(n)
	l.state = unread
	if l.watcher != nil {
		l.watcher.told = true
	}
}

// more reads on, and makes room for it. It is false at the end of the input.
func (l *Lines) more() bool {
	if l.err != nil {
		return false
	}
	if l.pos > 0 {
		copy(l.buf, l.buf[l.pos:l.end])
		l.pos, l.end = 0, l.end-l.pos
	}
	switch {
	case l.end == len(l.buf):
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	case l.next > begin/2 && len(l.buf) < Window:
		l.widen()
	}
	for range 100 {
		n, err := l.in.Read(l.buf[l.end:])
		l.end += n
		if l.next == 0 && bytes.HasPrefix(l.buf[:l.end], bom) {
			l.pos, l.next = len(bom), int64(len(bom))
		}
		if err != nil {
			l.err = err
		}
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	l.err = io.ErrNoProgress
	return false
}

// windows are the buffers of print-outs that have been read: a bundle has
// hundreds of them.
var windows = sync.Pool{New: func() any { return new([Window]byte) }}

// widen goes on with a whole window.
func (l *Lines) widen() {
	l.pooled = windows.Get().(*[Window]byte)
	l.end = copy(l.pooled[:], l.buf[:l.end])
	l.buf = l.pooled[:]
}

// vocabularies are the names that print-outs have said: those of one handset say
// the same again and again.
var vocabularies = sync.Pool{New: func() any { return new(Names) }}

// Names gives names that are already known, for a parser of many.
func (l *Lines) Names() *Names {
	if l.names == nil {
		l.names = vocabularies.Get().(*Names)
	}
	return l.names
}

// release gives back what the next print-out may use. Nothing may be asked for
// after it.
func (l *Lines) release() {
	if l.names != nil {
		vocabularies.Put(l.names)
		l.names = nil
	}
	if l.pooled != nil {
		windows.Put(l.pooled)
		l.pooled, l.buf = nil, nil
	}
}

// overlong passes over a line that is longer than any parser sees.
func (l *Lines) overlong() bool {
	length := 0
	for {
		n := bytes.IndexByte(l.buf[l.pos:l.end], '\n')
		if n >= 0 {
			l.pass(length+n, n+1)
			return true
		}
		length += l.end - l.pos
		l.next += int64(l.end - l.pos)
		l.pos = l.end
		if !l.more() {
			l.pass(length, 0)
			l.cut()
			return false
		}
	}
}

// pass counts a line of so many bytes as unread, and takes what is left of it.
func (l *Lines) pass(length, rest int) {
	l.pos += rest
	l.next += int64(rest)
	l.span = evidence.Span{Line: l.span.Line + 1, Offset: l.next - int64(length+min(rest, 1)), Length: int64(length)}
	l.count()
	l.state = none
}

// tear counts what stands behind the last line end.
func (l *Lines) tear() {
	rest := l.buf[l.pos:l.end]
	if len(rest) == 0 {
		return
	}
	l.span = evidence.Span{Line: l.span.Line + 1, Offset: l.next, Length: int64(len(rest))}
	l.next += int64(len(rest))
	l.pos = l.end
	if len(bytes.TrimSpace(rest)) == 0 {
		l.tally.Skipped++
		return
	}
	l.count()
	l.cut()
}

func (l *Lines) cut() {
	if l.tally.Coverage.State == evidence.Unknown {
		l.Cut("the last line has no end")
	}
}

// JoinSpans is the stretch from the first line of one span to the end of another.
func JoinSpans(from, to evidence.Span) evidence.Span {
	from.Length = to.Offset + to.Length - from.Offset
	return from
}
