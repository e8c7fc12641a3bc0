package background

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysActivityBroadcasts reads who waits for broadcasts, and which were handed to whom.
var DumpsysActivityBroadcasts = printout.Parser{
	Source: "dumpsys-activity-broadcast-state",
	Parse:  parseReceivers,
	Needs: "services/core com/android/server/am/ActivityManagerService.java dumpBroadcastsLocked, BroadcastController.java from Android 16, " +
		"ReceiverList.java dump, BroadcastFilter.java dumpInReceiverList and BroadcastRecord.java dump; Android 5 to 16",
}

// receiverDump reads dumpsys activity broadcasts: first the receivers that running processes
// have registered (receivers of manifests are in dumpsys package), then the broadcasts that
// were sent, and who received each.
type receiverDump struct {
	*printout.Lines
	emit  printout.Emit
	names printout.Names

	headed  bool
	section receiverSection
	list    fact.Receiver // who the filters below belong to
	filter  fact.Receiver
	first   evidence.Span
	last    evidence.Span
	open    bool
	sent    fact.Delivery // the broadcast that the lines are about, and its receiver
	sending bool          // a broadcast's first line was there
	handing bool          // the lines of a receiver have begun
}

type receiverSection int

const (
	noReceivers receiverSection = iota
	receivers
	broadcasts // free text of intents stands in it, at any depth
)

func parseReceivers(in printout.Input, emit printout.Emit) error {
	d := &receiverDump{Lines: in.Lines, emit: emit}
	for d.Next() {
		t := d.Text()
		in := printout.Indent(t)
		blank := in == len(t)
		if in < 6 && (blank || in > 0) {
			d.close()
		}
		switch {
		case blank:
			d.Skip()
		case in == 0 && bytes.HasPrefix(t, []byte("ACTIVITY MANAGER BROADCAST STATE (dumpsys activity broadcasts)")):
			d.close()
			d.headed = true
			d.Skip()
		case !d.headed:
			d.Settle()
		case in == 2 && string(t[2:]) == "Registered Receivers:":
			d.section = receivers
			d.Skip()
		case d.section == receivers && in >= 2:
			d.line(t[in:], in)
		case d.section == broadcasts:
			d.broadcast(t[in:])
		case in > 0:
		case !d.SettleAtMargin():
			d.close()
		}
	}
	switch {
	case d.open:
		d.Cut("the dump ends within a filter of " + d.list.Process)
	case d.handing:
		d.Cut("the dump ends within a delivery of " + d.sent.Action)
	}
	return nil
}

// line reads a line under Registered Receivers:. The next heading ends them.
func (d *receiverDump) line(t []byte, in int) {
	switch {
	case in == 2 && bytes.HasPrefix(t, []byte("* ReceiverList{")):
		d.list = fact.Receiver{PID: -1, UID: android.NoUID}
		d.Read()
	case in == 2:
		d.section = broadcasts
		d.Skip()
	case in == 4 && bytes.HasPrefix(t, []byte("app=")):
		d.process(t)
	case in == 4 && bytes.HasPrefix(t, []byte("Filter #")):
		if d.list.Process == "" {
			return
		}
		d.filter, d.open = d.list, true
		d.first, d.last = d.Span(), d.Span()
		d.Read()
	case d.open:
		d.ofFilter(t)
	}
}

// process reads app=7980:com.example:push/u0a14 pid=7980 uid=10014 user=0, of
// which app may be null.
func (d *receiverDump) process(t []byte) {
	pid, ok := printout.QuotedValue(t, "pid")
	uid, both := printout.QuotedValue(t, "uid")
	user, all := printout.QuotedValue(t, "user")
	name, _ := printout.QuotedValue(t, "app")
	if !ok || !both || !all {
		return
	}
	n, isPID := printout.Number(pid)
	id, err := android.ParseUID(string(uid))
	u, isUser := printout.Integer(user)
	if !isPID || err != nil || !isUser {
		return
	}
	if _, rest, ok := bytes.Cut(name, []byte(":")); ok {
		name = rest
		if i := bytes.LastIndexByte(name, '/'); i >= 0 {
			name = name[:i]
		}
	}
	d.list = fact.Receiver{Process: d.names.Of(name), PID: n, UID: id, User: u}
	d.Read()
}

// mostActions is how many of the actions of one filter are kept.
const mostActions = 256

// filterFields begin the lines of a filter that are without interest.
var filterFields = []string{
	"Authority: ",
	"AutoVerify=",
	"Category: ",
	"Path: ",
	"Scheme: ",
	"Ssp: ",
	"StaticType: ",
	"Type: ",
	"UriRelativeFilterGroup",
	"mPriority=",
	"sourcePackage=",
	"visibleToInstantApp",
}

// ofFilter reads a line of a filter (IntentFilter.dump, BroadcastFilter.dump).
func (d *receiverDump) ofFilter(t []byte) {
	if action, ok := bytes.CutPrefix(t, []byte(`Action: "`)); ok {
		if len(d.filter.Actions) < mostActions {
			d.filter.Actions = append(d.filter.Actions, d.names.Of(bytes.TrimSuffix(action, []byte(`"`))))
		}
		d.last = d.Span()
		d.Read()
		return
	}
	if permission, ok := bytes.CutPrefix(t, []byte("requiredPermission=")); ok {
		d.filter.Permission = d.names.Of(permission)
		d.last = d.Span()
		d.Read()
		return
	}
	if printout.HasAnyPrefix(t, filterFields) {
		d.last = d.Span()
		d.Skip()
	}
}

// close emits the filter whose lines have ended.
func (d *receiverDump) close() {
	if d.open {
		d.open = false
		d.emit(d.filter, printout.JoinSpans(d.first, d.last))
	}
}
