package observe

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/evidence"
)

// longestPhrase is the longest line that is looked at for what Android says in place
// of a print-out, bytes: a path of the kernel's (PATH_MAX) and words around it.
const longestPhrase = 8 << 10

// Refused reads a line that no parser knows, and says whether it is what Android says
// in place of a print-out (android.Phrases). Where it is, the coverage says so, and
// the line counts as read. What a service says of an argument that it does not know
// (AlarmManagerService, PackageManagerService and ActivityManagerService dump) counts
// only where the dump without it does not follow: it was passed over.
func (l *Lines) Refused() bool {
	t := l.Text()
	if len(t) == 0 || t[0] == ' ' || len(t) > longestPhrase {
		return false
	}
	says := android.SaysOf(string(t))
	switch says {
	case android.SaysNothing:
		return false
	case android.SaysHarmless:
		l.Skip()
		return true
	case android.SaysPassedOver:
		l.passed = string(t[:min(len(t), 200)])
		l.Read()
		return true
	}
	l.Cover(evidence.Coverage{State: evidence.StateOf(says), Reason: string(t[:min(len(t), 200)])})
	l.Read()
	return true
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

// tookTime says whether a line is one of
//
//	------ 0.052s was the duration of 'TITLE' ------
//	--------- 0.040s was the duration of dumpsys NAME, ending at: TIME
//
// (frameworks/native cmds/dumpstate DurationReporter, cmds/dumpsys writeDumpFooter,
// Android 6 to 16). What runs beside a section may print its own into it.
func tookTime(t []byte) bool {
	if len(t) < len("------ 0s") || t[0] != '-' {
		return false
	}
	rest, dumpsys := bytes.CutPrefix(t, []byte("--------- "))
	if !dumpsys {
		var ok bool
		if rest, ok = bytes.CutPrefix(t, []byte("------ ")); !ok {
			return false
		}
	}
	took, of, ok := bytes.Cut(rest, []byte("s was the duration of "))
	if !ok || len(bytes.Trim(took, "0123456789.")) > 0 {
		return false
	}
	if dumpsys {
		return bytes.HasPrefix(of, []byte("dumpsys "))
	}
	return bytes.HasPrefix(of, []byte("'")) && bytes.HasSuffix(of, []byte("' ------"))
}

// Settle settles a line that a parser does not know: what frames dumps is skipped, and
// what Android says in place of a print-out is read. Any other stays unread.
func (l *Lines) Settle() {
	if framing(l.Text()) {
		l.Skip()
		return
	}
	l.Refused()
}
