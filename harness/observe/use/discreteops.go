package use

import (
	"bytes"
	"strconv"
	"time"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DiscreteOps reads the timeline of app-op uses, from Android 12.
var DiscreteOps = printout.Parser{
	Source: "discrete-ops",
	Parse:  parseDiscreteOps,
	Needs: "services/core com/android/server/appop/AppOpsService.java dump --include-discrete; DiscreteRegistry.java, Android 12 to 15; " +
		"DiscreteOpsXmlRegistry.java and DiscreteOpsSqlRegistry.java, 16; from source only",
}

// discreteDump reads the timeline of dumpsys appops --include-discrete. DumpsysAppops reads the
// other parts.
type discreteDump struct {
	*printout.Lines
	emit   printout.Emit
	names  printout.Names
	state  bool // in the part that dumpsys-appops reads
	inside bool
	table  bool // in columns: Android 16
	access fact.OpAccess
}

func parseDiscreteOps(in printout.Input, emit printout.Emit) error {
	d := &discreteDump{Lines: in.Lines, emit: emit}
	for d.Next() {
		t := bytes.TrimRight(d.Text(), " ")
		switch {
		case len(t) == 0:
			d.Skip()
		case bytes.HasPrefix(t, []byte("Discrete accesses:")):
			d.inside, d.access = true, fact.OpAccess{}
			d.Read()
		case d.inside:
			d.line(printout.Indent(t), bytes.TrimLeft(t, " "))
		case bytes.HasPrefix(t, []byte("Current AppOps Service state:")), bytes.HasPrefix(t, []byte("  History:")):
			d.state = true
			d.Skip()
		case !d.state:
			d.Settle()
		case d.Refused():
		default:
			d.Skip()
		}
	}
	if d.state && !d.inside {
		d.Cut("the dump ends before the timeline")
	}
	return nil
}

// discreteColumns head Android 16's table.
var discreteColumns = []byte(
	"UID|PACKAGE_NAME|DEVICE_ID|OP_NAME|ATTRIBUTION_TAG|UID_STATE|OP_FLAGS|ATTR_FLAGS|CHAIN_ID|ACCESS_TIME|DURATION",
)

// line reads a line of the timeline: headings, each below the other, then the accesses.
//
//	Uid: 10103
//	  Package: specimen.map
//	    FINE_LOCATION
//	      Device: default:0       from Android 15
//	        Attribution: null
//	          Access [bg-s] at 2021-05-19 22:02:00.000 for 60000 milliseconds  attribution flags=1 with chainId=7
func (d *discreteDump) line(in int, t []byte) {
	key, val, _ := bytes.Cut(t, []byte(": "))
	switch {
	case bytes.Equal(t, discreteColumns):
		d.table = true
		d.Read()
	case d.table:
		d.row(t)
	case string(key) == "Uid":
		uid, err := android.ParseUID(string(val))
		d.access = fact.OpAccess{UID: uid}
		if err == nil {
			d.Read()
		}
	case string(key) == "Package":
		d.access = fact.OpAccess{UID: d.access.UID, Package: android.Package(d.names.Of(val))}
		d.Read()
	case string(key) == "Device":
		d.access.Device, d.access.Tag = d.names.Of(val), ""
		d.Read()
	case string(key) == "Attribution":
		d.access.Tag = d.tag(val)
		d.Read()
	case bytes.HasPrefix(t, []byte("Access [")):
		d.event(t[len("Access ["):])
	case bytes.HasPrefix(t, []byte("Largest chain id: ")):
		d.Skip()
	case in == 6 && d.access.Package != "" && bytes.IndexByte(t, ' ') < 0:
		d.access = fact.OpAccess{UID: d.access.UID, Package: d.access.Package, Op: android.Op(d.names.Of(t))}
		d.Read()
	default:
		d.Settle()
	}
}

func (d *discreteDump) tag(t []byte) string {
	if string(t) == "null" {
		return ""
	}
	return d.names.Of(t)
}

func (d *discreteDump) event(t []byte) {
	a := d.access
	t = printout.LatinDigits(t) // DiscreteRegistry.dump: AppOpsService's SimpleDateFormat without a locale
	key, rest, ok := bytes.Cut(t, []byte("] at "))
	state, flag, ok2 := bytes.Cut(key, []byte("-"))
	const stamp = len("2006-01-02 15:04:05.000")
	if !ok || !ok2 || a.Op == "" || a.UID == android.NoUID || len(rest) < stamp {
		return
	}
	a.State, a.Flag, a.Local = android.State(d.names.Of(state)), d.names.Of(flag), string(rest[:stamp])
	a.Duration, a.Chain = fact.Unsaid, -1
	rest = rest[stamp:]
	if length, ok := bytes.CutPrefix(rest, []byte(" for ")); ok {
		ms, after, _ := bytes.Cut(length, []byte(" milliseconds"))
		if !times(ms, time.Millisecond, &a.Duration) {
			return
		}
		rest = after
	}
	if _, chain, ok := bytes.Cut(rest, []byte(" with chainId=")); ok {
		if !chainOf(chain, &a.Chain) {
			return
		}
	}
	d.Read()
	d.emit(a, d.Span())
}

// row reads a row of Android 16's table.
func (d *discreteDump) row(t []byte) {
	cells := bytes.Split(t, []byte("|"))
	if len(cells) != 11 {
		d.Settle()
		return
	}
	uid, ok := printout.Number(cells[0])
	a := fact.OpAccess{UID: android.UID(uid), Package: android.Package(d.names.Of(cells[1])), Device: d.names.Of(cells[2]),
		Op: android.Op(d.names.Of(cells[3])), Tag: d.tag(cells[4]), State: android.State(d.names.Of(cells[5])),
		Flag: d.names.Of(cells[6]), Local: string(printout.LatinDigits(cells[9])), Duration: fact.Unsaid}
	if !ok || !chainOf(cells[8], &a.Chain) || string(cells[10]) != "-1" && !times(cells[10], time.Millisecond, &a.Duration) {
		return
	}
	d.Read()
	d.emit(a, d.Span())
}

func chainOf(t []byte, to *int64) bool {
	n, err := strconv.ParseInt(string(t), 10, 64)
	*to = n
	return err == nil
}
