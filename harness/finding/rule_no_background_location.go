package finding

import "assay/harness/evidence"

// Android's states say whether its user was there (android.State.Presence), and
// where they do not, the steps: which app they had on the screen. A use that a
// notification announces (a foreground service's) is not held against an app, and
// is not cleared either: whether its user read it nobody can tell.
var noBackgroundLocation = Rule{
	ID:          "no-background-location",
	Title:       "No preinstalled app reads the location while it is not on the screen.",
	Why:         "Who reads the location in the background knows where the owner lives, works and prays, without the owner seeing that anybody asks.",
	Remedy:      "Read the location while the app is on the screen, or from a foreground service whose notification says so; drop ACCESS_BACKGROUND_LOCATION.",
	Severity:    High,
	SeverityWhy: "where the owner is can be followed, and nothing on the screen says so",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "OWASP MASVS-PRIVACY-1", "Android CDD 9.8",
	},
	Scope: PerScenario,
	Needs: []Need{{Source: appOps, Phase: evidence.Before}, {Source: appOps, Phase: evidence.After}},
	Check: func(c *Case) []Finding { return unseen(c, "location") },
}
