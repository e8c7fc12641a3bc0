package observe

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"assay/harness/evidence"
)

// longest is the most of one line that a parser sees. Android's own longest line
// is a log entry of 4,068 bytes; a handset that prints more is cut, and the line
// counted as unread.
const longest = 1 << 20

const samples = 8

// Lines reads a capture line by line in bounded memory, and keeps account: a
// line that the parser neither Reads nor Skips is unread.
type Lines struct {
	in     *bufio.Reader
	text   []byte // without line end
	long   []byte // holds a line that spans the reader's buffer
	span   evidence.Span
	next   int64
	state  lineState
	repeat bool
	err    error
	tally  Reading
}

type lineState int

const (
	none lineState = iota
	unread
	read
	skipped
)

// NewLines reads lines from r. LF, CR LF and CR CR LF all end a line.
func NewLines(r io.Reader) *Lines {
	return &Lines{in: bufio.NewReaderSize(r, 64<<10)}
}

// Next goes on to the next line, and says whether there is one.
func (l *Lines) Next() bool {
	if l.repeat {
		l.repeat = false
		return true
	}
	l.settle()
	if l.err != nil {
		return false
	}
	raw, err := l.in.ReadSlice('\n')
	total := int64(len(raw))
	if errors.Is(err, bufio.ErrBufferFull) {
		l.long = append(l.long[:0], raw...)
		for errors.Is(err, bufio.ErrBufferFull) {
			raw, err = l.in.ReadSlice('\n')
			total += int64(len(raw))
			if room := longest - len(l.long); room > 0 {
				l.long = append(l.long, raw[:min(room, len(raw))]...)
			}
		}
		raw = l.long
	}
	if err != nil {
		l.err = err
		if total == 0 {
			return false
		}
	}
	l.tally.Lines++
	l.span.Line++
	l.span.Offset = l.next
	l.next += total
	l.text = bytes.TrimRight(raw, "\r\n")
	l.span.Length = int64(len(l.text))
	l.state = unread
	return true
}

// Back makes the next call of Next give the same line again, for a parser whose
// inner loop has met a line that is its caller's.
func (l *Lines) Back() { l.repeat = true }

// Text is the line without its end. It is good until the next call of Next.
func (l *Lines) Text() []byte { return l.text }

// Span is where the line stands.
func (l *Lines) Span() evidence.Span { return l.span }

// Read marks the line as understood.
func (l *Lines) Read() { l.state = read }

// Skip marks the line as known, and without interest to an audit.
func (l *Lines) Skip() { l.state = skipped }

// Cut says that the print-out itself shows that it is not whole.
func (l *Lines) Cut(reason string) {
	l.tally.Coverage = evidence.Coverage{State: evidence.Truncated, Reason: reason}
}

// Cover sets what the print-out itself shows of its completeness: denied,
// unsupported, timed out.
func (l *Lines) Cover(c evidence.Coverage) { l.tally.Coverage = c }

// Err is what ended reading, if that was not the end of the input.
func (l *Lines) Err() error {
	if l.err == io.EOF {
		return nil
	}
	return l.err
}

func (l *Lines) settle() {
	switch l.state {
	case unread:
		if len(bytes.TrimSpace(l.text)) == 0 {
			l.tally.Skipped++
			break
		}
		l.tally.Unread++
		if len(l.tally.Samples) < samples {
			l.tally.Samples = append(l.tally.Samples, l.span)
		}
	case skipped:
		l.tally.Skipped++
	}
	l.state = none
}

// reading closes the account. A parser that named no coverage read to the end.
func (l *Lines) reading() Reading {
	l.settle()
	r := l.tally
	if r.Coverage.State == evidence.Unknown {
		r.Coverage.State = evidence.Whole
		if r.Lines == 0 {
			r.Coverage = evidence.Coverage{State: evidence.Empty}
		}
	}
	return r
}
