package log

import (
	"bytes"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Logcat reads the log, in every form that logcat, Android Studio and bug reports give it.
var Logcat = printout.Parser{
	Source: "logcat",
	Parse:  parseLogcat,
	Needs: "system/logging liblog/logprint.cpp android_log_formatLogLine, logcat/logcat.cpp, Android 5 to 16 " +
		"(system/core before 11): threadtime, time, brief, tag and long, with the modifiers uid, year, zone, epoch, " +
		"monotonic, usec, nsec and printable; include/log/log_read.h logger_entry for -B; frameworks/base EventLogTags.logtags of " +
		"core android/content and services/core com/android/server/am for events; tools/adt/idea logcat for what Android Studio saves",
}

// logReader reads logcat. All entries use the memory of one LogLine, one after the other.
type logReader struct {
	*printout.Lines
	emit  printout.Emit
	names printout.Names
	line  fact.LogLine
	epoch epoch // of -B

	begun    int  // buffers that have begun
	switches bool // logcat -D marks each change of buffer
	buffer   string
	headed   bool // the entry right behind a header

	long    bool // reading the long format
	message []byte
	blank   int // empty lines behind the message so far
	start   longStart

	studioIndent int // of a message's further lines in what Android Studio saved; 0 elsewhere
}

func parseLogcat(in printout.Input, emit printout.Emit) error {
	r := &logReader{Lines: in.Lines, emit: emit}
	if IsBinary(r.Peek(entryPeek)) {
		return r.binary()
	}
	for r.Next() {
		t := r.Text()
		if r.long {
			r.longLine(t)
			continue
		}
		if r.studioMore(t) {
			r.Read()
			r.give(r.Span())
			continue
		}
		if len(t) > 0 && (t[0] <= '9' && t[0] >= '0' || t[0] == ' ') && r.timed(t) || r.untimed(t) {
			r.Read()
			r.give(r.Span())
			continue
		}
		r.apart(t)
	}
	if r.start.span.Line != 0 && r.blank == 0 {
		r.Cut("the last entry has no end")
	}
	r.longEnd()
	return nil
}

// give emits the entry that was read, and what it says as an event.
func (r *logReader) give(span evidence.Span) {
	buffer := ""
	if r.begun == 1 || r.switches || r.headed {
		buffer = r.buffer
	}
	if r.line.Buffer != buffer {
		r.line.Buffer = buffer
	}
	r.headed = false
	r.line.Chatty = 0
	var told fact.Fact
	switch tag := r.line.Tag; len(tag) {
	case len("chatty"):
		if tag[0] == 'c' && string(tag) == "chatty" {
			r.line.Chatty = expired(r.line.Message)
		}
	case len("am_proc_start"), len("am_create_service"), len("content_query_sample"), len("content_update_sample"):
		if tag[0] >= 'a' && tag[0] <= 'c' && len(r.line.Message) > 0 && r.line.Message[0] == '[' {
			told = r.told(tag)
		}
	}
	r.emit(&r.line, span)
	if told != nil {
		r.emit(told, span)
	}
}

// apart reads a line that is no entry: the header of a buffer, what adb says at the begin,
// what logcat says at the end.
func (r *logReader) apart(t []byte) {
	switch {
	case bytes.HasPrefix(t, []byte("--------- ")):
		r.header(t[len("--------- "):])
	case len(t) > 0 && t[0] == '[' && r.longHead(t):
		r.long = true
		r.Read()
	case bytes.HasPrefix(t, []byte("* daemon ")), bytes.HasPrefix(t, []byte("[logcat: ")),
		bytes.HasPrefix(t, []byte("- waiting for device -")), bytes.HasPrefix(t, []byte("---------------------------- PROCESS ")),
		bytes.HasPrefix(t, []byte("This means that either the device shut down")):
		r.Skip()
	default:
		r.Settle()
	}
}

// header reads beginning of BUFFER and switch to BUFFER. Without -D the entries
// of several buffers are mixed, and only the first of each is marked.
func (r *logReader) header(t []byte) {
	name, ok := bytes.CutPrefix(t, []byte("beginning of "))
	if ok {
		r.begun++
	} else if name, ok = bytes.CutPrefix(t, []byte("switch to ")); ok {
		r.switches = true
	} else {
		return
	}
	r.Read()
	r.buffer = r.names.Of(bytes.TrimPrefix(name, []byte("/dev/log/")))
	r.headed = true
}

// expired reads how many entries logd dropped: "uid=1000(system) NAME expire 3 lines" and
// "… identical 3 lines" (logd LogStatistics, LogBuffer; Android 7 to 11).
func expired(message []byte) int {
	for _, word := range []string{" expire ", " identical "} {
		if i := bytes.Index(message, []byte(word)); i >= 0 {
			first, _ := printout.Word(message[i+len(word):])
			n, _ := printout.Number(first)
			return n
		}
	}
	return 0
}
