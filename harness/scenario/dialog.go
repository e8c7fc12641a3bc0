package scenario

import (
	"strings"

	"assay/harness/android"
)

// dialog is a permission dialog on the screen.
type dialog struct {
	message string
	buttons map[string]node // by resource-id without package; only those that can be tapped
}

// buttonNames are the answers of Android's permission dialog, by resource-id:
// packages/apps/PackageInstaller …/permission/ui (Android 6 to 9),
// PermissionController …/permission/ui (10 to 16).
var buttonNames = []string{
	"permission_allow_all_button",
	"permission_allow_always_button",
	"permission_allow_button",
	"permission_allow_foreground_only_button",
	"permission_allow_one_time_button",
	"permission_allow_selected_button",
	"permission_deny_and_dont_ask_again_button",
	"permission_deny_button",
	"permission_deny_dont_ask_again_button",
	"permission_dont_allow_more_selected_button",
	"permission_no_upgrade_and_dont_ask_again_button",
	"permission_no_upgrade_button",
	"permission_no_upgrade_one_time_and_dont_ask_again_button",
	"permission_no_upgrade_one_time_button",
}

const (
	messageName  = "permission_message"
	checkboxName = "do_not_ask_checkbox" // Android 6 to 9, from the second refusal on
)

// dialogOn finds the permission dialog on a screen. Its ids are Android's on
// every release and in every language; the package before them is the image's
// (com.android.packageinstaller up to Android 9, com.android or com.google.android
// .permissioncontroller from 10, com.lbe.security.miui on MIUI).
func dialogOn(screen []node) (dialog, bool) {
	d := dialog{buttons: map[string]node{}}
	for _, n := range screen {
		switch name := n.name(); {
		case name == messageName:
			d.message = n.Text
		case n.tappable() && (name == checkboxName || isButton(name)):
			d.buttons[name] = n
		}
	}
	for name := range d.buttons {
		if name != checkboxName {
			return d, true
		}
	}
	return dialog{}, false
}

func isButton(name string) bool {
	for _, b := range buttonNames {
		if b == name {
			return true
		}
	}
	return false
}

// offers lists the answers that the dialog has, in a reader's words.
func (d dialog) offers() string {
	var all []string
	for _, b := range buttonNames {
		if _, ok := d.buttons[b]; ok {
			all = append(all, strings.TrimSuffix(strings.TrimPrefix(b, "permission_"), "_button"))
		}
	}
	return strings.Join(all, ", ")
}

// phrases are what the dialog's sentence says in English of the permissions that
// it asks for: facts of the strings permgrouprequest_* (frameworks/base core
// res/res/values/strings.xml, Android 6 to 16). In other languages a dialog
// cannot be told from another by what it shows.
var phrases = []struct {
	words string
	asks  []android.Permission
}{
	{"location", names("ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION", "ACCESS_BACKGROUND_LOCATION")},
	{"take pictures", names("CAMERA")},
	{"record audio", names("RECORD_AUDIO")},
	{"your contacts", names("READ_CONTACTS", "WRITE_CONTACTS", "GET_ACCOUNTS")},
	{"your calendar", names("READ_CALENDAR", "WRITE_CALENDAR")},
	{"call logs", names("READ_CALL_LOG", "WRITE_CALL_LOG", "PROCESS_OUTGOING_CALLS")},
	{"sms messages", names("SEND_SMS", "RECEIVE_SMS", "READ_SMS", "RECEIVE_MMS", "RECEIVE_WAP_PUSH", "READ_CELL_BROADCASTS")},
	{"manage phone calls", append(names("READ_PHONE_STATE", "READ_PHONE_NUMBERS", "CALL_PHONE", "ANSWER_PHONE_CALLS", "ACCEPT_HANDOVER", "USE_SIP",
		"READ_CALL_LOG", "WRITE_CALL_LOG", "PROCESS_OUTGOING_CALLS"), "com.android.voicemail.permission.ADD_VOICEMAIL")},
	{"vital signs", names("BODY_SENSORS", "BODY_SENSORS_BACKGROUND")},
	{"physical activity", names("ACTIVITY_RECOGNITION")},
	{"nearby devices", names("BLUETOOTH_SCAN", "BLUETOOTH_CONNECT", "BLUETOOTH_ADVERTISE", "NEARBY_WIFI_DEVICES", "UWB_RANGING")},
	{"send you notifications", names("POST_NOTIFICATIONS")},
	{"music and audio", names("READ_MEDIA_AUDIO")},
	{"photos and videos", names("READ_MEDIA_IMAGES", "READ_MEDIA_VIDEO", "READ_MEDIA_VISUAL_USER_SELECTED", "ACCESS_MEDIA_LOCATION")},
	{"photos, media", names("READ_EXTERNAL_STORAGE", "WRITE_EXTERNAL_STORAGE", "ACCESS_MEDIA_LOCATION")},
}

func names(short ...string) []android.Permission {
	all := make([]android.Permission, len(short))
	for i, s := range short {
		all[i] = android.Permission("android.permission." + s)
	}
	return all
}

// asks says what the dialog asks for; nothing where it does not say so in a
// language that assay reads.
func (d dialog) asks() []android.Permission {
	message := strings.ToLower(d.message)
	for _, p := range phrases {
		if strings.Contains(message, p.words) {
			return p.asks
		}
	}
	return nil
}
