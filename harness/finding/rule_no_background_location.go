package finding

import (
	"assay/harness/android"
	"assay/harness/evidence"
)

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
		alone := untouched(c)
		for _, u := range ownUses(c, "location") {
			switch {
			case u.State.Background():
				g.add(Flagged, u.Package, u.ref, "used %s in the background", u.Op)
			case u.State != android.StateUnknown && u.State != android.StatePersistent:
			case alone:
				g.add(Flagged, u.Package, u.ref, "used %s while nobody touched the handset", u.Op)
			case u.State == android.StatePersistent:
				g.add(Unknown, u.Package, u.ref, "used %s as a persistent process, of which Android does not say whether it was on the screen", u.Op)
			default:
				g.add(Unknown, u.Package, u.ref, "used %s, and Android 8 and older do not say whether it was on the screen", u.Op)
			}
		}
		return g.findings
	},
}
