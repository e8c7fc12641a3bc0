package use

import (
	"bytes"
	"time"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// connection begins a connection. Other lines that are not indented are about the service, or a
// maker added them.
func (d *sensorDump) connection(t []byte) {
	switch {
	case bytes.HasPrefix(t, []byte("Connection Number: ")):
		d.client = fact.SensorClient{Record: fact.SensorActive, UID: android.NoUID, PID: -1, Period: fact.Unsaid, Batch: fact.Unsaid}
	case bytes.HasPrefix(t, []byte("Direct connection ")):
		d.client = fact.SensorClient{Record: fact.SensorDirect, UID: android.NoUID, PID: -1, Period: fact.Unsaid, Batch: fact.Unsaid}
	default:
		d.lost = d.lost || d.client.Record != ""
		d.client = fact.SensorClient{}
		d.Skip()
		return
	}
	d.lost = false
	d.Skip()
}

// ofConnection says whether a line names the owner of a connection, or a sensor of it.
func ofConnection(t []byte) bool {
	return bytes.Contains(t, []byte("WakeLockRefCount ")) || bytes.Contains(t, []byte(" | status: ")) ||
		bytes.Contains(t, []byte(", rate ")) || bytes.Contains(t, []byte(", HAL channel "))
}

// inner reads a line that is indented: one of a connection, or the continuation of the line
// above.
func (d *sensorDump) inner(t []byte) {
	if d.section != sensorLive {
		d.Skip()
		return
	}
	switch {
	case d.lost && ofConnection(t): // unread: a maker's own blocks look alike
	case d.client.Record == "", bytes.HasPrefix(t, []byte("Operating Mode: ")):
		d.Skip()
	case bytes.Contains(t, []byte("WakeLockRefCount ")):
		d.owner(t)
	case d.client.Record == fact.SensorDirect && bytes.HasPrefix(t, []byte("Package ")):
		name, _, _ := bytes.Cut(t[len("Package "):], []byte(", HAL channel "))
		d.client.Name = d.names.Of(name)
		d.Read()
	default:
		d.sensor(t)
	}
}

// owner reads whose a connection is:
//
//	specimen.steps.Counter | WakeLockRefCount 0 | uid 10116 | cache size 0 | max cache size 0
func (d *sensorDump) owner(t []byte) {
	for i, c := range bytes.Split(t, []byte(" | ")) {
		if i == 0 && !bytes.HasPrefix(c, []byte("WakeLockRefCount ")) {
			d.client.Name = d.names.Of(c)
		}
		if uid, ok := bytes.CutPrefix(c, []byte("uid ")); ok {
			n, isUID := printout.Number(uid)
			if !isUID {
				return
			}
			d.client.UID = android.UID(n)
			d.Read()
		}
	}
}

// sensor reads a sensor that a connection has on:
//
//	BMI160 Step counter 0x00000017 | status: active | pending flush events 0
//	Sensor 0x00000001, rate 2                                                  direct
func (d *sensorDump) sensor(t []byte) {
	t, _, _ = bytes.Cut(t, []byte(" | "))
	t, _, _ = bytes.Cut(t, []byte(", rate "))
	handle := t[bytes.LastIndexByte(t, ' ')+1:]
	if !isHandle(handle) {
		return
	}
	c := d.client
	c.Handle = string(handle)
	d.Read()
	d.emit(c, d.Span())
}

// logged reads one of the last registrations:
//
//	16:27:09 de-activated handle=0x00000000 package=specimen.Shake                                        Android 7
//	16:04:27 activated handle=0x00000000 samplingRate=66667us maxReportLatency=0us package=specimen.Shake
//	16:58:28 + 0x00000001 pid= 3784 uid=10090 package=specimen.Turn samplingPeriod=200000us batchingPeriod=0us   from 8
//	16:58:28 + 0x00000001 pid= 3784 uid=10090 samplingPeriod=  200000us batchingPeriod=       0us result=OK (sensor, package): (ACCEL, specimen.Turn)
func (d *sensorDump) logged(t []byte) {
	local, rest := printout.Word(t)
	verb, rest := printout.Word(rest)
	c := fact.SensorClient{UID: android.NoUID, PID: -1, Period: fact.Unsaid, Batch: fact.Unsaid}
	switch string(verb) {
	case "+", "activated":
		c.Record = fact.SensorRegistered
	case "-", "de-activated":
		c.Record = fact.SensorUnregistered
	}
	handle, after := printout.Word(rest)
	if cut, ok := bytes.CutPrefix(handle, []byte("handle=")); ok {
		handle = cut
	}
	if c.Record == "" || len(local) != len("15:04:05") || !isHandle(handle) {
		return
	}
	c.Local, c.Handle = string(local), string(handle)
	if !d.registered(after, &c) {
		return
	}
	d.Read()
	d.emit(c, d.Span())
}

func (d *sensorDump) registered(t []byte, c *fact.SensorClient) bool {
	if i := bytes.Index(t, []byte(" (sensor, package): (")); i >= 0 {
		both := bytes.TrimSuffix(t[i+len(" (sensor, package): ("):], []byte(")"))
		c.Name = d.names.Of(both[bytes.LastIndexByte(both, ' ')+1:])
		t = t[:i]
	} else if v, ok := padded(t, "package"); ok {
		c.Name = d.names.Of(v)
	}
	if v, ok := padded(t, "result"); ok {
		c.Result = d.names.Of(v)
	}
	if v, ok := padded(t, "pid"); ok {
		c.PID, _ = printout.Number(v)
	}
	if v, ok := padded(t, "uid"); ok {
		n, isUID := printout.Number(v)
		if !isUID {
			return false
		}
		c.UID = android.UID(n)
	}
	for _, key := range []string{"samplingPeriod", "samplingRate"} {
		microseconds(t, key, &c.Period)
	}
	for _, key := range []string{"batchingPeriod", "maxReportLatency"} {
		microseconds(t, key, &c.Batch)
	}
	return c.Name != ""
}

// microseconds reads key=N us, where it is not N/A.
func microseconds(t []byte, key string, to *time.Duration) {
	if v, ok := padded(t, key); ok {
		times(bytes.TrimSuffix(v, []byte("us")), time.Microsecond, to)
	}
}

// padded is printout.Value for values that are padded to a width: pid=  832.
func padded(line []byte, key string) ([]byte, bool) {
	i := bytes.Index(line, []byte(" "+key+"="))
	if i < 0 {
		return nil, false
	}
	word, _ := printout.Word(line[i+len(key)+2:])
	return word, true
}
