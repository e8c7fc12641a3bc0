package finding

import "assay/harness/evidence"

// Android's states say whether its user was there (android.State.Presence), and
// where they do not, the steps: which app they had on the screen. A foreground
// service's notification is no excuse here: it may go on when its user has left.
var noCameraOrMicrophoneWithoutTheUser = Rule{
	ID:          "no-camera-or-microphone-without-the-user",
	Title:       "No preinstalled app uses the camera or the microphone unless its user is there.",
	Why:         "A phone that watches or listens by itself does so in bedrooms and meetings.",
	Remedy:      "Open the camera and the microphone only while the app is on the screen and its user has asked for it, and close them when it leaves.",
	Severity:    Critical,
	SeverityWhy: "the room can be seen or heard without a sign",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "OWASP MASVS-PRIVACY-1", "Android CDD 9.8",
	},
	Scope: PerScenario,
	Needs: []Need{{Source: appOps, Phase: evidence.Before}, {Source: appOps, Phase: evidence.After}},
	Check: func(c *Case) []Finding { return unseen(c, "camera", "microphone") },
}
