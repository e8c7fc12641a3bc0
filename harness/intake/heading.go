package intake

import (
	"bytes"
	"slices"
	"strings"

	"assay/harness/android"
)

// heading is a line that begins or ends a piece.
type heading struct {
	kind   kind
	source string
	title  string // as it stands; of an end, what it names
	name   string // what its own end names: a section's title, a service's name
	quick  bool   // of a section's end: it took less than half a second
}

type kind int

const (
	section    kind = iota // of dumpstate
	header                 // of the whole report
	another                // the header of another report
	service                // of dumpsys
	part                   // of dumpsys activity
	sectionEnd             // a section is over
	serviceEnd             // a service's dump is over
	done                   // the report is over
	rule                   // dashes: the line before a service, or a body's own
	timeout                // dumpsys gave up on the service
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
		return s.sectionIn(text)
	case bytes.HasPrefix(text, []byte("DUMP OF SERVICE ")):
		return serviceIn(text)
	case bytes.HasPrefix(text, []byte("--------- ")):
		return serviceEndIn(text)
	case s.open && bytes.Equal(text, dashes):
		return heading{kind: rule}, true
	case s.dump() && s.at.name == "activity" && bytes.HasPrefix(text, []byte("ACTIVITY MANAGER ")):
		return partIn(text)
	case bytes.HasPrefix(text, []byte("== dumpstate: done")):
		return heading{kind: done}, true
	case bytes.HasPrefix(text, []byte("== dumpstate: ")) && s.begun:
		return heading{kind: another, title: string(text)}, true
	case bytes.HasPrefix(text, []byte("== dumpstate: ")):
		return heading{kind: header, source: "dumpstate", title: "header"}, true
	case bytes.HasPrefix(text, []byte("*** ")):
		_, late := android.TimedOut(string(text))
		return heading{kind: timeout}, late && s.asked(text)
	}
	return heading{}, false
}

// asked says whether the piece is a dump of the service that a time-out names between
// quotation marks: its own, or a section that runs dumpsys. Android 7 names none.
func (s *splitter) asked(timeout []byte) bool {
	_, named, ok := bytes.Cut(timeout, []byte("'"))
	if !ok {
		return s.dump() || s.open && strings.Contains(s.at.title, "dumpsys")
	}
	name, _, _ := bytes.Cut(named, []byte("'"))
	if s.dump() {
		return s.at.name == string(name)
	}
	return s.open && strings.Contains(s.at.title, "dumpsys") && slices.Contains(strings.Fields(strings.Trim(s.at.title, "()")), string(name))
}

// sectionIn reads one of
//
//	------ TITLE (COMMAND) ------
//	------ TITLE ------                                up to Android 7, SYSTEM PROPERTIES names no command
//	------ 0.052s was the duration of 'TITLE' ------
//
// Within a piece a title without a command is one only in capitals, as dumpstate
// writes all of its own: anything else is the piece's own line.
func (s *splitter) sectionIn(text []byte) (heading, bool) {
	inner, ok := bytes.CutSuffix(text[len("------ "):], []byte(" ------"))
	if !ok {
		return heading{}, false
	}
	if took, rest, ok := bytes.Cut(inner, []byte("s was the duration of '")); ok && isTime(took) && bytes.HasSuffix(rest, []byte("'")) {
		if string(rest) == "DUMPSTATE'" {
			return heading{kind: done}, true
		}
		quick := bytes.HasPrefix(took, []byte("0.")) && string(took) < "0.5"
		return heading{kind: sectionEnd, title: string(rest[:len(rest)-1]), quick: quick}, true
	}
	title, command, ok := bytes.Cut(inner, []byte(" ("))
	command, closed := bytes.CutSuffix(command, []byte(")"))
	switch {
	case ok && closed && len(title) > 0:
	case isTitle(inner) && (!s.open || s.paused != nil || bytes.Equal(inner, bytes.ToUpper(inner))):
		title, command = inner, nil
	default:
		return heading{}, false
	}
	return heading{kind: section, source: sectionSource(string(title), string(command)), title: string(inner), name: string(title)}, true
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
	return heading{kind: service, source: serviceSource(string(name)), title: "DUMP OF SERVICE " + string(name), name: string(name)}, true
}

// serviceEndIn reads --------- 0.040s was the duration of dumpsys NAME, from Android
// 7, and , ending at: TIME behind it from 8.
func serviceEndIn(text []byte) (heading, bool) {
	took, rest, ok := bytes.Cut(text[len("--------- "):], []byte("s was the duration of dumpsys "))
	if !ok || !isTime(took) {
		return heading{}, false
	}
	name, _, _ := bytes.Cut(rest, []byte(", ending at: "))
	return heading{kind: serviceEnd, title: string(name)}, len(name) > 0 && bytes.IndexByte(name, ',') < 0
}

func isTime(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && c != '.' {
			return false
		}
	}
	return len(b) > 0
}

// endless are sections that dumpstate ends with no line of theirs, in one release or
// in all: the next heading follows them (frameworks/native cmds/dumpstate/dumpstate.cpp,
// do_showmap, show_wchan, show_showtime, dump_block_stats, Android 7 to 14).
var endless = map[string]bool{
	"BACKLIGHTS":                    true,
	"BLOCK STAT":                    true,
	"BLOCKED PROCESS WAIT-CHANNELS": true,
	"DUMP BLOCK STAT":               true,
	"EXTERNAL FRAGMENTATION INFO":   true,
	"PROCESS TIMES":                 true,
	"SMAPS OF ALL PROCESSES":        true,
	"VM TRACES AT LAST ANR":         true,
}

// idle says whether lines are what dumpstate itself says between pieces: nothing,
// rules, banners (== Checkins), what it could not dump (*** …) or left out.
func idle(lines []byte) bool {
	for line := range bytes.Lines(lines) {
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0, bytes.HasPrefix(line, []byte("==")):
		case bytes.HasPrefix(line, []byte("*** ")), bytes.HasPrefix(line, []byte("Skipping '")):
		default:
			return false
		}
	}
	return true
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
	return heading{kind: part, source: "dumpsys-activity-" + slug(string(title)), title: string(text), name: "activity"}, true
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
