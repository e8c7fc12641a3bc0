package log

import (
	"bytes"
	"encoding/binary"

	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// LogcatBinary reads the log's binary form for the entries that logcat prints no line for.
var LogcatBinary = printout.Parser{
	Source: "logcat-binary",
	Parse:  parseLogcatBinary,
	Needs: "logcat -B: include/log/log_read.h logger_entry, Android 5 to 16; which entries logcat prints nothing for: liblog/logprint.cpp " +
		"android_log_processLogBuffer, android_log_processBinaryLogBuffer, android_log_formatLogLine, android_log_shouldPrintLine",
}

// emptyReader reads the log's entries once more, to find those that its text does not have.
type emptyReader struct {
	*logReader
	sdk int
}

// parseLogcatBinary skips every entry that logcat prints, since the stream has it.
func parseLogcatBinary(in printout.Input, emit printout.Emit) error {
	r := emptyReader{&logReader{Lines: in.Lines}, in.SDK}
	if !IsBinary(r.Peek(entryPeek)) {
		for r.Next() {
			r.Refused()
		}
		return nil
	}
	for {
		e, ok := r.nextEntry()
		if !ok {
			return nil
		}
		payload := r.head(r.Text(), e)
		if r.printed(payload, e) {
			r.Skip()
			continue
		}
		r.Read()
		emit(r.empty(payload), r.Span())
	}
}

// printed says whether logcat prints an entry. Where that is not certain it is true: if the
// entry was not printed after all, it counts as missing, which is told.
func (r emptyReader) printed(payload []byte, e logEntry) bool {
	if r.events() {
		return r.printedEvent(payload, e)
	}
	switch {
	case len(payload) < 3:
		return false
	case payload[0] < 2: // below verbose, which is the least that logcat shows
		return false
	case e.header == 28 || r.sdk >= 24:
		return true // without a message too, from Android 7 on
	}
	tag := bytes.IndexByte(payload[1:], 0)
	if tag < 0 {
		return false
	}
	message := payload[1+tag+1:]
	end := bytes.IndexByte(message, 0)
	if end < 0 {
		end = len(message) - 1 // logcat ends it itself, in place of its last byte
	}
	return end > 0
}

// eventMost is the longest payload, in bytes, of an event that can be known to be broken:
// its text fits into logcat's buffer in every release. Of a longer one logcat may fill the
// buffer before it comes to the fault, and then it prints the event.
const eventMost = 300

// printedEvent says whether logcat can take the values of an event apart, and so prints it.
// An event without values is printed from Android 8 on.
func (r emptyReader) printedEvent(payload []byte, e logEntry) bool {
	switch {
	case len(payload) < 4:
		return false
	case len(payload) > eventMost:
		return true
	case len(payload) == 4:
		return r.sdk >= 26 || r.sdk == 0 && e.header == 28
	}
	_, ok := eventRest(payload[4:], 0)
	return ok
}

// eventRest gives what follows a value. ok is false only where logcat certainly gives up
// within the value: how deep lists may be, and whether a list of more than 127 values reads
// as an empty one, differs from release to release.
func eventRest(b []byte, depth int) (rest []byte, ok bool) {
	if len(b) == 0 {
		return nil, false
	}
	size := 0
	switch kind := b[0]; {
	case kind == 0, kind == 4:
		size = 1 + 4
	case kind == 1:
		size = 1 + 8
	case kind == 2 && len(b) >= 5:
		size = 5 + int(min(binary.LittleEndian.Uint32(b[1:]), entryMost))
	case kind == 3 && len(b) >= 2:
		return listRest(b[2:], int(b[1]), depth)
	}
	if size == 0 || size > len(b) {
		return nil, false
	}
	return b[size:], true
}

func listRest(b []byte, values, depth int) (rest []byte, ok bool) {
	if depth > 8 || values > 127 {
		return nil, true
	}
	for range values {
		if b, ok = eventRest(b, depth+1); !ok {
			return nil, false
		}
		if b == nil {
			return nil, true
		}
	}
	return b, true
}

// empty gives the fact of an entry that logcat does not print.
func (r emptyReader) empty(payload []byte) fact.LogEmpty {
	l := &r.line
	e := fact.LogEmpty{Time: string(l.Time), PID: l.PID, TID: l.TID, UID: l.UID, Buffer: r.buffer}
	switch {
	case r.events():
		if len(payload) >= 4 {
			e.Tag = string(eventTag(nil, binary.LittleEndian.Uint32(payload)))
		}
	case payload[0] >= 2 && payload[0] <= 8:
		e.Level = "??VDIWEFS"[payload[0] : payload[0]+1]
		fallthrough
	default:
		tag, _, _ := bytes.Cut(payload[1:], []byte{0})
		e.Tag = string(tag[:min(len(tag), printout.LongestName)])
	}
	return e
}
