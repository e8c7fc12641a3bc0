package intake

import (
	"bytes"
	"regexp"
	"strings"
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
	service             // of dumpsys
	part                // of dumpsys activity
	over                // the piece before is whole
	rule                // dashes: the line before a service, or a body's own
	timeout             // dumpsys gave up on the service
)

// Headings of a bugreport (frameworks/native cmds/dumpstate: dumpstate.cpp,
// DumpstateUtil, DurationReporter; the services' by cmds/dumpsys/dumpsys.cpp).
var (
	titled   = regexp.MustCompile(`^------ (.+?) \((.*)\) ------$`)
	untitled = regexp.MustCompile(`^------ ([A-Z][A-Za-z0-9 /_.:-]*) ------$`) // up to Android 7, SYSTEM PROPERTIES names no command
	footer   = regexp.MustCompile(`^------ [0-9.]+s was the duration of '.*' ------$`)
	dumped   = regexp.MustCompile(`^DUMP OF SERVICE (?:(?:CRITICAL|HIGH|NORMAL) )?([A-Za-z0-9_.$/-]+):$`)
	ended    = regexp.MustCompile(`^--------- [0-9.]+s was the duration of dumpsys ([^,]+), ending at: `)
	dashes   = bytes.Repeat([]byte("-"), 79)
)

// headingIn reads a line that begins as a heading may. Patterns are tried only
// on what begins right: a log has millions of lines, and a few begin so.
func (s *splitter) headingIn(line []byte) (heading, bool) {
	text := bytes.TrimRight(line, "\r\n")
	if len(text) > longestHeading {
		return heading{}, false
	}
	switch {
	case bytes.HasPrefix(text, []byte("------ ")):
		return sectionIn(text)
	case bytes.HasPrefix(text, []byte("DUMP OF SERVICE ")):
		if m := dumped.FindSubmatch(text); m != nil {
			return heading{service, serviceSource(string(m[1])), "DUMP OF SERVICE " + string(m[1])}, true
		}
	case s.dump && bytes.HasPrefix(text, []byte("--------- ")) && ended.Match(text):
		return heading{kind: over}, true
	case s.dump && bytes.Equal(text, dashes):
		return heading{kind: rule}, true
	case s.dump && bytes.HasPrefix(text, []byte("ACTIVITY MANAGER ")):
		return partIn(text)
	case bytes.HasPrefix(text, []byte("== dumpstate: done")):
		return heading{kind: over}, true
	case bytes.HasPrefix(text, []byte("*** SERVICE '")) && bytes.Contains(text, []byte("DUMP TIMEOUT")):
		return heading{kind: timeout}, true
	}
	return heading{}, false
}

func sectionIn(text []byte) (heading, bool) {
	if footer.Match(text) {
		return heading{kind: over}, true
	}
	if m := titled.FindSubmatch(text); m != nil {
		return heading{section, sectionSource(string(m[1]), string(m[2])), string(m[1]) + " (" + string(m[2]) + ")"}, true
	}
	if m := untitled.FindSubmatch(text); m != nil {
		return heading{section, sectionSource(string(m[1]), ""), string(m[1])}, true
	}
	return heading{}, false
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

var notName = regexp.MustCompile(`[^a-z0-9]+`)

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

func slug(s string) string {
	return strings.Trim(notName.ReplaceAllString(strings.ToLower(s), "-"), "-")
}
