package background

import (
	"bytes"
	"cmp"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysAccessibility reads which accessibility services are installed, and which are on.
var DumpsysAccessibility = printout.Parser{
	Source: "dumpsys-accessibility",
	Parse:  parseAccessibility,
	Needs: "services/accessibility com/android/server/accessibility/AccessibilityManagerService.java dump " +
		"and AccessibilityUserState.java dump; " +
		"Android 5 to 9 give the labels of bound services alone, 10 to 16 the components of those that are enabled; Samsung's form of 10 to 12",
}

// accessDump reads dumpsys accessibility.
type accessDump struct {
	*printout.Lines
	emit  printout.Emit
	names printout.Names

	headed bool
	user   int
	state  string // of the services on the lines below, in Samsung's form
	bound  string // the state of a list that goes on with a line Service[label=… for each
}

func parseAccessibility(in printout.Input, emit printout.Emit) error {
	d := &accessDump{Lines: in.Lines, emit: emit}
	for d.Next() {
		t := bytes.TrimSpace(d.Text())
		switch {
		case len(t) == 0:
			d.Skip()
		case bytes.HasPrefix(t, []byte("ACCESSIBILITY MANAGER (dumpsys accessibility)")):
			d.headed = true
			d.Skip()
		case !d.headed:
			d.Settle()
		default:
			d.line(t)
		}
	}
	return nil
}

// accessLists are the names of the lists of services, with the state of what is in them.
var accessLists = []struct{ key, state string }{
	{"installed services:", "installed"},
	{"enabled services:", "enabled"},
	{"binding services:", "binding"},
	{"bound services:", "bound"},
	{"crashed services:", "crashed"},
	{"services:", "bound"}, // Android 5 to 9
}

// accessLines begin the lines without interest.
var accessLines = []string{
	"A11yInputFilter Info",
	"Accessibility Display Listener:",
	"Accessibility Focused Window Id =", // of Global Info, from Android 16
	"AccessibilityInputFilter:",
	"Active Window Id =",
	"Client list ",
	"Enabled features of Display",
	"Global Info [", // AccessibilityWindowManager, from Android 16
	"Global client list info:",
	"IdOfLastServiceToMagnify=",
	"Magnif",
	"Number of proxy connections",
	"Proxy manager state:",
	"Registered clients:",
	"Registered proxy connections",
	"SupportWindowMagnification=",
	"SystemUI uid",
	"Top Focused Window Id =",
	"UIAutomation",
	"Ui Automation",
	"Window",
	"[",
	"a11y tiles in QS panel:", // from Android 15
	"attributes:{",
	"button mode:", // from Android 16
	"button target:{",
	"button:{",
	"button_mode",
	"currentUserId=",
	"direct access:{", // Samsung
	"gesture",
	"hasMagnificationConnection",
	"hasWindowMagnificationConnection=",
	"hardware",
	"keyboard shortcuts targets:{", // from Android 16
	"qs ",
	"quick access dialog:{",
	"shortcut key:{",
	"software",
	"top row key:{",
	"visibleBgUserIds=", // of a car
}

// line reads a line of the dump.
func (d *accessDump) line(t []byte) {
	if bytes.HasPrefix(t, []byte("User state[")) {
		d.state, d.user = "", 0
		if id, ok := printout.Between(t, "id=", ","); ok {
			d.user, _ = printout.Number(id)
		}
		d.Skip()
		return
	}
	if id, ok := printout.Between(t, "attributes:{id=", ","); ok {
		d.user, _ = printout.Number(id)
	}
	for _, l := range accessLists {
		if rest, ok := cutFold(t, l.key); ok {
			d.list(rest, l.state)
			return
		}
	}
	switch {
	case t[0] == '}':
		d.state = ""
		d.Skip()
	case bytes.HasPrefix(t, serviceLabel) && cmp.Or(d.bound, d.state) != "":
		d.labels(t, cmp.Or(d.bound, d.state))
	case d.state != "":
		d.numbered(t)
	case printout.HasAnyPrefix(t, accessLines), bytes.Contains(t, []byte(" valid display")), t[0] == 'm' && bytes.Contains(t, []byte(" = ")):
		d.Skip()
	}
}

// cutFold cuts off a word that may or may not begin with a capital.
func cutFold(t []byte, key string) ([]byte, bool) {
	if len(t) < len(key) || !bytes.EqualFold(t[:len(key)], []byte(key)) {
		return nil, false
	}
	return t[len(key):], true
}

// list reads the services behind a list's name:
//
//	Bound services:{Service[label=Reader, feedbackType[…], capabilities=11, …],    a line for each
//	                Service[label=Switch, feedbackType[…], capabilities=1, …]}
//	Enabled services:{{com.example/.Reader}, {com.example/.Switch}}
//	enabled services: {          and below it a line 0 : com.example/.Reader for each
func (d *accessDump) list(rest []byte, state string) {
	rest = bytes.TrimLeft(rest, " ")
	rest, ok := bytes.CutPrefix(rest, []byte("{"))
	if !ok {
		return
	}
	d.Read()
	d.bound = ""
	if len(rest) == 0 {
		d.state = state
		return
	}
	if bytes.HasPrefix(rest, serviceLabel) {
		d.labels(rest, state)
		return
	}
	for _, word := range bytes.FieldsFunc(rest, func(r rune) bool { return r == '{' || r == '}' || r == ',' || r == ' ' || r == ']' }) {
		d.service(word, state)
	}
}

// serviceLabel begins a bound service (AbstractAccessibilityServiceConnection dump).
var serviceLabel = []byte("Service[label=")

// labels reads the bound services of one line. The list goes on where it is not closed.
func (d *accessDump) labels(t []byte, state string) {
	d.Read()
	for label := range bytes.SplitSeq(t[len(serviceLabel):], serviceLabel) {
		name, _, _ := bytes.Cut(label, []byte(", feedbackType["))
		d.emit(fact.AccessibilityService{User: d.user, Label: string(name), State: state}, d.Span())
	}
	d.bound = ""
	if d.state == "" && bytes.HasSuffix(t, []byte(",")) {
		d.bound = state
	}
}

// numbered reads a line of Samsung's form, 0 : com.example/.Reader; from Android 14
// (A11yTool) may stand behind it.
func (d *accessDump) numbered(t []byte) {
	index, rest, ok := bytes.Cut(t, []byte(" : "))
	rest, _, _ = bytes.Cut(rest, []byte("  ("))
	if ok && printout.IsNumber(index) && d.service(rest, d.state) {
		d.Read()
	}
}

// service emits a service that is named by its component, and says whether it was one.
func (d *accessDump) service(component []byte, state string) bool {
	pkg := printout.PackageOf(component)
	if len(pkg) == len(component) || len(pkg) == 0 || bytes.ContainsAny(component, "=[ ") {
		return false
	}
	d.emit(fact.AccessibilityService{
		User: d.user, Package: android.Package(d.names.Of(pkg)), Service: d.names.Of(component), State: state,
	}, d.Span())
	return true
}
