package background

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysAlarm reads which alarms are set, and how often those of a package went off.
var DumpsysAlarm = printout.Parser{
	Source: "dumpsys-alarm",
	Parse:  parseAlarms,
	Needs: "com/android/server/AlarmManagerService.java dumpImpl, services/core to Android 10, apex/jobscheduler from 11, " +
		"its alarm/Alarm.java dump from 12; Android 5 to 16, with what Samsung and vivo add",
}

// alarmDump reads dumpsys alarm. A heading is indented by two, or not at
// all; an alarm is a line TYPE #n: Alarm{…} and the lines that are indented deeper.
type alarmDump struct {
	*printout.Lines
	emit  printout.Emit
	names printout.Names

	headed bool   // the dump's first line was there
	list   string // the heading that alarms stand under; "" under an unknown one
	alarm  fact.Alarm
	depth  int // how far the alarm's first line is indented
	first  evidence.Span
	last   evidence.Span
	open   bool
}

func parseAlarms(in printout.Input, emit printout.Emit) error {
	d := &alarmDump{Lines: in.Lines, emit: emit}
	for d.Next() {
		t := d.Text()
		in := printout.Indent(t)
		blank := in == len(t)
		if blank || in > 0 && in <= d.depth {
			d.close()
		}
		switch {
		case blank:
			d.Skip()
		case in == 0:
			d.margin(t)
		case d.headed && d.head(t[in:], in):
		case d.open:
			d.detail(t[in:])
		case in <= 2:
			d.heading(t[in:])
		case d.list != "":
			d.Skip()
		}
	}
	if d.open {
		d.Cut("the dump ends within an alarm of " + string(d.alarm.Package))
	}
	return nil
}

func (d *alarmDump) margin(t []byte) {
	switch {
	case bytes.HasPrefix(t, []byte("Current Alarm Manager state:")):
		d.close()
		d.headed, d.list = true, "state"
		d.Skip()
	case d.headed && bytes.HasPrefix(t, []byte("Batch{")):
		d.close()
		d.Skip()
	case d.headed && printout.HasAnyPrefix(t, alarmMargin):
		d.close()
		d.heading(t)
	case d.SettleAtMargin() && d.ofAlarms(): // the next unknown heading ends the list
	default:
		d.close()
		d.list = ""
	}
}

// alarmLists are the headings above alarms, with the names that facts have for the lists.
var alarmLists = []struct{ heading, list string }{
	{"Elapsed realtime wakeup (", "pending"}, // Android 4 and older
	{"Next wake from idle:", "next-wake-from-idle"},
	{"Past-due non-wakeup alarms:", "past-due"},
	{"Pending alarm batches:", "pending"},
	{"Pending alarms while device idle:", "while-idle"},
	{"Pending user blocked background alarms:", "blocked"},
	{"Realtime wakeup (", "pending"}, // Android 4 and older
	{"pending alarms:", "pending"},   // behind a number, from Android 12
}

// ofAlarms says whether the lines are those of alarms, or of how often they went off.
func (d *alarmDump) ofAlarms() bool {
	for _, l := range alarmLists {
		if d.list == l.list {
			return true
		}
	}
	return d.list == alarmStats
}

// alarmStats is the heading above how often alarms went off.
const alarmStats = "Alarm Stats:"

// alarmMargin are the headings that Android 5 does not indent.
var alarmMargin = []string{"Next ", "Num time change events: ", "Past-due non-wakeup alarms:", "Pending alarm batches:", "nowRTC="}

