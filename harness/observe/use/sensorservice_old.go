package use

import (
	"bytes"
	"strconv"
	"time"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// oldListed reads a sensor as Android 5 and 6 list it, on one line:
//
//	Specimen Light  | Specimen  | version=1 |android.sensor.light| 0x00000003 | "" | type=5 | on-change | maxDelay=0us |minDelay=0us | … | last=< 12.0>
//
// The last value, which the sensor measured, is no part of the fact.
func (d *sensorDump) oldListed(t []byte) {
	columns := bytes.Split(t, []byte("|"))
	if len(columns) < 7 {
		return
	}
	for i, c := range columns {
		columns[i] = bytes.TrimSpace(c)
	}
	handle, permission := columns[4], bytes.Trim(columns[5], `"`)
	if !bytes.HasPrefix(columns[2], []byte("version=")) || !bytes.HasPrefix(columns[6], []byte("type=")) || !isHandle(handle) {
		return
	}
	d.Read()
	d.emit(fact.Sensor{
		Handle: string(handle), Name: string(columns[0]), Vendor: d.names.Of(columns[1]), Type: d.names.Of(columns[3]),
		Permission: android.Permission(d.names.Of(permission)),
	}, d.Span())
}

// oldDevice reads what Android 5 and 6 ask the hardware for, behind handle=. The
// batches' timeouts stand on a line of their own, or on the same:
//
//	0x00000001, active-count=2, batch_period(ms)={ 66.7, 200.0 }, selected=66.7 ms
//	0x00000001, active-count=2, batch_timeout(ms)={  0.0,  0.0 }, selected= 0.0 ms
func (d *sensorDump) oldDevice(t []byte) {
	handle, rest, ok := bytes.Cut(t, []byte(", active-count="))
	count, rest, ok2 := bytes.Cut(rest, []byte(", "))
	n, isCount := printout.Number(count)
	what, rest, ok3 := bytes.Cut(rest, []byte("(ms)={"))
	_, rest, ok4 := bytes.Cut(rest, []byte(" }, selected="))
	ms, _, ok5 := bytes.Cut(bytes.TrimLeft(rest, " "), []byte(" ms"))
	period, err := strconv.ParseFloat(string(ms), 64)
	if !ok || !ok2 || !ok3 || !ok4 || !ok5 || !isCount || err != nil || !isHandle(handle) || !(period >= 0 && period <= 1e12) {
		return
	}
	switch string(what) {
	case "batch_period":
		d.Read()
		d.emit(fact.SensorActivity{
			Handle: string(handle), Clients: n, Period: time.Duration(period * float64(time.Millisecond)).Round(time.Microsecond),
		}, d.Span())
	case "batch_timeout":
		d.Skip()
	}
}
