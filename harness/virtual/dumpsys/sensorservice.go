package dumpsys

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"assay/harness/virtual/phone"
)

// sensor is one of the handset's sensors, of a maker that does not exist.
type sensor struct {
	handle     int
	name, kind string
	number     int // of its type
	flags      int // as dumps print them from Android 8
	word       string
	rate       string
}

// sensors are those of every handset here: the four that any phone has.
var sensors = []sensor{
	{1, "Virtual Accelerometer", "accelerometer", 1, 0, "continuous", "maxRate=100.00Hz"},
	{2, "Virtual Gyroscope", "gyroscope", 4, 0, "continuous", "maxRate=200.00Hz"},
	{3, "Virtual Light Sensor", "light", 5, 2, "on-change", "minDelay=0us"},
	{4, "Virtual Proximity Sensor", "proximity", 8, 3, "on-change", "minDelay=0us"},
}

// sensorOf finds a sensor by its kind, or nil.
func sensorOf(kind string) *sensor {
	for i := range sensors {
		if sensors[i].kind == kind {
			return &sensors[i]
		}
	}
	return nil
}

// dumpSensors prints dumpsys sensorservice (frameworks/native, SensorService::dump,
// SensorDevice::dump): the list of Android 5 and 6 in one line each, of 7 and later
// in two; from 7 also the last registrations, from 8 with pid and UID.
func dumpSensors(h *phone.Handset, w io.Writer, _ []string) {
	sdk, now := h.SDK(), h.Now()
	var on []phone.Access
	for _, s := range h.State.History.Sensors {
		if s.Running(now) {
			on = append(on, s)
		}
	}
	if sdk >= 29 {
		fmt.Fprintf(w, "Captured at: %s\n", now.Format("15:04:05.000"))
	}
	if sdk >= 24 {
		dumpSensorDevice(h, w, on)
	}
	fmt.Fprintln(w, "Sensor List:")
	for _, s := range sensors {
		s.print(w, sdk)
	}
	const fusion = " disabled (0 clients), gyro-rate= 200.00Hz, q=< 0, 0, 0, 0 > (0), b=< 0, 0, 0 >\n"
	if sdk >= 24 {
		fmt.Fprint(w, "Fusion States:\n9-axis fusion"+fusion+"game fusion(no mag)"+fusion+
			"geomag fusion (no gyro)"+fusion+"Recent Sensor events:\n")
	} else {
		fmt.Fprint(w, "9-axis fusion"+fusion)
		dumpSensorDevice(h, w, on)
	}
	dumpSensorClients(h, w, on)
	if sdk >= 24 {
		dumpRegistrations(h, w)
	}
}

// dumpSensorDevice prints what the hardware is asked for.
func dumpSensorDevice(h *phone.Handset, w io.Writer, on []phone.Access) {
	sdk := h.SDK()
	switch {
	case sdk < 24:
		fmt.Fprintf(w, "halVersion 0x00010004\n%d h/w sensors:\n", len(sensors))
	case sdk < 26:
		fmt.Fprintf(w, "Sensor Device:\nHAL: Virtual sensors (Virtual), version 0x00010004\n"+
			"Total %d h/w sensors, %d running:\n", len(sensors), len(sensors))
	case sdk < 30:
		fmt.Fprintf(w, "Sensor Device:\nTotal %d h/w sensors, %d running:\n", len(sensors), len(sensors))
	default:
		fmt.Fprintf(w, "Sensor Device:\nTotal %d h/w sensors, %d running 0 disabled clients:\n", len(sensors), len(sensors))
	}
	for _, s := range sensors {
		n := clientsOf(s, on)
		switch {
		case n == 0:
		case sdk < 24:
			each := func(value string) string { return strings.Repeat(value+", ", n-1) + value }
			fmt.Fprintf(w, "handle=0x%08x, active-count=%d, batch_period(ms)={ %s }, selected=200.0 ms\n", s.handle, n, each("200.0"))
			fmt.Fprintf(w, "handle=0x%08x, active-count=%d, batch_timeout(ms)={ %s }, selected= 0.0 ms\n", s.handle, n, each(" 0.0"))
		default:
			fmt.Fprintf(w, "0x%08x) active-count = %d; sampling_period(ms) = {200.0}, selected = 200.00 ms; batching_period(ms) = {0.0}, "+
				"selected = 0.00 ms\n", s.handle, n)
		}
	}
}

