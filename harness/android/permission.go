package android

import "slices"

// PermissionGroup names what a permission of Android's own opens of the
// owner's life, or "" where it is not one that a user is asked for. The set is
// the runtime ("dangerous") permissions of AndroidManifest.xml in
// frameworks/base core/res, Android 6 to 16.
func PermissionGroup(p Permission) Group { return permissionGroups[p] }

// Sensitive says whether a user has a right to be asked for the permission.
func Sensitive(p Permission) bool { return permissionGroups[p] != "" }

// PermissionOps gives the app-ops that are noted when a holder of the
// permission uses it (AppOpsManager, sOpPerms, read backwards).
func PermissionOps(p Permission) []Op { return permissionOps[p] }

const ns = "android.permission."

var permissionGroups = map[Permission]Group{
	ns + "ACCESS_FINE_LOCATION":                      "location",
	ns + "ACCESS_COARSE_LOCATION":                    "location",
	ns + "ACCESS_BACKGROUND_LOCATION":                "location",
	ns + "ACCESS_MEDIA_LOCATION":                     "location",
	ns + "CAMERA":                                    "camera",
	ns + "RECORD_AUDIO":                              "microphone",
	ns + "RECORD_BACKGROUND_AUDIO":                   "microphone",
	ns + "READ_CONTACTS":                             "contacts",
	ns + "WRITE_CONTACTS":                            "contacts",
	ns + "GET_ACCOUNTS":                              "contacts",
	ns + "READ_CALL_LOG":                             "call-log",
	ns + "WRITE_CALL_LOG":                            "call-log",
	ns + "PROCESS_OUTGOING_CALLS":                    "call-log",
	ns + "READ_CALENDAR":                             "calendar",
	ns + "WRITE_CALENDAR":                            "calendar",
	ns + "SEND_SMS":                                  "sms",
	ns + "RECEIVE_SMS":                               "sms",
	ns + "READ_SMS":                                  "sms",
	ns + "RECEIVE_MMS":                               "sms",
	ns + "RECEIVE_WAP_PUSH":                          "sms",
	ns + "READ_CELL_BROADCASTS":                      "sms",
	ns + "READ_PHONE_STATE":                          "phone",
	ns + "READ_BASIC_PHONE_STATE":                    "",
	ns + "READ_PHONE_NUMBERS":                        "phone",
	ns + "CALL_PHONE":                                "phone",
	ns + "ANSWER_PHONE_CALLS":                        "phone",
	ns + "ACCEPT_HANDOVER":                           "phone",
	ns + "USE_SIP":                                   "phone",
	"com.android.voicemail.permission.ADD_VOICEMAIL": "phone",
	ns + "BODY_SENSORS":                              "sensors",
	ns + "BODY_SENSORS_BACKGROUND":                   "sensors",
	ns + "ACTIVITY_RECOGNITION":                      "sensors",
	ns + "READ_EXTERNAL_STORAGE":                     "storage",
	ns + "WRITE_EXTERNAL_STORAGE":                    "storage",
	ns + "READ_MEDIA_IMAGES":                         "storage",
	ns + "READ_MEDIA_VIDEO":                          "storage",
	ns + "READ_MEDIA_AUDIO":                          "storage",
	ns + "READ_MEDIA_VISUAL_USER_SELECTED":           "storage",
	ns + "BLUETOOTH_SCAN":                            "nearby",
	ns + "BLUETOOTH_CONNECT":                         "nearby",
	ns + "BLUETOOTH_ADVERTISE":                       "nearby",
	ns + "NEARBY_WIFI_DEVICES":                       "nearby",
	ns + "UWB_RANGING":                               "nearby",
}

var permissionOps = map[Permission][]Op{
	ns + "ACCESS_FINE_LOCATION":   {"FINE_LOCATION", "COARSE_LOCATION", "MONITOR_LOCATION", "MONITOR_HIGH_POWER_LOCATION", "GPS"},
	ns + "ACCESS_COARSE_LOCATION": {"COARSE_LOCATION", "MONITOR_LOCATION"},
	ns + "CAMERA":                 {"CAMERA"},
	ns + "RECORD_AUDIO":           {"RECORD_AUDIO"},
	ns + "READ_CONTACTS":          {"READ_CONTACTS"},
	ns + "WRITE_CONTACTS":         {"WRITE_CONTACTS"},
	ns + "GET_ACCOUNTS":           {"GET_ACCOUNTS"},
	ns + "READ_CALL_LOG":          {"READ_CALL_LOG"},
	ns + "WRITE_CALL_LOG":         {"WRITE_CALL_LOG"},
	ns + "READ_CALENDAR":          {"READ_CALENDAR"},
	ns + "WRITE_CALENDAR":         {"WRITE_CALENDAR"},
	ns + "SEND_SMS":               {"SEND_SMS"},
	ns + "RECEIVE_SMS":            {"RECEIVE_SMS"},
	ns + "READ_SMS":               {"READ_SMS"},
	ns + "READ_PHONE_STATE":       {"READ_PHONE_STATE"},
	ns + "READ_PHONE_NUMBERS":     {"READ_PHONE_NUMBERS"},
	ns + "CALL_PHONE":             {"CALL_PHONE"},
	ns + "BODY_SENSORS":           {"BODY_SENSORS"},
	ns + "ACTIVITY_RECOGNITION":   {"ACTIVITY_RECOGNITION"},
	ns + "READ_EXTERNAL_STORAGE":  {"READ_EXTERNAL_STORAGE"},
	ns + "WRITE_EXTERNAL_STORAGE": {"WRITE_EXTERNAL_STORAGE"},
	ns + "READ_MEDIA_IMAGES":      {"READ_MEDIA_IMAGES"},
	ns + "READ_MEDIA_VIDEO":       {"READ_MEDIA_VIDEO"},
	ns + "READ_MEDIA_AUDIO":       {"READ_MEDIA_AUDIO"},
}

// SensitivePermissions are those that Sensitive knows, sorted.
func SensitivePermissions() []Permission {
	var all []Permission
	for p, group := range permissionGroups {
		if group != "" {
			all = append(all, p)
		}
	}
	slices.Sort(all)
	return all
}
