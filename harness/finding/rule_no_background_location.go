package finding

import (
	"assay/harness/android"
	"assay/harness/evidence"
)

// Android 8 and older print no state, and of a persistent process (pers) the state
// tells nothing; there the steps tell which app was on the screen.
var noBackgroundLocation = Rule{
	ID:     "no-background-location",
	Title:  "No preinstalled app reads the location while it is not on the screen.",
	Why:    "Who reads the location in the background knows where the owner lives, works and prays, without the owner seeing that anybody asks.",
	Remedy: "Read the location while the app is on the screen, or from a foreground service whose notification says so; drop ACCESS_BACKGROUND_LOCATION.",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "OWASP MASVS-PRIVACY-1", "Android CDD 9.8",
	},
	Scope: PerScenario,
	Needs: []Need{{Source: appOps, Phase: evidence.Before}, {Source: appOps, Phase: evidence.After}},
	Check: func(c *Case) []Finding {
		var g gathered
		w := c.window()
		for _, u := range ownUses(c, "location") {
			switch seen := w.seen(c, u); {
			case u.State.Background():
				g.add(Flagged, u.Package, u.ref, "used %s in the background", u.Op)
			case u.State != android.StateUnknown && u.State != android.StatePersistent || seen == yes:
			case seen == no:
				g.add(Flagged, u.Package, u.ref, "used %s while it was not on the screen", u.Op)
			default:
				g.add(Unknown, u.Package, u.ref, "used %s, and neither Android nor the steps say whether it was on the screen", u.Op)
			}
		}
		return g.findings
	},
}
