package intake

import (
	"bytes"
	"strings"

	"assay/harness/android"
)

// heading is a line that begins or ends a piece.
type heading struct {
	kind   kind
	source string
	title  string
}

type kind int

const (
	section kind = iota // of dumpstate
	header              // of the whole report
	service             // of dumpsys
	part                // of dumpsys activity
	over                // the piece before is whole
	rule                // dashes: the line before a service, or a body's own
	timeout             // dumpsys gave up on the service
)

var dashes = bytes.Repeat([]byte("-"), 79)

// headingIn reads a heading of a bugreport (frameworks/native cmds/dumpstate:
// dumpstate.cpp, DumpstateUtil, DurationReporter) or of a service's dump
// (cmds/dumpsys/dumpsys.cpp) from a line that begins as one may.
func (s *splitter) headingIn(line []byte) (heading, bool) {
	text := bytes.TrimRight(line, "\r\n")
	if len(text) > longestHeading {
		return heading{}, false
	}
	switch {
	case bytes.HasPrefix(text, []byte("------ ")):
		return sectionIn(text)
	case bytes.HasPrefix(text, []byte("DUMP OF SERVICE ")):
		return serviceIn(text)
	case s.dump && bytes.HasPrefix(text, []byte("--------- ")) && ended(text):
		return heading{kind: over}, true
	case s.dump && bytes.Equal(text, dashes):
		return heading{kind: rule}, true
	case s.dump && bytes.HasPrefix(text, []byte("ACTIVITY MANAGER ")):
		return partIn(text)
	case bytes.HasPrefix(text, []byte("== dumpstate: done")):
		return heading{kind: over}, true
	case !s.begun && bytes.HasPrefix(text, []byte("== dumpstate: ")):
		return heading{header, "dumpstate", "header"}, true
	case bytes.HasPrefix(text, []byte("*** ")):
		_, late := android.TimedOut(string(text))
		return heading{kind: timeout}, late
	}
	return heading{}, false
}

// sectionIn reads one of
//
//	------ TITLE (COMMAND) ------
//	------ TITLE ------                                up to Android 7, SYSTEM PROPERTIES names no command
//	------ 0.052s was the duration of 'TITLE' ------
func sectionIn(text []byte) (heading, bool) {
	inner, ok := bytes.CutSuffix(text[len("------ "):], []byte(" ------"))
	if !ok {
		return heading{}, false
	}
	if took, rest, ok := bytes.Cut(inner, []byte("s was the duration of '")); ok && isTime(took) && bytes.HasSuffix(rest, []byte("'")) {
		return heading{kind: over}, true
	}
	title, command, ok := bytes.Cut(inner, []byte(" ("))
	command, closed := bytes.CutSuffix(command, []byte(")"))
	if ok && closed && len(title) > 0 {
		return heading{section, sectionSource(string(title), string(command)), string(inner)}, true
	}
	if isTitle(inner) {
		return heading{section, sectionSource(string(inner), ""), string(inner)}, true
	}
	return heading{}, false
}

// serviceIn reads DUMP OF SERVICE [PRIORITY ]NAME:, with a priority from Android 9.
func serviceIn(text []byte) (heading, bool) {
	name, ok := bytes.CutSuffix(text[len("DUMP OF SERVICE "):], []byte(":"))
	for _, priority := range []string{"CRITICAL ", "HIGH ", "NORMAL "} {
		name = bytes.TrimPrefix(name, []byte(priority))
	}
	if !ok || len(name) == 0 {
		return heading{}, false
	}
	for _, c := range name {
		if !isWord(c) && c != '_' && c != '.' && c != '$' && c != '/' && c != '-' {
			return heading{}, false
		}
	}
	return heading{service, serviceSource(string(name)), "DUMP OF SERVICE " + string(name)}, true
}

// ended reads --------- 0.040s was the duration of dumpsys NAME, from Android 7,
// and , ending at: TIME behind it from 8.
func ended(text []byte) bool {
	took, rest, ok := bytes.Cut(text[len("--------- "):], []byte("s was the duration of dumpsys "))
	if !ok || !isTime(took) {
		return false
	}
	name, _, _ := bytes.Cut(rest, []byte(", ending at: "))
	return len(name) > 0 && bytes.IndexByte(name, ',') < 0
}

func isTime(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && c != '.' {
			return false
		}
	}
	return len(b) > 0
}

func isTitle(b []byte) bool {
	for _, c := range b {
		if !isWord(c) && !bytes.ContainsRune([]byte(" /_.:-"), rune(c)) {
			return false
		}
	}
	return len(b) > 0 && b[0] >= 'A' && b[0] <= 'Z'
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// partIn reads the heading of a section of dumpsys activity, such as
//
//	ACTIVITY MANAGER BROADCAST STATE (dumpsys activity broadcasts)
//
// (frameworks/base ActivityManagerService.java dumpEverything and before 9
// dump, Android 5 to 16). The heading is part of its body.
func partIn(text []byte) (heading, bool) {
	title, _, ok := bytes.Cut(text[len("ACTIVITY MANAGER "):], []byte(" (dumpsys activity "))
	if !ok {
		return heading{}, false
	}
	return heading{part, "dumpsys-activity-" + slug(string(title)), string(text)}, true
}

// sectionSource gives the source of a section by the command that made it.
func sectionSource(title, command string) string {
	words := strings.Fields(command)
	if title == "SYSTEM PROPERTIES" {
		return "getprop"
	}
	if len(words) == 0 {
		return "section-" + slug(title)
	}
	program := words[0][strings.LastIndexByte(words[0], '/')+1:]
	flags := " " + strings.Join(words[1:], " ") + " "
	switch {
	case program == "getprop":
		return "getprop"
	case program == "logcat" && strings.Contains(flags, " -S "):
		return "logcat-statistics"
	case program == "logcat":
		return "logcat"
	case program == "ps":
		return "ps"
	case program == "dumpsys" && strings.HasPrefix(title, "CHECKIN "):
		return checkin(words[1:], title)
	case words[0] == "/proc/net/xt_qtaguid/stats":
		return "qtaguid"
	}
	return "section-" + slug(title)
}

// checkin gives the source of a section that dumpsys -T MS SERVICE --checkin, or
// -c, makes.
func checkin(words []string, title string) string {
	for i := 0; i < len(words); i++ {
		switch {
		case words[i] == "-t" || words[i] == "-T":
			i++
		case !strings.HasPrefix(words[i], "-"):
			return "dumpsys-" + slug(words[i]) + "-checkin"
		}
	}
	return "section-" + slug(title)
}

// serviceSource gives the source of a service's dump. dumpstate runs dumpsys
// with -a, which changes some: the parsers know.
func serviceSource(name string) string {
	if name == "netstats" {
		return "netstats"
	}
	return "dumpsys-" + slug(name)
}

// slug keeps the letters and digits of a name, in small letters, with a hyphen
// for what stands between them.
func slug(name string) string {
	kept := make([]byte, 0, len(name))
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'A' && c <= 'Z':
			kept = append(kept, c-'A'+'a')
		case isWord(c):
			kept = append(kept, c)
		case len(kept) > 0 && kept[len(kept)-1] != '-':
			kept = append(kept, '-')
		}
	}
	return strings.TrimRight(string(kept), "-")
}