// alarmHeadings begin lines that are indented by two: headings, and single properties.
var alarmHeadings = []string{
	"<AppSync ",
	"Active uids: ",
	"Addition history:",
	"Alarm Stats:",
	"Alarm manager stats:",
	"Allow while idle ",
	"App Alarm history:",
	"App Standby Parole: ",
	"App ids requesting SCHEDULE_EXACT_ALARM:",
	"Broadcast ref count: ",
	"Cached UID->package map",
	"Current AppStateTracker State:",
	"Delivery history:",
	"Except-idle + user ",
	"Exempted ",
	"Expiration history:",
	"Feature Flags:",
	"Force all apps standby",
	"Forced App Standby Feature enabled: ",
	"Foreground uids: ",
	"Idle mode state:",
	"Idling until:",
	"Invalid Expiration history:",
	"Last ",
	"LazyAlarmStore stats:",
	"Listener finish count: ",
	"Listener send count: ",
	"Max delay time: ",
	"Max wakeup delay: ",
	"Next ",
	"Num time change events: ",
	"Number of delayed alarms: ",
	"Outstanding deliveries:",
	"Pending alarms per uid: ",
	"PendingIntent finish count: ",
	"PendingIntent send count: ",
	"Plugged In: ",
	"Recent AlarmClock Info:", // Samsung: set and removed again, no alarm that stands
	"Recent TIME_TICK history:",
	"Recent problems:",
	"Removal history:",
	"Remove Failed history:",
	"Restricted packages:",
	"Runtime uptime (",
	"RuntimeStarted=",
	"Settings:",
	"Small Battery Device: ",
	"Stats:",
	"Temp whitelist appids: ",
	"Temporary Quota Reserves:",
	"Time Changed History:",
	"Time since ",
	"Top Alarms:",
	"UID ",
	"User wakeup",
	"User whitelist appids: ",
	"Wakeup Alarm history",
	"mAllowWhileIdleMinTime=",
	"mDeviceIdleUserWhitelist=",
	"mLast",
	"mUseAllowWhileIdleShortTime:",
	"set at ",
}

// heading reads a line that is indented by two.
func (d *alarmDump) heading(t []byte) {
	if !d.headed {
		return
	}
	number, rest := printout.Word(t)
	if printout.IsNumber(number) {
		t = bytes.TrimLeft(rest, " ")
	}
	for _, l := range alarmLists {
		if bytes.HasPrefix(t, []byte(l.heading)) {
			d.list = l.list
			d.Skip()
			return
		}
	}
	switch {
	case bytes.HasPrefix(t, []byte("nowRTC=")):
		d.list = "state"
		d.now(t)
	case printout.HasAnyPrefix(t, alarmHeadings):
		d.list = string(t[:min(len(t), len(alarmStats))])
		d.Skip()
	case d.list == alarmStats:
		d.total(t)
	case d.list == "Pending alarms": // the lines of an older form
		d.Skip()
	default:
		d.list = ""
	}
}

// now reads when the dump was made, to the second or to thousandths of it:
//
//	nowRTC=1524636931877=2018-04-25 11:45:31 nowELAPSED=207708
func (d *alarmDump) now(t []byte) {
	_, rest, _ := bytes.Cut(t[len("nowRTC="):], []byte("="))
	local, ok := printout.LocalTime(rest)
	if !ok {
		return
	}
	d.Read()
	d.emit(fact.Moment{Local: local}, d.Span())
}

// total reads how often a package's alarms went off:
//
//	u0a14:com.example +58ms running, 8 wakeups:
func (d *alarmDump) total(t []byte) {
	name, rest := printout.Word(t)
	uid, pkg, ok := bytes.Cut(name, []byte(":"))
	running, rest := printout.Word(rest)
	word, rest := printout.Word(rest)
	wakeups, rest := printout.Word(rest)
	last, _ := printout.Word(rest)
	id, err := android.ParseUID(string(uid))
	spent, isDuration := printout.Duration(running)
	n, isCount := printout.Number(wakeups)
	if !ok || err != nil || !isDuration || !isCount || string(word) != "running," || string(last) != "wakeups:" {
		return
	}
	d.Read()
	d.emit(fact.AlarmTotal{UID: id, Package: android.Package(d.names.Of(pkg)), Running: spent, Wakeups: n}, d.Span())
}

// close emits the alarm whose lines have ended.
func (d *alarmDump) close() {
	if d.open {
		d.open = false
		d.emit(d.alarm, printout.JoinSpans(d.first, d.last))
	}
}
