package finding

import (
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/observe/fact"
)

// Settings greys out the Disable button of an app that is signed with the
// platform's key (AOSP packages/apps/Settings, AppButtonsPreferenceController,
// and SettingsLib's Utils.isSystemPackage, Android 5 to 16). Nothing is disabled
// to find out. What is flagged has an icon in the launcher, is signed as the
// package android is, and is none of the apps without which a phone is no phone.
var preinstalledAppCanBeDisabled = Rule{
	ID:          "preinstalled-app-can-be-disabled",
	Title:       "Each preinstalled app that a phone can do without can be disabled by its user.",
	Why:         "An app that can be neither removed nor disabled keeps its permissions whatever its owner thinks of it.",
	Remedy:      "Sign apps that are no part of the platform with a key of their own, so that Settings offers Disable or Uninstall.",
	Severity:    Medium,
	SeverityWhy: "the owner cannot be rid of it",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4",
	},
	Scope: PerHandset,
	Needs: []Need{{Source: packageDump}, {Source: detailDump}}, // only the latter prints filters
	Check: func(c *Case) []Finding {
		who := c.who()
		platform, ok := who.installs["android"]
		if !ok || platform.Signature == "" {
			return []Finding{unknown("", nil, "the dump does not say what the platform is signed with")}
		}
		launchable := launchables(c)
		if len(launchable) == 0 {
			return []Finding{unknown("", nil, "the dump names no activity that a launcher shows")}
		}
		disabled := disabledByUser(c)
		var g gathered
		for _, p := range launchable {
			app, listed := who.installs[p]
			switch {
			case !listed || !app.System() || who.platform(p) || essential(p) || disabled[p]:
			case app.Signature == "":
				g.add(Unknown, p, app.ref, "is signed with a key that the dump does not name")
			case app.Signature == platform.Signature:
				g.add(Flagged, p, app.ref, "is signed with the platform's key: Settings lets nobody disable it")
			}
		}
		return g.findings
	},
}

// essentials are AOSP's own apps that a phone is run with. A maker's replacement
// under its own name is not among them: it too can be replaced.
var essentials = []android.Package{
	"com.android.bluetooth", "com.android.certinstaller", "com.android.contacts", "com.android.dialer", "com.android.documentsui",
	"com.android.emergency", "com.android.incallui", "com.android.inputmethod.latin", "com.android.keychain", "com.android.launcher",
	"com.android.launcher2", "com.android.launcher3", "com.android.managedprovisioning", "com.android.messaging", "com.android.mms",
	"com.android.nfc", "com.android.packageinstaller", "com.android.permissioncontroller", "com.android.phone", "com.android.server.telecom",
	"com.android.settings", "com.android.stk", "com.android.systemui",
}

func essential(p android.Package) bool {
	return slices.Contains(essentials, p) || strings.HasPrefix(string(p), "com.android.providers.")
}

// launchables lists the packages that a launcher shows, sorted.
func launchables(c *Case) []android.Package {
	var all []android.Package
	for l := range fact.Of[fact.Launchable](c.Observations) {
		all = append(all, l.Package)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// disabledByUser gives the packages that somebody has disabled: it can be done.
func disabledByUser(c *Case) map[android.Package]bool {
	all := map[android.Package]bool{}
	for s := range fact.Of[fact.UserState](c.Observations) {
		if !s.Hidden && s.Enabled == componentDisabledUser {
			all[s.Package] = true
		}
	}
	return all
}

// componentDisabledUser is PackageManager.COMPONENT_ENABLED_STATE_DISABLED_USER.
const componentDisabledUser = 3
