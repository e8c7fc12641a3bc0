package log

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/printout"
)

// smallColon is what the first Android Studios print behind a tag.
var smallColon = []byte("\ufe55")

// studio reads an entry as Android Studio's Logcat window saves it, behind the
// time and from t[i:]:
//
//	PID-TID/PROCESS L/TAG: MESSAGE          to Chipmunk (2021): AndroidLogcatFormatter
//	PID-TID TAG    PROCESS    L  MESSAGE    from Dolphin (2022): MessageFormatter
//
// The process's name is what Android Studio knows, or "?" or pid-N; it is left out. The
// second line of a message and those that follow have no head: the earlier form indents them
// by four, the later as far as the message.
func (r *logReader) studio(t []byte, i int) bool {
	start := skipSpaces(t, i)
	pid, i := printout.DigitsAt(t, start)
	if i == start || i >= len(t) || t[i] != '-' {
		return false
	}
	start = i + 1
	tid, i := printout.DigitsAt(t, start)
	if i == start || i >= len(t) {
		return false
	}
	level, ok := byte(0), false
	r.studioIndent = 4
	switch t[i] {
	case '/':
		level, ok = r.studioSlash(t, i+1)
	case ' ':
		level, ok = r.studioColumns(t, i)
	}
	if !ok {
		r.studioIndent = 0
		return false
	}
	l := &r.line
	l.UID, l.User, l.PID, l.TID, l.Level = android.NoUID, "", pid, tid, level
	return true
}

// studioSlash reads PROCESS L/TAG: MESSAGE.
func (r *logReader) studioSlash(t []byte, i int) (level byte, ok bool) {
	space := bytes.IndexByte(t[i:], ' ')
	if space <= 0 {
		return 0, false
	}
	i = skipSpaces(t, i+space)
	if i+2 >= len(t) || !levels[t[i]] || t[i+1] != '/' {
		return 0, false
	}
	level, i = t[i], i+2
	colon, width := tagEnd(t, i), 1
	if small := bytes.Index(t[i:], smallColon); small >= 0 && (colon < 0 || i+small < colon) {
		colon, width = i+small, len(smallColon)
	}
	if colon < 0 {
		return 0, false
	}
	r.cut(t, i, colon)
	r.line.Message = t[min(colon+width+1, len(t)):]
	return level, true
}

// studioColumns reads TAG PROCESS L MESSAGE: two spaces follow the first level
// that stands behind two words or more. A tag may hold spaces, a process none.
func (r *logReader) studioColumns(t []byte, i int) (level byte, ok bool) {
	first, last, before := -1, -1, 0
	for from, word := range printout.Words(t[i:]) {
		from += i
		end := from + len(word)
		if before >= 2 && len(word) == 1 && levels[word[0]] && len(printout.TrimPadding(t[end:min(end+2, len(t))])) == 0 {
			r.line.Tag = printout.TrimPadding(t[first:last])
			r.line.Message = t[min(end+2, len(t)):]
			r.studioIndent = end + 2
			return word[0], true
		}
		if first < 0 {
			first = from
		}
		last = from
		before++
	}
	return 0, false
}

// studioMore reads a further line of a message that Android Studio saved, as an
// entry of its own with the same head: so logcat prints them too.
func (r *logReader) studioMore(t []byte) bool {
	if r.studioIndent == 0 || len(r.line.Time) == 0 || printout.Indent(t) < min(r.studioIndent, len(t)) || len(bytes.TrimSpace(t)) == 0 {
		return false
	}
	r.line.Message = t[r.studioIndent:]
	return true
}
