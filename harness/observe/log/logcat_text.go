package log

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/printout"
)

// longestPrefix is how many bytes liblog prints before a message at the most (logprint.cpp
// android_log_formatLogLine, char prefixBuf[128], Android 5 to 16). A longer prefix, one
// with a long tag, is cut off: it loses the space behind the colon, then the colon, then the
// end of the tag. The message follows at once.
const longestPrefix = 127

// timed reads an entry that begins with its time:
//
//	[YYYY-]MM-DD HH:MM:SS.mmm[uuu[nnn]] [+ZZZZ] [UID] PID TID L TAG: MESSAGE   threadtime
//	[YYYY-]MM-DD HH:MM:SS.mmm L/TAG( PID): MESSAGE                             time
//	[YYYY-]MM-DD HH:MM:SS.mmm PID-TID…                                         studio
//
// with seconds since the epoch or since the boot, padded with spaces, in place
// of the date for -v epoch and -v monotonic.
func (r *logReader) timed(t []byte) bool {
	end := timeEnd(t)
	if end <= 0 || end >= len(t) || t[end] != ' ' {
		return false
	}
	if i := end + 1; i+5 < len(t) && (t[i] == '+' || t[i] == '-') && t[i+5] == ' ' && printout.IsDigit(t[i+1]) && printout.IsDigit(t[i+4]) {
		end = i + 5
	}
	i := end + 1
	if i+1 < len(t) && t[i+1] == '/' {
		if !r.brief(t[i:], longestPrefix-i) && !r.cutBrief(t[i:], longestPrefix-i) {
			return false
		}
	} else if !r.columns(t, i) {
		if !r.studio(t, i) {
			return false
		}
		r.start.time, r.start.tag = append(r.start.time[:0], t[:end]...), append(r.start.tag[:0], r.line.Tag...)
		r.line.Time, r.line.Tag = r.start.time, r.start.tag // for the other lines of the message
		return true
	}
	r.studioIndent = 0
	from := 0
	for t[from] == ' ' {
		from++
	}
	r.line.Time = t[from:end]
	return true
}

// timeEnd finds the end of a time, before its zone. It is 0 where there is none.
func timeEnd(t []byte) int {
	if len(t) < 20 {
		return 0
	}
	i := 0
	switch {
	case t[2] == '-' && t[5] == ' ' && t[8] == ':' && t[11] == ':' && t[14] == '.':
		i = 15
	case t[4] == '-' && t[7] == '-' && t[10] == ' ' && t[13] == ':' && t[16] == ':' && t[19] == '.':
		i = 20
	default:
		for t[i] == ' ' {
			if i++; i == len(t) {
				return 0
			}
		}
		from := i
		for i < len(t) && printout.IsDigit(t[i]) {
			i++
		}
		if i == from || i == len(t) || t[i] != '.' {
			return 0
		}
		i++
	}
	from := i
	for i < len(t) && printout.IsDigit(t[i]) {
		i++
	}
	if i-from < 3 {
		return 0
	}
	return i
}

// levels are the letters of android_LogPriority; A is what old versions print
// for F.
var levels = [256]bool{'V': true, 'D': true, 'I': true, 'W': true, 'E': true, 'F': true, 'A': true, 'S': true}

// columns reads [UID] PID TID L TAG: MESSAGE from t[i:]. The UID is a number, or
// the name of one: root, radio.
func (r *logReader) columns(t []byte, i int) bool {
	uid, user := android.NoUID, ""
	start := skipSpaces(t, i)
	pid, i := printout.DigitsAt(t, start)
	if i == start || i >= len(t) || t[i] != ' ' {
		for i < len(t) && t[i] != ' ' {
			i++
		}
		user = r.names.Of(t[start:i])
		start = skipSpaces(t, i)
		if pid, i = printout.DigitsAt(t, start); i == start {
			return false
		}
	}
	start = skipSpaces(t, i)
	tid, i := printout.DigitsAt(t, start)
	if i == start || i+2 >= len(t) {
		return false
	}
	if i++; user == "" && printout.IsDigit(t[skipSpaces(t, i)]) {
		start = skipSpaces(t, i)
		uid = android.UID(pid)
		pid = tid
		tid, i = printout.DigitsAt(t, start)
		i++
	}
	if i+1 >= len(t) || t[i-1] != ' ' || t[i+1] != ' ' || !levels[t[i]] {
		return false
	}
	l := &r.line
	l.UID, l.PID, l.TID, l.Level = uid, pid, tid, t[i]
	if l.User != user {
		l.User = user
	}
	i += 2
	switch colon := tagEnd(t, i); {
	case colon >= 0 && colon+2 <= longestPrefix:
		r.cut(t, i, colon)
	case len(t) >= longestPrefix: // of a MediaTek kernel, say, whose tags are sentences
		l.Tag, l.Message = bytes.TrimSuffix(t[i:longestPrefix], []byte(":")), t[longestPrefix:]
	default:
		l.Tag, l.Message = t[i:i], t[i:]
	}
	return true
}

