package scenario

import (
	"strings"

	"assay/harness/android"
)

// signature knows one dialog by its window: what it is called, never what it
// says, so that it is known in every language.
type signature struct {
	kind  string
	title string          // what a window's name begins with that is no component; empty: it is one
	pkg   android.Package // empty: any, where a maker's build has the class under a name of its own
	class string          // in full; empty: any of the package
}

// signatures are the dialogs that handsets of a farm have been seen to show, by
// kind, package and class. Where each is to be read:
//
//   - anr, crash: frameworks/base services core …/am/AppNotRespondingDialog.java
//     and AppErrorDialog.java, Android 5 to 16: both set a title that is not
//     translated.
//   - maker: the makers' own security and permission apps, whose packages are in
//     their published firmware (Redmi Note 7, NXT and madrid, DUA-L22, V2037); what
//     they put in front unasked asks for more of the owner.
//   - permission: …/permission/ui/GrantPermissionsActivity.java of PackageInstaller
//     (6 to 9) and PermissionController (10 to 16, whose class moved with 11).
//     Makers build it under their own names: com.lbe.security.miui shows the first.
//   - sim: packages/apps/Stk, packages/apps/Settings …/sim, frameworks/base
//     packages/SimAppDialog.
//   - update: the activities of Google's update in com.google.android.gms, by their
//     names in its manifest; for the rest the packages that the published firmware of
//     their brand has for it.
//   - usb-mode: packages/apps/Settings …/deviceinfo (6 to 8), …/connecteddevice/usb
//     (MIUI's later one), and frameworks/base packages/SystemUI …/usb.
//
// A window that none of them knows is seen all the same: as unknown.
var signatures = []signature{
	{kind: "anr", title: "Application Not Responding: "},
	{kind: "crash", title: "Application Error: "},
	{kind: "maker", pkg: "com.huawei.systemmanager"},
	{kind: "maker", pkg: "com.miui.securitycenter"},
	{kind: "maker", pkg: "com.vivo.safecenter"},
	{kind: "permission", class: "com.android.packageinstaller.permission.ui.GrantPermissionsActivity"},
	{kind: "permission", class: "com.android.permissioncontroller.permission.ui.GrantPermissionsActivity"},
	{kind: "sim", pkg: "com.android.settings", class: "com.android.settings.sim.SimDialogActivity"},
	{kind: "sim", pkg: "com.android.simappdialog", class: "com.android.simappdialog.InstallCarrierAppActivity"},
	{kind: "sim", pkg: "com.android.stk", class: "com.android.stk.StkDialogActivity"},
	{kind: "sim", pkg: "com.android.stk", class: "com.android.stk.StkInputActivity"},
	{kind: "update", pkg: "com.adups.fota"},        // lyf LS-5016
	{kind: "update", pkg: "com.coloros.sauhelper"}, // OPPO PBEM00
	{kind: "update", pkg: "com.google.android.gms", class: "com.google.android.gms.update.SystemUpdateActivity"},
	{kind: "update", pkg: "com.google.android.gms", class: "com.google.android.gms.update.phone.PopupDialog"},
	{kind: "update", pkg: "com.huawei.android.hwouc"},      // Huawei madrid
	{kind: "update", pkg: "com.lenovo.ota"},                // Lenovo TB-7306F
	{kind: "update", pkg: "com.mediatek.systemupdate"},     // Lava, Micromax, Nokia and others with this chipset
	{kind: "update", pkg: "com.motorola.ccc.ota"},          // moto e22
	{kind: "update", pkg: "com.oppo.ota"},                  // realme RMX3760
	{kind: "update", pkg: "com.sec.android.soagent"},       // SM-A137F
	{kind: "update", pkg: "com.sonyericsson.updatecenter"}, // Sony Pdx213
	{kind: "update", pkg: "com.transsion.systemupdate"},    // Infinix X675, Tecno CD6
	{kind: "update", pkg: "com.wssyncmldm"},                // SM-G900F, SM-A137F
	{kind: "update", pkg: "gn.com.android.update"},         // Gionee F103 Pro
	{kind: "usb-mode", pkg: "com.android.settings", class: "com.android.settings.connecteddevice.usb.UsbModeChooserActivity"},
	{kind: "usb-mode", pkg: "com.android.settings", class: "com.android.settings.deviceinfo.UsbModeChooserActivity"},
	{kind: "usb-mode", pkg: "com.android.systemui", class: "com.android.systemui.usb.UsbConfirmActivity"},
	{kind: "usb-mode", pkg: "com.android.systemui", class: "com.android.systemui.usb.UsbDebuggingActivity"},
	{kind: "usb-mode", pkg: "com.android.systemui", class: "com.android.systemui.usb.UsbPermissionActivity"},
	{kind: "usb-mode", pkg: "com.android.systemui", class: "com.android.systemui.usb.UsbResolverActivity"},
}

// signed gives the kind of dialog that a window's name tells, or "".
func signed(f focus) string {
	for _, s := range signatures {
		switch {
		case s.title != "":
			if strings.HasPrefix(f.name, s.title) {
				return s.kind
			}
		case f.pkg != "" && (s.pkg == "" || s.pkg == f.pkg) && (s.class == "" || s.class == f.class):
			return s.kind
		}
	}
	return ""
}

// shaped says whether a screen has the buttons of Android's AlertDialog
// (frameworks/base core …/app/AlertController.java; support libraries and makers
// use its ids too).
func shaped(screen []node) bool {
	for _, n := range screen {
		if n.ID == positive || n.ID == negative {
			return true
		}
	}
	return false
}

const (
	positive = "android:id/button1" // never pressed, but where it is a crashed app's one button
	negative = "android:id/button2"
)
