package persona

// Op is one app-op: its name as dumps print it, since which SDK it is there, the
// permission that it wants, and the op whose mode decides for it.
type Op struct {
	Name       string
	SDK        int
	Permission string // without android.permission.
	decider    string // opToSwitch; empty: itself
}

// Ops are the app-ops that specimens can use, in the order of their codes
// (frameworks/base core/java/android/app/AppOpsManager.java, sOpNames, sOpPerms,
// sOpToSwitch).
var Ops = []Op{
	{"COARSE_LOCATION", 21, "ACCESS_COARSE_LOCATION", ""},
	{"FINE_LOCATION", 21, "ACCESS_FINE_LOCATION", "COARSE_LOCATION"},
	{"GPS", 21, "ACCESS_FINE_LOCATION", "COARSE_LOCATION"},
	{"VIBRATE", 21, "VIBRATE", ""},
	{"READ_CONTACTS", 21, "READ_CONTACTS", ""},
	{"WRITE_CONTACTS", 21, "WRITE_CONTACTS", ""},
	{"READ_CALL_LOG", 21, "READ_CALL_LOG", ""},
	{"WRITE_CALL_LOG", 21, "WRITE_CALL_LOG", ""},
	{"READ_CALENDAR", 21, "READ_CALENDAR", ""},
	{"WRITE_CALENDAR", 21, "WRITE_CALENDAR", ""},
	{"WIFI_SCAN", 21, "ACCESS_WIFI_STATE", "COARSE_LOCATION"},
	{"POST_NOTIFICATION", 21, "", ""},
	{"CALL_PHONE", 21, "CALL_PHONE", ""},
	{"READ_SMS", 21, "READ_SMS", ""},
	{"WRITE_SMS", 21, "", ""},
	{"RECEIVE_SMS", 21, "RECEIVE_SMS", ""},
	{"SEND_SMS", 21, "SEND_SMS", ""},
	{"WRITE_SETTINGS", 21, "WRITE_SETTINGS", ""},
	{"CAMERA", 21, "CAMERA", ""},
	{"RECORD_AUDIO", 21, "RECORD_AUDIO", ""},
	{"PLAY_AUDIO", 21, "", ""},
	{"READ_CLIPBOARD", 21, "", ""},
	{"WRITE_CLIPBOARD", 21, "", ""},
	{"TAKE_AUDIO_FOCUS", 21, "", ""},
	{"WAKE_LOCK", 21, "WAKE_LOCK", ""},
	{"MONITOR_LOCATION", 21, "ACCESS_COARSE_LOCATION", "COARSE_LOCATION"},
	{"MONITOR_HIGH_POWER_LOCATION", 21, "ACCESS_FINE_LOCATION", "COARSE_LOCATION"},
	{"GET_USAGE_STATS", 21, "PACKAGE_USAGE_STATS", ""},
	{"READ_PHONE_STATE", 23, "READ_PHONE_STATE", ""},
	{"BODY_SENSORS", 23, "BODY_SENSORS", ""},
	{"READ_EXTERNAL_STORAGE", 23, "READ_EXTERNAL_STORAGE", ""},
	{"WRITE_EXTERNAL_STORAGE", 23, "WRITE_EXTERNAL_STORAGE", ""},
	{"GET_ACCOUNTS", 23, "GET_ACCOUNTS", ""},
	{"RUN_IN_BACKGROUND", 24, "", ""},
	{"READ_PHONE_NUMBERS", 26, "READ_PHONE_NUMBERS", ""},
	{"START_FOREGROUND", 28, "FOREGROUND_SERVICE", ""},
	{"ACTIVITY_RECOGNITION", 29, "ACTIVITY_RECOGNITION", ""},
	{"READ_MEDIA_AUDIO", 33, "READ_MEDIA_AUDIO", ""},
	{"READ_MEDIA_VIDEO", 33, "READ_MEDIA_VIDEO", ""},
	{"READ_MEDIA_IMAGES", 33, "READ_MEDIA_IMAGES", ""},
	{"READ_DEVICE_IDENTIFIERS", 29, "READ_PRIVILEGED_PHONE_STATE", ""},
}

// SwitchOf is the op whose mode decides for an op: fine location went its own way
// with Android 12.
func (o Op) SwitchOf(sdk int) string {
	if o.decider == "" || o.Name == "FINE_LOCATION" && sdk >= 31 {
		return o.Name
	}
	return o.decider
}

// OpIndex is an op's place among ops, or -1.
func OpIndex(name string) int {
	for i, o := range Ops {
		if o.Name == name {
			return i
		}
	}
	return -1
}

// OpName is how a release prints an op: one name kept its prefix from Android 6
// to 9.
func OpName(name string, sdk int) string {
	if name == "READ_PHONE_STATE" && sdk < 29 {
		return "OP_READ_PHONE_STATE"
	}
	return name
}

// OpOf finds the op that a runtime permission is enforced by, or "".
func OpOf(permission string, sdk int) string {
	for _, o := range Ops {
		if o.Permission != "" && o.SDK <= sdk && "android.permission."+o.Permission == permission {
			return o.Name
		}
	}
	return ""
}

// OpMode is what an app-op is set to.
type OpMode int

// Modes of an op (AppOpsManager.MODE_ALLOWED and on).
const (
	ModeAllow OpMode = iota
	ModeIgnore
	ModeDeny
	ModeDefault
	ModeForeground
)

// String is the word that Android 9 and later print; older ones print the number.
func (m OpMode) String() string {
	return [...]string{"allow", "ignore", "deny", "default", "foreground"}[m]
}
