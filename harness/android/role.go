package android

import (
	"slices"
	"strings"
)

// Role is a role's name, such as android.app.role.DIALER, from Android 10.
type Role string

// RoleGives says whether the holder of a role has a permission by it, in any
// release (packages/apps/PermissionController and, from Android 11,
// packages/modules/Permission PermissionController/res/xml/roles.xml, with the
// permission sets that it names; Android 10 to 16). Only sensitive permissions
// are listed; a maker's own roles are not known.
func RoleGives(r Role, p Permission) bool {
	name := strings.TrimPrefix(string(r), "android.app.role.")
	return slices.ContainsFunc(roleSets[name], func(set string) bool {
		return set == strings.TrimPrefix(string(p), ns) || slices.Contains(permissionSets[set], p)
	})
}

// permissionSets are those of roles.xml.
var permissionSets = map[string][]Permission{
	"calendar": {ns + "READ_CALENDAR", ns + "WRITE_CALENDAR"},
	"contacts": {ns + "READ_CONTACTS", ns + "WRITE_CONTACTS", ns + "GET_ACCOUNTS"},
	"location": {ns + "ACCESS_COARSE_LOCATION", ns + "ACCESS_FINE_LOCATION"},
	"media": {
		ns + "READ_EXTERNAL_STORAGE", ns + "WRITE_EXTERNAL_STORAGE", ns + "READ_MEDIA_AUDIO", ns + "READ_MEDIA_IMAGES",
		ns + "READ_MEDIA_VIDEO", ns + "READ_MEDIA_VISUAL_USER_SELECTED",
	},
	"nearby": {ns + "BLUETOOTH_ADVERTISE", ns + "BLUETOOTH_CONNECT", ns + "BLUETOOTH_SCAN", ns + "NEARBY_WIFI_DEVICES"},
	"phone": {
		ns + "READ_PHONE_STATE", ns + "CALL_PHONE", ns + "READ_CALL_LOG", ns + "WRITE_CALL_LOG",
		"com.android.voicemail.permission.ADD_VOICEMAIL", ns + "USE_SIP", ns + "PROCESS_OUTGOING_CALLS", ns + "ANSWER_PHONE_CALLS",
	},
	"sensors": {ns + "BODY_SENSORS", ns + "BODY_SENSORS_BACKGROUND", ns + "ACTIVITY_RECOGNITION"},
	"sms": {
		ns + "SEND_SMS", ns + "RECEIVE_SMS", ns + "READ_SMS", ns + "RECEIVE_WAP_PUSH", ns + "RECEIVE_MMS", ns + "READ_CELL_BROADCASTS",
	},
}

// roleSets are the sets and single permissions that a role gives.
var roleSets = map[string][]string{
	"ASSISTANT":                                {"sms", "READ_CALL_LOG"},
	"COMPANION_DEVICE_APP_STREAMING":           {"RECORD_AUDIO"},
	"COMPANION_DEVICE_COMPUTER":                {"media"},
	"COMPANION_DEVICE_GLASSES":                 {"phone", "contacts", "sms", "nearby", "RECORD_AUDIO"},
	"COMPANION_DEVICE_NEARBY_DEVICE_STREAMING": {"nearby"},
	"COMPANION_DEVICE_WATCH":                   {"phone", "contacts", "sms", "calendar", "nearby"},
	"DIALER":                                   {"phone", "contacts", "sms", "RECORD_AUDIO", "CAMERA"},
	"SMS":                                      {"phone", "contacts", "sms", "media", "RECORD_AUDIO", "CAMERA"},
	"SYSTEM_AMBIENT_AUDIO_INTELLIGENCE":        {"READ_PHONE_STATE", "RECORD_AUDIO"},
	"SYSTEM_APP_PROTECTION_SERVICE":            {"READ_SMS", "RECEIVE_SMS"},
	"SYSTEM_AUDIO_INTELLIGENCE":                {"READ_CALL_LOG", "READ_PHONE_STATE", "RECORD_AUDIO"},
	"SYSTEM_AUTOMOTIVE_CALENDAR_SYNC_MANAGER":  {"calendar"},
	"SYSTEM_AUTOMOTIVE_CLUSTER":                {"ANSWER_PHONE_CALLS", "READ_CALL_LOG", "READ_CONTACTS"},
	"SYSTEM_AUTOMOTIVE_PROJECTION": {
		"location", "nearby", "CALL_PHONE", "READ_CALENDAR", "READ_CALL_LOG", "READ_CONTACTS", "READ_PHONE_STATE", "RECEIVE_SMS",
		"RECORD_AUDIO", "SEND_SMS",
	},
	"SYSTEM_CALL_STREAMING":    {"RECORD_AUDIO"},
	"SYSTEM_GALLERY":           {"media", "ACCESS_MEDIA_LOCATION"},
	"SYSTEM_SHELL":             {"RECORD_BACKGROUND_AUDIO"},
	"SYSTEM_SPEECH_RECOGNIZER": {"RECORD_AUDIO"},
	"SYSTEM_TEXT_INTELLIGENCE": {"ACCESS_BACKGROUND_LOCATION", "ACCESS_COARSE_LOCATION"},
	"SYSTEM_UI_INTELLIGENCE": {
		"location", "ACCESS_BACKGROUND_LOCATION", "BLUETOOTH_CONNECT", "BLUETOOTH_SCAN", "READ_CALL_LOG", "READ_CONTACTS", "READ_SMS",
		"READ_EXTERNAL_STORAGE", "READ_MEDIA_AUDIO", "READ_MEDIA_IMAGES", "READ_MEDIA_VIDEO",
	},
	"SYSTEM_VISUAL_INTELLIGENCE": {"CAMERA"},
	"SYSTEM_WEAR_HEALTH_SERVICE": {"location", "sensors", "ACCESS_BACKGROUND_LOCATION"},
}
