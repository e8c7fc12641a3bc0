package background

import (
	"bytes"
	"time"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// head reads the first line of an alarm, and says whether the line is one:
//
//	RTC #5: Alarm{1de5777 type 1 when 1507239248293 com.example}
//	RTC #5: Alarm{1de5777 type 1 origWhen 150… whenElapsed 858… com.example}      from Android 12
//	RTC #1: Alarm{fda5865 uId=1000 creatorUid=1000 packageName=com.example …}     vivo 14
//	RTC #1: Alarm{2c8aad type 3 when 29506060 flags 1 … repeatInterval 0 android} vivo 11
func (d *alarmDump) head(t []byte, in int) bool {
	kind, rest, ok := bytes.Cut(t, []byte(" #"))
	if !ok || !alarmType(kind) {
		return false
	}
	index, rest, ok := bytes.Cut(rest, []byte(": Alarm{"))
	if !ok || !printout.IsNumber(index) {
		return false
	}
	d.close()
	a := fact.Alarm{Type: d.names.Of(kind), List: d.list, UID: android.NoUID}
	rest = bytes.TrimSuffix(bytes.TrimRight(rest, " "), []byte("}"))
	if name, ok := printout.QuotedValue(rest, "packageName"); ok {
		a.Package = android.Package(d.names.Of(name))
		if v, ok := printout.QuotedValue(rest, "creatorUid"); ok {
			if uid, err := android.ParseUID(string(v)); err == nil {
				a.UID = uid
			}
		}
	} else {
		a.Package = android.Package(d.names.Of(rest[bytes.LastIndexByte(rest, ' ')+1:]))
	}
	d.alarm, d.depth, d.open = a, in, true
	d.first, d.last = d.Span(), d.Span()
	d.Read()
	return true
}

// alarmType says whether a word is one that AlarmManager.typeToString gives.
func alarmType(word []byte) bool {
	switch string(word) {
	case "RTC", "RTC_WAKEUP", "ELAPSED", "ELAPSED_WAKEUP":
		return true
	}
	return false
}

// detail reads a line under an alarm.
func (d *alarmDump) detail(t []byte) {
	key, val, _ := bytes.Cut(t, []byte("="))
	switch string(key) {
	case "tag":
		d.alarm.Tag = d.names.Of(val)
	case "type":
		d.times(t)
	case "window", "whenElapsed":
		d.numbers(t)
	case "operation":
		d.operation(val)
	case "listener":
		d.alarm.Operation = "listener"
	case "idle-options", "policyWhenElapsed: requester", "triggerTime", "showIntent", "Alarm clock:":
		d.last = d.Span()
		d.Skip()
		return
	default:
		return
	}
	d.last = d.Span()
	d.Read()
}

// times reads the line that begins with type=. It gives the time as a date for
// an RTC alarm and as a duration for others.
func (d *alarmDump) times(t []byte) {
	if when, ok := printout.SpacedValue(t, "origWhen"); ok {
		d.alarm.When = string(when)
	} else if when, ok := printout.SpacedValue(t, "when"); ok {
		d.alarm.When = string(when)
	}
	d.numbers(t)
}

// numbers reads what stands on one line or another, depending on the release.
func (d *alarmDump) numbers(t []byte) {
	if v, ok := printout.QuotedValue(t, "whenElapsed"); ok {
		d.alarm.WhenElapsed, _ = printout.Duration(v)
	}
	if v, ok := printout.QuotedValue(t, "window"); ok {
		if d.alarm.Window, ok = printout.Duration(v); !ok {
			d.alarm.Window = milliseconds(v) // Android 5 and 6
		}
	}
	if v, ok := printout.QuotedValue(t, "repeatInterval"); ok {
		d.alarm.RepeatInterval = milliseconds(v)
	}
	if v, ok := printout.QuotedValue(t, "flags"); ok {
		d.alarm.Flags = d.names.Of(v)
	}
}

// milliseconds reads a number of them. It is 0 where that is no number, or too large to be a
// time.
func milliseconds(v []byte) time.Duration {
	if ms, ok := printout.Integer(v); ok && ms < 1<<40 && ms > -1<<40 {
		return time.Duration(ms) * time.Millisecond
	}
	return 0
}

// operation reads what the alarm starts, by the words of
// PendingIntentRecord{hash package kind}.
func (d *alarmDump) operation(val []byte) {
	inner, ok := printout.Between(val, "PendingIntentRecord{", "}")
	if !ok {
		return
	}
	_, rest := printout.Word(inner)
	_, rest = printout.Word(rest)
	kind, _ := printout.Word(rest)
	d.alarm.Operation = d.names.Of(kind)
}
