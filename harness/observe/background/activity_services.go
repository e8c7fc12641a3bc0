package background

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysActivityServices reads which services run, in which process, and who is bound to them.
var DumpsysActivityServices = printout.Parser{
	Source: "dumpsys-activity-services",
	Parse:  parseServices,
	Needs:  "services/core com/android/server/am/ActiveServices.java ServiceDumper and ServiceRecord.java dump, Android 5 to 16",
}

// serviceDump reads dumpsys activity services: under a heading for each user a
// record for each service, and an empty line behind it.
type serviceDump struct {
	*printout.Lines
	emit  printout.Emit
	names printout.Names

	headed  bool
	section serviceSection
	service fact.Service
	first   evidence.Span
	last    evidence.Span
	open    bool
	nested  bool // under Bindings: and its like
}

type serviceSection int

const (
	unknownServices serviceSection = iota
	services
	otherServices
)

func parseServices(in printout.Input, emit printout.Emit) error {
	d := &serviceDump{Lines: in.Lines, emit: emit}
	for d.Next() {
		t := d.Text()
		in := printout.Indent(t)
		blank := in == len(t)
		if in < 4 && in != 1 && (blank || in > 0) { // startCommandResult is indented by one
			d.close()
		}
		switch {
		case blank:
			d.Skip()
		case in == 0:
			d.margin(t)
		case d.open:
			d.field(t[in:], in)
		case !d.headed:
		case in == 2:
			d.heading(t[2:])
		case d.section == otherServices:
			d.Skip()
		}
	}
	if d.open {
		d.Cut("the dump ends within " + d.service.Service)
	}
	return nil
}

func (d *serviceDump) margin(t []byte) {
	switch {
	case bytes.HasPrefix(t, []byte("ACTIVITY MANAGER SERVICES (dumpsys activity services)")):
		d.close()
		d.headed, d.section = true, services
		d.Skip()
	case !d.headed:
		d.Settle()
	case d.section == otherServices && bytes.HasPrefix(t, []byte("ServiceRecord{")),
		string(t) == "(nothing)":
		d.close()
		d.Skip() // of the last service that did not answer; it may be gone
	case bytes.HasPrefix(t, []byte("Active foreground apps - user ")):
		d.close()
		d.section = otherServices
		d.Skip()
	case d.SettleAtMargin() && d.section == services: // a record's lines are deeper than a heading's
	default:
		d.close()
		d.section = unknownServices
	}
}

// serviceHeadings are the headings that are indented by two, and whose lines are without
// interest.
var serviceHeadings = []string{
	"#",         // a foreground app
	"(nothing)", // all that an empty dump has
	"* ConnectionRecord{",
	"Connection bindings to services:",
	"Last ANR service:",
}

// serviceLists are the headings above services.
var serviceLists = []string{
	"Delayed start services",
	"Destroying services",
	"Pending services",
	"Restarting services",
	"Starting in background",
	"Stopping services",
}

// serviceMarks stand before a record, in the order of the lists above.
var serviceMarks = []string{
	"* ",
	"* Delayed start ",
	"* Destroy ",
	"* Pending ",
	"* Restart ",
	"* Restarting ",
	"* Starting bg ",
	"* Stopping ",
}

// heading reads a line that is indented by two.
func (d *serviceDump) heading(t []byte) {
	for _, mark := range serviceMarks {
		if rest, ok := bytes.CutPrefix(t, []byte(mark)); ok && bytes.HasPrefix(rest, []byte("ServiceRecord{")) {
			d.head(rest)
			return
		}
	}
	switch {
	case bytes.HasPrefix(t, []byte("User ")) && bytes.HasSuffix(t, []byte(" active services:")), printout.HasAnyPrefix(t, serviceLists):
		d.section = services
		d.Skip()
	case printout.HasAnyPrefix(t, serviceHeadings):
		d.section = otherServices
		d.Skip()
	default:
		d.section = unknownServices
	}
}

// head reads the first line of a record, ServiceRecord{hash u0 package/class}.
// From Android 14 more may stand behind the name: c:package.
func (d *serviceDump) head(t []byte) {
	inner, ok := printout.Between(t, "{", "}")
	_, rest := printout.Word(inner)
	user, rest := printout.Word(rest)
	name, _ := printout.Word(rest)
	n, isUser := printout.Number(bytes.TrimPrefix(user, []byte("u")))
	if !ok || !isUser || len(name) == 0 {
		return
	}
	d.service = fact.Service{
		Service: d.names.Of(name), User: n, PID: -1, UID: android.NoUID,
		Package: android.Package(d.names.Of(printout.PackageOf(name))),
	}
	d.open, d.nested = true, false
	d.first, d.last = d.Span(), d.Span()
	d.Read()
}

// close emits the service whose record has ended.
func (d *serviceDump) close() {
	if d.open {
		d.open = false
		d.emit(d.service, printout.JoinSpans(d.first, d.last))
	}
}
