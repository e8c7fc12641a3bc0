package android

// Op is an app-op's name as dumps print it, without OPSTR_ or android: in front:
// FINE_LOCATION, RECORD_AUDIO. Names that a release or a maker adds survive as
// themselves.
type Op string

// Mode is what an app-op is set to. ModeUnknown is the zero value.
type Mode string

// Modes, by the words that Android 9 and later print
// (frameworks/base core/java/android/app/AppOpsManager.java, modeToName).
const (
	ModeUnknown    Mode = ""
	ModeAllow      Mode = "allow"
	ModeIgnore     Mode = "ignore"
	ModeDeny       Mode = "deny" // printed as 2 before Android 9
	ModeDefault    Mode = "default"
	ModeForeground Mode = "foreground"
)

// Group is what an op or a permission gives access to, in the reader's words:
// location, camera, microphone, contacts …
type Group string

// OpGroup names what an op reads of the owner, or "" where it reads nothing
// personal.
func OpGroup(op Op) Group { return opGroups[op] }

var opGroups = map[Op]Group{
	"COARSE_LOCATION":               "location",
	"FINE_LOCATION":                 "location",
	"GPS":                           "location",
	"MONITOR_LOCATION":              "location",
	"MONITOR_HIGH_POWER_LOCATION":   "location",
	"CAMERA":                        "camera",
	"PHONE_CALL_CAMERA":             "camera",
	"RECORD_AUDIO":                  "microphone",
	"PHONE_CALL_MICROPHONE":         "microphone",
	"RECORD_AUDIO_HOTWORD":          "microphone",
	"RECEIVE_AMBIENT_TRIGGER_AUDIO": "microphone",
	"READ_CONTACTS":                 "contacts",
	"WRITE_CONTACTS":                "contacts",
	"GET_ACCOUNTS":                  "contacts",
	"READ_CALL_LOG":                 "call-log",
	"WRITE_CALL_LOG":                "call-log",
	"PROCESS_OUTGOING_CALLS":        "call-log",
	"READ_CALENDAR":                 "calendar",
	"WRITE_CALENDAR":                "calendar",
	"READ_SMS":                      "sms",
	"WRITE_SMS":                     "sms",
	"RECEIVE_SMS":                   "sms",
	"SEND_SMS":                      "sms",
	"RECEIVE_MMS":                   "sms",
	"RECEIVE_WAP_PUSH":              "sms",
	"READ_PHONE_STATE":              "phone",
	"READ_PHONE_NUMBERS":            "phone",
	"READ_DEVICE_IDENTIFIERS":       "phone",
	"CALL_PHONE":                    "phone",
	"BODY_SENSORS":                  "sensors",
	"ACTIVITY_RECOGNITION":          "sensors",
	"READ_CLIPBOARD":                "clipboard",
	"READ_EXTERNAL_STORAGE":         "storage",
	"WRITE_EXTERNAL_STORAGE":        "storage",
	"READ_MEDIA_IMAGES":             "storage",
	"READ_MEDIA_VIDEO":              "storage",
	"READ_MEDIA_AUDIO":              "storage",
	"MANAGE_EXTERNAL_STORAGE":       "storage",
	"LEGACY_STORAGE":                "",
}
