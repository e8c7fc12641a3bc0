package finding

import (
	"assay/harness/android"
	"assay/harness/evidence"
)

// A foreground service (fgsvc) may go on when its app has left the screen, and
// Android 8 and older print no state: there the steps tell which app was on it.
var noCameraOrMicrophoneWithoutTheUser = Rule{
	ID:     "no-camera-or-microphone-without-the-user",
	Title:  "No preinstalled app uses the camera or the microphone unless its user is there.",
	Why:    "A phone that watches or listens by itself does so in bedrooms and meetings.",
	Remedy: "Open the camera and the microphone only while the app is on the screen and its user has asked for it, and close them when it leaves.",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "OWASP MASVS-PRIVACY-1", "Android CDD 9.8",
	},
	Scope: PerScenario,
	Needs: []Need{{Source: appOps, Phase: evidence.Before}, {Source: appOps, Phase: evidence.After}},
	Check: func(c *Case) []Finding {
		var g gathered
		w := c.window()
		for _, u := range ownUses(c, "camera", "microphone") {
			switch seen := w.seen(c, u); {
			case u.State.Background():
				g.add(Flagged, u.Package, u.ref, "used %s in the background", u.Op)
			case u.State.OnScreen() || u.State == android.StateForeground || seen == yes:
			case seen == no:
				g.add(Flagged, u.Package, u.ref, "used %s while it was not on the screen", u.Op)
			default:
				g.add(Unknown, u.Package, u.ref, "used %s, and neither Android nor the steps say whether its user was there", u.Op)
			}
		}
		return g.findings
	},
}
