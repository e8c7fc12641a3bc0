package log

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/printout"
)

// longStart is the head of an entry in the long format.
type longStart struct {
	span evidence.Span
	time []byte
	tag  []byte
}

// longMessage bounds what is kept of one message: logd's entries are shorter
// than 4,096 bytes.
const longMessage = 64 << 10

// longHead reads [ TIME [UID:]PID: TID L/TAG ], the head of -v long, and ends the entry
// before it. The head of a long tag is cut off, as any long prefix is, and its line end is
// lost with it: then the message begins on the same line.
func (r *logReader) longHead(t []byte) bool {
	inner, ok := bytes.CutPrefix(t[:min(len(t), longestPrefix)], []byte("[ "))
	if !ok {
		return false
	}
	message := t[min(len(t), longestPrefix):]
	inner, ok = bytes.CutSuffix(inner, []byte(" ]"))
	if len(t) >= longestPrefix {
		ok = true
	}
	end := timeEnd(inner)
	if !ok || end <= 0 {
		return false
	}
	rest := inner[end:]
	if word, after := printout.Word(rest); len(word) == 5 && (word[0] == '+' || word[0] == '-') {
		end = len(inner) - len(after)
		rest = after
	}
	slash := bytes.IndexByte(rest, '/')
	if slash < 2 || !levels[rest[slash-1]] || rest[slash-2] != ' ' {
		return false
	}
	ids := bytes.Split(rest[:slash-2], []byte(":"))
	if len(ids) < 2 || len(ids) > 3 {
		return false
	}
	tid, isTID := printout.Number(bytes.TrimSpace(ids[len(ids)-1]))
	pid, isPID := printout.Number(bytes.TrimSpace(ids[len(ids)-2]))
	if !isTID || !isPID {
		return false
	}
	r.longEnd()
	l := &r.line
	l.UID, l.User = android.NoUID, ""
	if len(ids) == 3 {
		if n, ok := printout.Number(bytes.TrimSpace(ids[0])); ok {
			l.UID = android.UID(n)
		} else {
			l.User = r.names.Of(bytes.TrimSpace(ids[0]))
		}
	}
	l.PID, l.TID, l.Level = pid, tid, rest[slash-1]
	r.start.time = append(r.start.time[:0], bytes.TrimLeft(inner[:end], " ")...)
	r.start.tag = append(r.start.tag[:0], bytes.TrimRight(rest[slash+1:], " ")...)
	r.start.span = r.Span()
	r.message, r.blank = append(r.message[:0], message...), 0
	return true
}

// longLine reads a line of the long format. logprint writes a head, the message as it is,
// and an empty line. A message may hold empty lines too, so an entry ends at an empty line
// that a head, a divider or nothing follows.
func (r *logReader) longLine(t []byte) {
	switch {
	case len(t) == 0:
		r.Skip()
		r.blank++
	case bytes.HasPrefix(t, []byte("--------- beginning of ")), bytes.HasPrefix(t, []byte("--------- switch to ")):
		r.longEnd()
		r.header(t[len("--------- "):])
	case t[0] == '[' && r.between() && r.longHead(t):
		r.Read()
	case r.blank > 0 && bytes.HasPrefix(t, []byte("logcat: ")) && r.Refused():
		r.longEnd()
	case r.start.span.Line == 0, len(r.message)+r.blank+len(t) > longMessage:
		// Not Android's: unread.
	default:
		r.longMore(t)
	}
}

// between says whether a head may stand here: not within a message.
func (r *logReader) between() bool {
	return r.start.span.Line == 0 || r.blank > 0 || len(r.message) == 0
}

// longMore adds a line to the message.
func (r *logReader) longMore(t []byte) {
	if len(r.message) > 0 {
		r.blank++ // the end of the line before
	}
	for range r.blank {
		r.message = append(r.message, '\n')
	}
	r.blank = 0
	r.message = append(r.message, t...)
	r.start.span = printout.JoinSpans(r.start.span, r.Span())
	r.Read()
}

// longEnd emits the entry whose message has ended.
func (r *logReader) longEnd() {
	if r.start.span.Line == 0 {
		return
	}
	r.line.Time, r.line.Tag, r.line.Message = r.start.time, r.start.tag, r.message
	r.give(r.start.span)
	r.message, r.blank, r.start.span = r.message[:0], 0, evidence.Span{}
}
