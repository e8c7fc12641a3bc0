package fault

import (
	"strings"

	"assay/harness/virtual/persona"
)

// Window is a window in front of all tasks that none of them asked for.
type Window struct {
	Name    string // as dumpsys window names it: a component, or a title of Android's own
	Package string // whose views it shows
	App     string // that it is about; empty: none
	Firm    bool   // BACK does not close it
	Agrees  string // resource-id of what agrees, or changes something for good; empty: button1
	Widgets []persona.Widget
}

// The views of a dialog, as the framework names them.
const (
	DialogButton = "android.widget.Button"
	dialogTitle  = "android:id/alertTitle"

	PositiveButton = "android:id/button1"
	NegativeButton = "android:id/button2"

	// Agreed is the setting in which a window that was agreed to leaves its name.
	Agreed = "specimen_agreed_to"
)

// firmly is how a window is named that BACK does not close.
const firmly = "+firm"

// WindowNamed is the window that a fault names: update, sim, usb, oem and those in
// which the negative button does what nobody asked for, or a component; nil: there is
// none. Windows of Android are as AOSP has them, those of makers are of specimens or,
// where a button's place is what matters, as their published firmware has them.
func WindowNamed(what string) *Window {
	if name, firm := strings.CutSuffix(what, firmly); firm {
		o := WindowNamed(name)
		if o != nil {
			o.Firm = true
		}
		return o
	}
	ask := func(component, title, yes, no string) *Window {
		pkg, _, _ := strings.Cut(component, "/")
		return &Window{Name: component, Package: pkg, Widgets: []persona.Widget{
			{ID: dialogTitle, Text: title},
			{ID: NegativeButton, Class: DialogButton, Text: no},
			{ID: PositiveButton, Class: DialogButton, Text: yes},
		}}
	}
	switch what {
	case "oem":
		return ask("specimen.offers/specimen.offers.OfferActivity", "New themes for you", "Agree", "Not now")
	case "battery": // MediaTek's: its negative button silences it for good
		o := ask("com.mediatek.batterywarning/com.mediatek.batterywarning.BatteryWarningActivity", "Charger over-voltage", "OK", "Cancel")
		o.Agrees = NegativeButton
		return o
	case "harmful": // HarmfulAppWarningActivity, from Android 9
		o := ask("android/com.android.internal.app.HarmfulAppWarningActivity", "Harmful app detected", "UNINSTALL", "OPEN ANYWAY")
		o.Agrees = NegativeButton
		return o
	case "install": // MIUI's: its negative button installs
		o := ask("com.miui.securitycenter/com.miui.permcenter.install.AdbInstallActivity", "Install via USB", "Cancel", "Continue installation")
		o.Agrees = NegativeButton
		return o
	case "sim":
		return ask("com.android.settings/com.android.settings.sim.SimDialogActivity", "Update preferred SIM card?", "Yes", "No")
	case "update":
		return ask("specimen.updater/specimen.updater.UpdateActivity", "System update available", "Install now", "Later")
	case "usb":
		return ask("com.android.settings/com.android.settings.deviceinfo.UsbModeChooserActivity", "Use USB to", "Transfer files",
			"Charge this device")
	}
	if pkg, class, ok := strings.Cut(persona.LongComponent(what), "/"); ok && pkg != "" && class != "" {
		return ask(pkg+"/"+class, "", "OK", "Cancel")
	}
	return nil
}
