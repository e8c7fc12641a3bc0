package use

import (
	"bytes"
	"strconv"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysAppops reads what each app-op is set to, and when a package last used it.
var DumpsysAppops = printout.Parser{
	Source: "dumpsys-appops",
	Parse:  parseAppops,
	Needs: "services/core com/android/server/AppOpsService.java, Android 5 to 10; " +
		"appop/AppOpsService.java and AttributedOp.java, 11 to 16; all dump and dumpStatesLocked",
}

// opsDump reads dumpsys appops.
type opsDump struct {
	*printout.Lines
	emit  printout.Emit
	names *printout.Names

	inUids     bool
	skipping   bool // under a heading without interest
	foreground bool // under foregroundOps:
	uid        android.UID
	last       android.UID   // of the block before
	bent       bool          // UIDs are not in ascending order
	state      android.State // of the UID when dumped
	pkg        android.Package
	op         android.Op // "" where the line above is not one of an op's
	tags       []string   // attribution tags that are open
	rejected   bool       // the line above is a rejection: Android 9 prints the label once for several

	texts printout.Texts
	mode  fact.OpMode // what was last emitted
	used  fact.OpUse
}

func parseAppops(in printout.Input, emit printout.Emit) error {
	d := &opsDump{Lines: in.Lines, emit: emit, names: in.Lines.Names(), uid: android.NoUID, last: android.NoUID}
	for d.Next() {
		t := d.Text()
		switch in := printout.Indent(t); {
		case in == len(t):
			d.Skip()
		case in == 0:
			d.margin(t)
		case in <= 2:
			d.heading(t[in:])
		case !d.inUids:
			if d.skipping {
				d.Skip()
			}
		case in == 4:
			d.uidLine(t[4:])
		case in == 6:
			d.opLine(t[6:])
		default:
			d.useLine(t[in:])
		}
	}
	if len(d.tags) > 0 {
		d.Cut("the dump ends within " + string(d.op))
	}
	if d.last != android.NoUID && !d.bent {
		d.Sorted("", strconv.Itoa(int(d.last)), nil) // mUidStates is sorted
	}
	return nil
}

// margin reads a line that is not indented. From Android 13 the dump ends with policy tags,
// NAME[TAG], and from 14 with a log of UID states, whose lines begin with a date.
func (d *opsDump) margin(t []byte) {
	switch {
	case bytes.HasPrefix(t, []byte("Current AppOps Service state:")),
		bytes.HasPrefix(t, []byte("Uid State Changes Event Log")),
		d.skipping && (printout.BeginsWithDigit(t) || t[len(t)-1] == ']'):
		d.inUids, d.skipping = false, true
		d.Skip()
	case d.SettleAtMargin() && d.inUids: // a UID's lines are deeper than a heading's
	default:
		d.inUids, d.skipping = false, false
	}
}

// heading reads a line that is indented by two.
func (d *opsDump) heading(t []byte) {
	d.leave()
	rest, ok := bytes.CutPrefix(t, []byte("Uid "))
	if !ok {
		d.inUids = false
		for _, known := range opsHeadings {
			if bytes.HasPrefix(t, []byte(known)) {
				d.skipping = true
				d.Skip()
				return
			}
		}
		d.skipping = false
		return
	}
	d.inUids, d.skipping = true, false
	name, _, _ := bytes.Cut(rest, []byte(":"))
	uid, err := android.ParseUID(string(name))
	d.uid = uid
	if err == nil {
		d.bent = d.bent || uid < d.last
		d.last = uid
		d.Read()
	}
}

// leave forgets the UID whose block has ended.
func (d *opsDump) leave() {
	d.uid, d.state, d.pkg, d.op = android.NoUID, "", "", ""
	d.tags, d.foreground = d.tags[:0], false
}

var opsHeadings = []string{
	"All mode watchers:",
	"All op active watchers:",
	"All op mode watchers:",
	"All op noted watchers:",
	"All op started watchers:",
	"AppOps policy ",
	"Audio Restrictions:",
	"Clients:",
	"Global restrictions",
	"Op mode watchers:",
	"Package mode watchers:",
	"Profile owners:",
	"Settings:",
	"User restrictions",
}

// uidLine reads what a UID's block says of the UID, and the heads of packages.
func (d *opsDump) uidLine(t []byte) {
	d.op, d.foreground = "", false
	if rest, ok := bytes.CutPrefix(t, []byte("Package ")); ok {
		name := bytes.TrimSuffix(printout.TrimPadding(rest), []byte(":"))
		d.pkg = android.Package(d.names.Of(name))
		d.tags = d.tags[:0]
		d.Read()
		return
	}
	key, val, _ := bytes.Cut(t, []byte("="))
	switch string(printout.TrimPadding(key)) {
	case "state":
		d.state = android.State(d.names.Of(printout.TrimPadding(val)))
		d.Read()
	case "foregroundOps:":
		d.foreground = true
		d.Skip()
	case "appWidgetVisible", "capability", "hasForegroundWatchers", "pendingCapability", "pendingState",
		"pendingStateCommitTime", "pendingAppWidgetVisible", "startNesting", "targetSdk":
		d.Skip()
	}
}

// opLine reads one op of a package or of a UID:
//
//	CAMERA: mode=0; time=+39s500ms ago; rejectTime=…; duration=…     Android 5 to 8
//	LEGACY_STORAGE: mode=ignore                                      of a UID; a number up to Android 8
//	FINE_LOCATION (allow / switch COARSE_LOCATION=allow):            from Android 9
func (d *opsDump) opLine(t []byte) {
	d.op, d.tags = "", d.tags[:0]
	if d.uid == android.NoUID {
		return
	}
	name, rest, _ := bytes.Cut(t, []byte(" "))
	if mode, ok := bytes.CutPrefix(rest, []byte("mode=")); ok && name[len(name)-1] == ':' {
		d.oldOp(name[:len(name)-1], mode)
	} else if mode, ok := bytes.CutPrefix(printout.TrimPadding(rest), []byte("(")); ok {
		d.newOp(name, mode)
	} else if d.foreground {
		d.Skip()
	}
}

// newOp reads what stands behind the opening bracket of an op of Android 9 and
// later.
func (d *opsDump) newOp(name, rest []byte) {
	rest, ok := bytes.CutSuffix(rest, []byte("):"))
	if !ok || d.pkg == "" {
		return
	}
	d.op = android.Op(d.names.Of(name))
	m := &d.mode
	*m = fact.OpMode{UID: d.uid, Package: d.pkg, Op: d.op}
	mode, other, switched := bytes.Cut(rest, []byte(" / switch "))
	m.Mode = android.Mode(d.names.Of(mode))
	if switched {
		op, mode, _ := bytes.Cut(other, []byte("="))
		m.Switch, m.SwitchMode = android.Op(d.names.Of(op)), android.Mode(d.names.Of(mode))
	}
	d.Read()
	d.emit(m, d.Span())
}
