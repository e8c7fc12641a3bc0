package use

import (
	"bytes"
	"strconv"
	"time"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysSensorservice reads which sensors there are, and who listens to them.
var DumpsysSensorservice = printout.Parser{
	Source: "dumpsys-sensorservice",
	Parse:  parseSensors,
	Needs: "frameworks/native services/sensorservice: SensorService.cpp dump, SensorDevice.cpp, SensorList.cpp, SensorEventConnection.cpp, " +
		"SensorDirectConnection.cpp, SensorRegistrationInfo.h, Android 5 to 16; " +
		"read from print-outs of 7, 8, 9, 10 and 13, the rest from source only",
}

// sensorDump reads dumpsys sensorservice.
type sensorDump struct {
	*printout.Lines
	emit    printout.Emit
	names   printout.Names
	section string
	client  fact.SensorClient // of the connection that the line belongs to
	lost    bool              // a line that is not known stands within a connection
}

func parseSensors(in printout.Input, emit printout.Emit) error {
	d := &sensorDump{Lines: in.Lines, emit: emit}
	for d.Next() {
		t := bytes.TrimRight(d.Text(), " ")
		switch {
		case len(t) == 0:
			d.Skip()
		case d.heading(t):
		case d.section == "":
			d.Settle()
		case t[0] == ' ' || t[0] == '\t':
			d.inner(bytes.TrimLeft(t, " \t"))
		default:
			d.line(t)
		}
	}
	return nil
}

// sensorSections are the headings. They are not indented, as most lines of this dump.
var sensorSections = []struct{ prefix, section string }{
	{"Active sensors:", sensorOther},
	{"Captured at: ", sensorOther},
	{"Fusion States:", sensorOther},
	{"No Sensors on the device", sensorOther},
	{"Previous Registrations:", sensorLog},
	{"Recent Sensor events:", sensorOther},
	{"Sensor Device:", sensorDevice},
	{"Sensor List:", sensorList},
	{"halVersion 0x", sensorDevice}, // Android 5 and 6
}

const (
	sensorOther  = "other" // what sensors measured, and the service's own state
	sensorDevice = "device"
	sensorList   = "list"
	sensorLive   = "connections"
	sensorLog    = "log"
)

// sensorCounts are the ends of headings that begin with a number.
var sensorCounts = []struct{ suffix, section string }{
	{" active connections", sensorLive},
	{" direct connections", sensorLive},
	{" h/w sensors:", sensorDevice}, // Android 5 and 6
}

func (d *sensorDump) heading(t []byte) bool {
	for _, s := range sensorSections {
		if bytes.HasPrefix(t, []byte(s.prefix)) {
			d.section, d.client, d.lost = s.section, fact.SensorClient{}, false
			d.Read()
			return true
		}
	}
	if d.section == "" {
		return false
	}
	for _, s := range sensorCounts {
		if bytes.HasSuffix(t, []byte(s.suffix)) {
			d.section, d.client, d.lost = s.section, fact.SensorClient{}, false
			d.Read()
			return true
		}
	}
	return false
}

// line reads a line at the margin.
func (d *sensorDump) line(t []byte) {
	switch {
	case printout.IsFraming(t):
		d.section = ""
		d.Skip()
	case d.Refused():
	case d.section == sensorDevice:
		d.device(t)
	case d.section == sensorList:
		d.listed(t)
	case d.section == sensorLog:
		d.logged(t)
	case d.section == sensorLive:
		d.connection(t)
	default:
		d.Skip()
	}
}

// device reads what the hardware is asked for:
//
//	0x00000004) active-count = 2; sampling_period(ms) = {66.7, 200.0}, selected = 66.7 ms; batching_period(ms) = …
func (d *sensorDump) device(t []byte) {
	if bytes.HasPrefix(t, []byte("Total ")) || bytes.HasPrefix(t, []byte("HAL: ")) {
		d.Skip()
		return
	}
	if rest, ok := bytes.CutPrefix(t, []byte("handle=")); ok {
		d.oldDevice(rest)
		return
	}
	handle, rest, ok := bytes.Cut(t, []byte(") active-count = "))
	count, rest, ok2 := bytes.Cut(rest, []byte(";"))
	_, rest, ok3 := bytes.Cut(rest, []byte("}, selected = "))
	ms, _, ok4 := bytes.Cut(rest, []byte(" ms;"))
	n, isCount := printout.Number(count)
	period, err := strconv.ParseFloat(string(ms), 64)
	if !ok || !ok2 || !ok3 || !ok4 || !isCount || err != nil || !isHandle(handle) || period < 0 || period > 1e12 {
		return
	}
	d.Read()
	d.emit(fact.SensorActivity{
		Handle: string(handle), Clients: n, Period: time.Duration(period * float64(time.Millisecond)).Round(time.Microsecond),
	}, d.Span())
}

// listed reads
//
//	0x00000001) BMI160 accelerometer | Bosch | ver: 1 | type: android.sensor.accelerometer(1) | perm: n/a | flags: 0x00000d00
//
// Android 4 has columns, which are passed over.
func (d *sensorDump) listed(t []byte) {
	switch {
	case bytes.Contains(t, []byte("| type=")):
		d.oldListed(t)
		return
	case bytes.Contains(t, []byte("| maxRate=")), bytes.HasPrefix(t, []byte("9-axis fusion ")):
		d.Skip()
		return
	}
	handle, rest, ok := bytes.Cut(t, []byte(") "))
	columns := bytes.Split(rest, []byte("|"))
	if !ok || !isHandle(handle) || len(columns) < 4 {
		return
	}
	s := fact.Sensor{Handle: string(handle), Name: string(bytes.TrimSpace(columns[0])), Vendor: d.names.Of(bytes.TrimSpace(columns[1]))}
	for _, c := range columns[2:] {
		key, val, _ := bytes.Cut(bytes.TrimSpace(c), []byte(":"))
		val = bytes.TrimSpace(val)
		switch string(key) {
		case "type":
			val, _, _ = bytes.Cut(val, []byte("("))
			s.Type = d.names.Of(val)
		case "perm":
			if string(val) != "n/a" {
				s.Permission = android.Permission(d.names.Of(val))
			}
		}
	}
	d.Read()
	d.emit(s, d.Span())
}

// isHandle says whether a word is a sensor's handle: 0x5f676172, or 0000000000, as some print
// the first one.
func isHandle(b []byte) bool {
	digits := bytes.TrimPrefix(b, []byte("0x"))
	_, err := strconv.ParseUint(string(digits), 16, 32)
	return err == nil && len(b) >= 8
}