func skipSpaces(t []byte, i int) int {
	for i < len(t)-1 && t[i] == ' ' {
		i++
	}
	return i
}

// tagEnd finds the colon that ends a tag: the first before a space or the end of the line. A
// tag with such a colon in it is cut there, for nothing tells the two apart.
func tagEnd(t []byte, from int) int {
	for i := from; ; {
		j := bytes.IndexByte(t[i:], ':')
		if j < 0 {
			return -1
		}
		i += j
		if i+1 == len(t) || t[i+1] == ' ' {
			return i
		}
		i++
	}
}

// cut sets tag and message: t[from:colon] without padding, and what follows.
func (r *logReader) cut(t []byte, from, colon int) {
	end := colon
	for end > from && t[end-1] == ' ' {
		end--
	}
	r.line.Tag = t[from:end]
	r.line.Message = t[min(colon+2, len(t)):]
}

// untimed reads -v brief and -v tag.
func (r *logReader) untimed(t []byte) bool {
	if len(t) < 3 || t[1] != '/' || !levels[t[0]] {
		return false
	}
	r.line.Time = nil
	if r.brief(t, longestPrefix) {
		return true
	}
	colon := tagEnd(t, 2)
	if colon+2 > longestPrefix || colon < 0 && len(t) >= longestPrefix {
		return r.cutBrief(t, longestPrefix)
	}
	if colon < 0 || bytes.IndexByte(bytes.TrimRight(t[2:colon], " "), '/') >= 0 {
		return false
	}
	l := &r.line
	l.UID, l.User, l.PID, l.TID, l.Level = android.NoUID, "", -1, -1, t[0]
	r.cut(t, 2, colon)
	return true
}

// brief reads L/TAG( PID): MESSAGE, with UID: before the PID for -v uid. longest is how many
// bytes may stand before the message.
func (r *logReader) brief(t []byte, longest int) bool {
	if len(t) < 5 || !levels[t[0]] {
		return false
	}
	for i := 2; ; i++ {
		open := bytes.IndexByte(t[i:], '(')
		if open < 0 {
			return false
		}
		i += open
		pid, uid, user, end := briefIDs(t, i+1)
		if end < 0 {
			continue
		}
		if end+1 > longest {
			return false
		}
		l := &r.line
		l.UID, l.User, l.PID, l.TID, l.Level = uid, "", pid, -1, t[0]
		if user != nil {
			l.User = r.names.Of(user)
		}
		tag := i
		for tag > 2 && t[tag-1] == ' ' {
			tag--
		}
		l.Tag = t[2:tag]
		message := t[end:]
		if len(message) > 0 && message[0] == ' ' {
			message = message[1:]
		}
		l.Message = message
		return true
	}
}

// cutBrief reads an entry of -v brief, time or tag whose prefix was cut off after longest
// bytes. The process is known where only the end of the prefix is lost.
func (r *logReader) cutBrief(t []byte, longest int) bool {
	if longest < 3 || len(t) < longest || !levels[t[0]] {
		return false
	}
	l := &r.line
	l.UID, l.User, l.PID, l.TID, l.Level = android.NoUID, "", -1, -1, t[0]
	tag, message := t[2:longest], t[longest:]
	if open := bytes.LastIndexByte(tag, '('); open >= 0 && printout.ConsistsOf(tag[open+1:], "0123456789: )") {
		whole := append(bytes.TrimSuffix(bytes.Clone(tag[open+1:]), []byte(":")), ':')
		if pid, uid, _, end := briefIDs(whole, 0); end >= 0 {
			l.PID, l.UID = pid, uid
		}
		tag = bytes.TrimRight(tag[:open], " ")
	}
	l.Tag, l.Message = bytes.TrimSuffix(tag, []byte(":")), message
	return true
}

// briefIDs reads PID): or UID: PID): at t[i:], and gives where the message
// begins, or -1.
func briefIDs(t []byte, i int) (pid int, uid android.UID, user []byte, end int) {
	uid = android.NoUID
	closing := bytes.IndexByte(t[i:], ')')
	if closing < 0 || closing > 24 || i+closing+1 >= len(t) || t[i+closing+1] != ':' {
		return 0, uid, nil, -1
	}
	ids := t[i : i+closing]
	if first, second, ok := bytes.Cut(ids, []byte(":")); ok {
		first = bytes.TrimLeft(first, " ")
		if n, ok := printout.Number(first); ok {
			uid = android.UID(n)
		} else {
			user = first
		}
		ids = second
	}
	pid, ok := printout.Number(bytes.TrimLeft(ids, " "))
	if !ok || pid > 1<<31 {
		return 0, android.NoUID, nil, -1
	}
	return pid, uid, user, i + closing + 2
}
