package device

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysBattery reads the battery's state.
var DumpsysBattery = printout.Parser{
	Source: "dumpsys-battery",
	Parse:  parseBattery,
	Needs:  "services/core com/android/server/BatteryService.java dumpInternal, Android 5 to 16",
}

// parseBattery reads key: value. Samsung adds lines that are not indented, sentences, and logs
// under headings in brackets, which are passed over.
func parseBattery(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	headed, inLog := false, false
	for l.Next() {
		t := bytes.TrimSpace(l.Text())
		switch {
		case bytes.HasPrefix(t, []byte("Current Battery Service state:")):
			headed = true
			l.Read()
		case !headed:
			l.Settle()
		case len(t) == 0:
			l.Skip()
		case t[0] == '[', string(t) == "BatteryInfoBackUp":
			inLog = t[0] == '['
			l.Skip()
		case inLog && printout.IsDigit(t[0]):
			l.Skip()
		case bytes.HasPrefix(t, []byte("(UPDATES STOPPED")):
			// After dumpsys battery set or unplug: the values that follow are not the battery's own.
			l.Read()
			emit(fact.BatteryValue{Key: "UPDATES STOPPED", Value: "true"}, l.Span())
		case l.Refused():
		default:
			inLog = false
			key, value, ok := android.CutField(t)
			if !ok || len(key) > printout.LongestName {
				continue
			}
			l.Read()
			emit(fact.BatteryValue{Key: string(key), Value: string(value)}, l.Span())
		}
	}
	return nil
}
