package observe

import (
	"bytes"
	"strings"

	"assay/harness/evidence"
)

// trouble is a line by which a handset says that a print-out is not what was
// asked for.
type trouble struct {
	prefix string
	state  evidence.State
}

// troubles are printed by dumpsys (frameworks/native cmds/dumpsys), by the
// services themselves (DumpUtils.checkDumpPermission and older code), by cmd,
// sh, toybox and logcat; Android 5 to 16.
var troubles = []trouble{
	{"*** SERVICE '", evidence.TimedOut},
	{"*** command '", evidence.Truncated},
	{"/system/bin/sh: ", evidence.Unsupported},
	{"Can't find service", evidence.Unsupported},
	{"Error dumping service info", evidence.Truncated},
	{"Error with service '", evidence.Truncated},
	{"Error: java.lang.SecurityException", evidence.Denied},
	{"Error: Unknown option", evidence.Unsupported},
	{"Exception occurred while dumping", evidence.Truncated},
	{"Error: unable to access", evidence.Denied},
	{"Failure while dumping the", evidence.Truncated},
	{"Permission Denial", evidence.Denied},
	{"Permission denied", evidence.Denied},
	{"Security exception", evidence.Denied},
	{"Unable to find package", evidence.Empty},
	{"Unknown argument", evidence.Unsupported},
	{"Unexpected EOF", evidence.Truncated},
	{"cmd: Can't find service", evidence.Unsupported},
	{"dumpsys: Can't find service", evidence.Unsupported},
	{"java.lang.SecurityException", evidence.Denied},
	{"logcat: Unexpected EOF", evidence.Truncated},
	{"logcat: unexpected EOF", evidence.Truncated},
	{"logcat: Unable to open log device", evidence.Denied},
	{"read: unexpected EOF", evidence.Truncated},
	{"sh: ", evidence.Unsupported},
}

// refused reads a line that no parser knows, and says whether it was a refusal.
// Where it was, the coverage says so and the line counts as read.
func refused(l *Lines) bool {
	t := l.Text()
	if len(t) == 0 || t[0] == ' ' {
		return false
	}
	for _, known := range troubles {
		if !bytes.HasPrefix(t, []byte(known.prefix)) {
			continue
		}
		state := known.state
		if bytes.Contains(t, []byte("ermission denied")) {
			state = evidence.Denied
		}
		if known.state == evidence.TimedOut && !bytes.Contains(t, []byte("DUMP TIMEOUT")) {
			return false
		}
		l.Cover(evidence.Coverage{State: state, Reason: string(t[:min(len(t), 200)])})
		l.Read()
		return true
	}
	if bytes.HasSuffix(t, []byte(": Permission denied")) {
		l.Cover(evidence.Coverage{State: evidence.Denied, Reason: string(t[:min(len(t), 200)])})
		l.Read()
		return true
	}
	return false
}

// passedOver takes back what a service said of an argument that it does not know
// (Unknown argument: -a; use -h for help), where its dump follows: it has passed
// the argument over and printed what it prints without (AlarmManagerService,
// PackageManagerService and ActivityManagerService dump). A parser calls it where
// the dump begins.
func passedOver(l *Lines) {
	if c := l.tally.Coverage; c.State == evidence.Unsupported && strings.HasPrefix(c.Reason, "Unknown argument") {
		l.Cover(evidence.Coverage{})
	}
}

// framing says whether a line belongs to dumpsys or dumpstate and not to the
// service that they dump: Android 14's three lines before each service of a
// bug report, the heading of a service, its duration, the rule between them, how long
// a command took, the title of a part.
func framing(t []byte) bool {
	switch {
	case len(t) == 0:
		return true
	case t[0] == '-':
		return bytes.HasPrefix(t, []byte("-------"))
	case t[0] == '[':
		return bytes.HasSuffix(t, []byte("s elapsed]"))
	case t[0] == 'S':
		return bytes.HasPrefix(t, []byte("Service host process PID: "))
	case t[0] == 'T':
		return bytes.HasPrefix(t, []byte("Threads in use: "))
	case t[0] == 'C':
		return bytes.HasPrefix(t, []byte("Client PIDs: "))
	case t[0] == 'D':
		return bytes.HasPrefix(t, []byte("DUMP OF SERVICE "))
	case t[0] == '=':
		return among(t, dumpstateTitles)
	}
	return false
}

// dumpstateTitles begin the lines that dumpstate puts between its parts
// (cmds/dumpstate dumpstate.c and dumpstate.cpp, Android 5 to 16).
var dumpstateTitles = []string{
	"=====================", "== Android Framework Services", "== Board", "== Checkins", "== Dropbox crashes", "== Final progress",
	"== Obtaining statsd metadata", "== Running Application ", "== dumpstate: ",
}

// other settles a line that a parser of a dump does not know.
func other(l *Lines) {
	if framing(l.Text()) {
		l.Skip()
		return
	}
	refused(l)
}
