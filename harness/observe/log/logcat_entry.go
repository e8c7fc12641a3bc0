package log

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"

	"assay/harness/android"
	"assay/harness/observe/printout"
)

// entryPeek is the longest header of an entry of logcat -B.
const entryPeek = 28

// entryMost bounds an entry's payload: LOGGER_ENTRY_MAX_PAYLOAD is 4,068, and
// some makers raise it.
const entryMost = 16 << 10

// logEntry is the header of an entry of logcat -B, little-endian:
// u16 length of the payload, u16 length of the header (24 to Android 6, then
// 28), i32 pid, u32 tid, u32 seconds, u32 nanoseconds, u32 buffer, u32 uid.
type logEntry struct{ payload, header int }

func entryAt(b []byte) (logEntry, bool) {
	if len(b) < 24 {
		return logEntry{}, false
	}
	e := logEntry{int(binary.LittleEndian.Uint16(b)), int(binary.LittleEndian.Uint16(b[2:]))}
	return e, (e.header == 24 || e.header == 28) && e.payload > 0 && e.payload <= entryMost &&
		binary.LittleEndian.Uint32(b[4:]) < 1<<22 && binary.LittleEndian.Uint32(b[16:]) < 1e9
}

// IsBinary says whether a log begins as logcat -B does.
func IsBinary(b []byte) bool {
	_, ok := entryAt(b)
	return ok
}

// bufferNames are the buffers by log_id_t.
var bufferNames = [...]string{"main", "radio", "events", "system", "crash", "stats", "security", "kernel"}

// binary reads logcat -B, an entry a line.
func (r *logReader) binary() error {
	for {
		e, ok := r.nextEntry()
		if !ok {
			return nil
		}
		if r.entry(r.Text(), e) {
			r.Read()
			r.giveBinary()
		}
	}
}

// nextEntry goes on to the next entry; Text then gives the whole of it. It is false at the
// end, and where the bytes no longer look like an entry: then the rest is counted as unread.
func (r *logReader) nextEntry() (logEntry, bool) {
	head := r.Peek(entryPeek)
	if len(head) == 0 {
		return logEntry{}, false
	}
	e, ok := entryAt(head)
	if ok && len(r.Peek(e.header+e.payload)) == e.header+e.payload {
		r.Take(e.header + e.payload)
		return e, true
	}
	for rest := r.Peek(printout.Window); len(rest) > 0; rest = r.Peek(printout.Window) {
		r.Take(len(rest))
	}
	r.Cut("the log breaks off within an entry")
	return logEntry{}, false
}

// entry reads one entry. b is the whole of it.
func (r *logReader) entry(b []byte, e logEntry) bool {
	l, payload := &r.line, r.head(b, e)
	if r.events() {
		return r.event(payload)
	}
	if payload[0] < 2 || payload[0] > 8 {
		return false
	}
	l.Level = "??VDIWEFS"[payload[0]]
	tag, message, ok := bytes.Cut(payload[1:], []byte{0})
	l.Tag, l.Message = tag, bytes.TrimRight(message, "\x00\n")
	return ok
}

// head reads the header of an entry, and gives its payload.
func (r *logReader) head(b []byte, e logEntry) []byte {
	l := &r.line
	l.PID, l.TID = int(binary.LittleEndian.Uint32(b[4:])), int(binary.LittleEndian.Uint32(b[8:]))
	l.UID, l.User, r.buffer = android.NoUID, "", ""
	id := binary.LittleEndian.Uint32(b[20:])
	if int(id) < len(bufferNames) {
		r.buffer = bufferNames[id]
	}
	if e.header == 28 {
		l.UID = android.UID(binary.LittleEndian.Uint32(b[24:]))
	}
	l.Time = r.epoch.of(binary.LittleEndian.Uint32(b[12:]), binary.LittleEndian.Uint32(b[16:]))
	return b[e.header : e.header+e.payload]
}

// events says whether the entry's buffer holds typed values, not text.
func (r *logReader) events() bool {
	return r.buffer == "events" || r.buffer == "stats" || r.buffer == "security"
}

// epoch writes seconds and nanoseconds as -v epoch,nsec prints them. Entries of
// one second share what stands before the point.
type epoch struct {
	sec  uint32
	text []byte
}

func (e *epoch) of(sec, nsec uint32) []byte {
	if sec != e.sec || len(e.text) == 0 {
		e.sec = sec
		e.text = append(strconv.AppendUint(e.text[:0], uint64(sec), 10), ".000000000"...)
	}
	for i := len(e.text) - 1; e.text[i] != '.'; i-- {
		e.text[i] = '0' + byte(nsec%10)
		nsec /= 10
	}
	return e.text
}

// giveBinary emits the entry, whose buffer is certain.
func (r *logReader) giveBinary() {
	r.headed = true
	r.give(r.Span())
}

// eventTags names the events that an audit needs (EventLogTags.logtags of frameworks/base
// and system/logging). Others keep their number.
var eventTags = map[uint32]string{
	1004: "chatty", 2750: "notification_enqueue",
	30008: "am_anr", 30010: "am_proc_bound", 30011: "am_proc_died", 30014: "am_proc_start",
	30023: "am_kill", 30030: "am_create_service", 30039: "am_crash",
	52002: "content_query_sample", 52003: "content_update_sample", 52004: "binder_sample",
}

// event reads a payload of typed values and writes it as the text formats do.
func (r *logReader) event(payload []byte) bool {
	if len(payload) < 4 {
		return false
	}
	tag := eventTag(r.start.tag[:0], binary.LittleEndian.Uint32(payload))
	text, rest, ok := eventValue(r.message[:0], payload[4:], 0)
	r.start.tag, r.message = tag, text
	r.line.Level, r.line.Tag, r.line.Message = 'I', tag, text
	return ok && len(bytes.TrimRight(rest, "\x00\n")) == 0
}

// eventTag writes the name of an event, or its number.
func eventTag(tag []byte, number uint32) []byte {
	if name, ok := eventTags[number]; ok {
		return append(tag, name...)
	}
	return strconv.AppendUint(tag, uint64(number), 10)
}

// eventValue writes one value: i32, i64, string, list or float, by its type
// (android/log_event_list.h).
func eventValue(text, b []byte, depth int) (out, rest []byte, ok bool) {
	if len(b) == 0 || depth > 8 {
		return text, nil, len(b) == 0
	}
	kind, b := b[0], b[1:]
	switch {
	case kind == 0 && len(b) >= 4:
		return strconv.AppendInt(text, int64(int32(binary.LittleEndian.Uint32(b))), 10), b[4:], true
	case kind == 1 && len(b) >= 8:
		return strconv.AppendInt(text, int64(binary.LittleEndian.Uint64(b)), 10), b[8:], true
	case kind == 2 && len(b) >= 4:
		n := binary.LittleEndian.Uint32(b)
		if uint64(n) > uint64(len(b)-4) {
			return text, nil, false
		}
		return append(text, b[4:4+n]...), b[4+n:], true
	case kind == 4 && len(b) >= 4:
		f := math.Float32frombits(binary.LittleEndian.Uint32(b))
		return strconv.AppendFloat(text, float64(f), 'f', 6, 32), b[4:], true
	case kind == 3 && len(b) >= 1:
		n, b := int(b[0]), b[1:]
		text = append(text, '[')
		for i := range n {
			if i > 0 {
				text = append(text, ',')
			}
			if len(b) == 0 {
				return text, nil, false
			}
			if text, b, ok = eventValue(text, b, depth+1); !ok {
				return text, nil, false
			}
		}
		return append(text, ']'), b, true
	}
	return text, nil, false
}
