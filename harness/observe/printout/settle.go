package printout

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/evidence"
)

// LongestPhrase is the longest line that can be a phrase of Android's, in bytes: a path of
// the kernel's (PATH_MAX) and words around it.
const LongestPhrase = 8 << 10

// Refused says whether a line that the parser does not know is one that Android prints in
// place of a print-out (android.Phrases). If so, it sets the coverage and counts the line
// as read. Some services say that they do not know an argument and print their dump all the
// same, without regard to it (dump of AlarmManagerService, PackageManagerService and
// ActivityManagerService); that sets the coverage only where no dump follows.
func (l *Lines) Refused() bool {
	t := l.Text()
	if len(t) == 0 || t[0] == ' ' || len(t) > LongestPhrase {
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

// IsFraming says whether a line was printed by dumpsys or dumpstate around the dump of a
// service: the three lines before each service in a bug report of Android 14, the name of
// the service, how long it took, a rule of dashes, the title of a part.
func IsFraming(t []byte) bool {
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
		return HasAnyPrefix(t, dumpstateTitles)
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

// Settle is for a line that the parser does not know. What stands around a dump is
// skipped, and what Android says in place of one is read. Any other line stays unread.
func (l *Lines) Settle() {
	if IsFraming(l.Text()) {
		l.Skip()
		return
	}
	l.Refused()
}
