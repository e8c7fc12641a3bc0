package scenario

import "strings"

// dialog is a permission dialog on the screen.
type dialog struct {
	message string
	buttons map[string]node // by resource-id without package; only those that can be tapped
}

// buttonNames are the answers of Android's permission dialog, by resource-id:
// packages/apps/PackageInstaller …/permission/ui (Android 6 to 9),
// PermissionController …/permission/ui (10 to 16). The numbered ones and the one
// that says onetime are MIUI's.
var buttonNames = []string{
	"permission_allow_all_button",
	"permission_allow_always_button",
	"permission_allow_button",
	"permission_allow_button_1",
	"permission_allow_foreground_only_button",
	"permission_allow_one_time_button",
	"permission_allow_onetime_button",
	"permission_allow_selected_button",
	"permission_deny_and_dont_ask_again_button",
	"permission_deny_button",
	"permission_deny_button_1",
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