func clientsOf(s sensor, on []phone.Access) int {
	n := 0
	for _, x := range on {
		if x.Op == s.kind {
			n++
		}
	}
	return n
}

func (s sensor) print(w io.Writer, sdk int) {
	wake := "non-wakeUp"
	if s.flags&1 != 0 {
		wake = "wakeUp"
	}
	switch {
	case sdk < 24:
		fmt.Fprintf(w, "%-15s| %-10s| version=1 |%-20s| 0x%08x | \"\" | type=%d | %s | maxDelay=0us |%s | no batching | %s | last=<  0.0,  "+
			"0.0,  0.0>\n",
			s.name, "Virtual", "android.sensor."+s.kind, s.handle, s.number, s.word, s.rate, wake)
	case sdk < 26:
		fmt.Fprintf(w, "0x%08x) %-25s | %-15s | ver: 1 | type: android.sensor.%s(%d) | perm: n/a\n"+
			"\t %s | maxDelay=0us | %s | no batching | %s | \n",
			s.handle, s.name, "Virtual", s.kind, s.number, s.word, s.rate, wake)
	default:
		fmt.Fprintf(w, "0x%08x) %-25s | %-15s | ver: 1 | type: android.sensor.%s(%d) | perm: n/a | flags: 0x%08x\n"+
			"\t%s | minRate=1.00Hz | %s | no batching | %s | \n",
			s.handle, s.name, "Virtual", s.kind, s.number, s.flags, s.word, s.rate, wake)
	}
}

// dumpSensorClients prints who listens now.
func dumpSensorClients(h *phone.Handset, w io.Writer, on []phone.Access) {
	sdk := h.SDK()
	fmt.Fprintln(w, "Active sensors:")
	for _, s := range sensors {
		if n := clientsOf(s, on); n > 0 {
			fmt.Fprintf(w, "%s (handle=0x%08x, connections=%d)\n", s.name, s.handle, n)
		}
	}
	fmt.Fprint(w, "Socket Buffer size = 984 events\nWakeLock Status: not held \n")
	if sdk >= 23 {
		fmt.Fprintln(w, "Mode : NORMAL")
	}
	if sdk >= 29 {
		fmt.Fprintln(w, "Sensor Privacy: disabled")
	}
	fmt.Fprintf(w, "%d active connections\n", len(on))
	for i, x := range on {
		fmt.Fprintf(w, "Connection Number: %d \n", i)
		who := listener + " | "
		if sdk < 23 {
			who = ""
		} else {
			fmt.Fprint(w, "\tOperating Mode: NORMAL\n")
		}
		s := sensorOf(x.Op)
		fmt.Fprintf(w, "\t %sWakeLockRefCount 0 | uid %d | cache size 0 | max cache size 0\n"+
			"\t %s 0x%08x | status: active | pending flush events 0 \n", who, x.UID(), s.name, s.handle)
	}
	if sdk >= 26 {
		fmt.Fprintln(w, "0 direct connections")
	}
}

// listener is the class by which specimens listen.
const listener = "android.view.OrientationEventListener"

// dumpRegistrations prints who began and ended to listen, the newest first.
func dumpRegistrations(h *phone.Handset, w io.Writer) {
	sdk, now := h.SDK(), h.Now()
	fmt.Fprintln(w, "Previous Registrations:")
	for _, x := range slices.Backward(h.State.History.Sensors) {
		handle := sensorOf(x.Op).handle
		if !x.Running(now) {
			if sdk < 26 {
				fmt.Fprintf(w, "%s de-activated handle=0x%08x package=%s\n", x.To.Format("15:04:05"), handle, listener)
			} else {
				fmt.Fprintf(w, "%s - 0x%08x pid=%5d uid=%5d package=%s\n", x.To.Format("15:04:05"), handle, x.PID, x.UID(), listener)
			}
		}
		if sdk < 26 {
			fmt.Fprintf(w, "%s activated handle=0x%08x samplingRate=200000us maxReportLatency=0us "+
				"package=%s\n", x.From.Format("15:04:05"), handle, listener)
		} else {
			fmt.Fprintf(w, "%s + 0x%08x pid=%5d uid=%5d package=%s samplingPeriod=200000us "+
				"batchingPeriod=0us\n", x.From.Format("15:04:05"), handle, x.PID, x.UID(), listener)
		}
	}
}
