package device

import (
	"bytes"

	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysSensorPrivacy reads the switches that keep a sensor from every app.
var DumpsysSensorPrivacy = printout.Parser{
	Source: "dumpsys-sensor-privacy",
	Parse:  parseSensorPrivacy,
	Needs: "services/core com/android/server/SensorPrivacyService.java dump, Android 12; " +
		"com/android/server/sensorprivacy/SensorPrivacyStateControllerImpl.java dump, 13 to 16",
}

// Words for the numbers of SensorPrivacyManager.
var (
	privacySensors = map[string]string{"1": "microphone", "2": "camera"}
	privacyToggles = map[string]string{"1": "software", "2": "hardware"}
	privacyStates  = map[string]string{"1": "enabled", "2": "disabled", "true": "enabled", "false": "disabled"}
)

// parseSensorPrivacy reads what DualDumpOutputStream prints: lines key=value in braces, and in
// brackets where a key has several values.
func parseSensorPrivacy(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	var at fact.SensorPrivacy
	begun, depth, known := false, 0, false
	for l.Next() {
		t := bytes.TrimSpace(l.Text())
		key, val, is := bytes.Cut(t, []byte("="))
		opens := len(t) > 0 && (t[len(t)-1] == '{' || t[len(t)-1] == '[')
		switch {
		case len(t) == 0:
			l.Skip()
		case bytes.HasPrefix(t, []byte("SENSOR PRIVACY MANAGER STATE")):
			begun = true // bugreportz asks with -a
			l.Read()
		case !begun:
			l.Settle()
		case opens:
			if depth++; string(key) == "sensors" || string(key) == "individual_enabled_sensor" {
				at.Sensor, at.Toggle = "", ""
			}
			l.Read()
		case string(t) == "}" || string(t) == "]":
			depth--
			l.Read()
		case !is || !printout.IsName(val):
			l.Settle()
		case string(key) == "user_id":
			var n int
			if n, known = printout.Number(val); known {
				at = fact.SensorPrivacy{User: n, Sensor: "all"}
				l.Read()
			}
		case string(key) == "sensor":
			at.Sensor, at.Toggle = worded(privacySensors, val), ""
			l.Read()
		case string(key) == "toggle_type":
			at.Toggle = worded(privacyToggles, val)
			l.Read()
		case known && at.Sensor != "" && (string(key) == "state_type" || string(key) == "is_enabled"):
			at.State = worded(privacyStates, val)
			l.Read()
			emit(at, l.Span())
		case string(key) == "last_change" || string(key) == "storage_implementation":
			l.Skip()
		default:
			l.Settle()
		}
	}
	if depth > 0 && !l.Covered() {
		l.Cut("the state of the sensors' switches has no end")
	}
	return nil
}

// worded gives the word for a number, or the number where there is none.
func worded(words map[string]string, val []byte) string {
	if word, ok := words[string(val)]; ok {
		return word
	}
	return string(val)
}
