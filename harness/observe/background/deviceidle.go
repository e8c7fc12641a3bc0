package background

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysDeviceidle reads which packages battery saving spares.
var DumpsysDeviceidle = printout.Parser{
	Source: "dumpsys-deviceidle",
	Parse:  parseDeviceIdle,
	Needs: "com/android/server/DeviceIdleController.java dump, services/core to Android 10, apex/jobscheduler from 11; Android 6 to 16; " +
		"and its shell command whitelist, from 7",
}

// allowLists are the headings of dumpsys deviceidle above lists of packages, with the words of
// cmd deviceidle whitelist for these lists.
var allowLists = map[string]string{
	"Whitelist (except idle) system apps:": "system-excidle",
	"Whitelist system apps:":               "system",
	"Removed whitelist system apps:":       "system-removed",
	"Whitelist user apps:":                 "user",
}

// idleHeadings are other lines that are indented by two, some with lines below.
var idleHeadings = []string{
	"Flags:",
	"Idling history:",
	"Location prefetching ",
	"Removed ",
	"Settings:",
	"Temp whitelist ",
	"Whitelist ",
	"activeEmergencyCall",
	"}", // ends mConstraints={
}

func parseDeviceIdle(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	list, known := "", false
	var names printout.Names
	for l.Next() {
		t := l.Text()
		body := bytes.TrimSpace(t)
		switch in := printout.Indent(t); {
		case len(body) == 0:
			l.Skip()
		case in == 0:
			known = false
			if p, ok := allowLine(t, &names); ok {
				list = ""
				l.Read()
				emit(p, l.Span())
			} else if !l.SettleAtMargin() { // a list's lines are deeper than a heading's
				list = ""
			}
		case in == 2:
			list, known = allowLists[string(body)], idleLine(body)
			if known {
				l.Skip()
			}
		case list != "":
			if bytes.IndexByte(body, ' ') < 0 {
				l.Read()
				emit(fact.PowerAllow{Package: android.Package(names.Of(body)), List: list}, l.Span())
			}
		case known:
			l.Skip()
		}
	}
	return nil
}

// idleLine says whether a line that is indented by two is known: a heading, or
// a property of the controller.
func idleLine(body []byte) bool {
	if len(body) > 1 && body[0] == 'm' && body[1] >= 'A' && body[1] <= 'Z' {
		return true
	}
	return printout.HasAnyPrefix(body, idleHeadings) || bytes.HasSuffix(body, []byte(" stationary listeners registered"))
}

// allowLine reads a line of the shell command: system,com.example.downloads,10041.
func allowLine(t []byte, names *printout.Names) (fact.PowerAllow, bool) {
	words := bytes.Split(t, []byte(","))
	if len(words) != 3 || !printout.IsNumber(words[2]) {
		return fact.PowerAllow{}, false
	}
	switch list := string(words[0]); list {
	case "system-excidle", "system", "system-removed", "user":
		return fact.PowerAllow{Package: android.Package(names.Of(words[1])), List: list}, true
	}
	return fact.PowerAllow{}, false
}
