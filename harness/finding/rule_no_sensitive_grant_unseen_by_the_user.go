package finding

import (
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe"
)

// A grant is flagged where the image gave it (GRANTED_BY_DEFAULT) or nailed it
// down (SYSTEM_FIXED) and no user has ever set it. A holder by role is the app
// that opens calls or messages, which CDD 9.1 excepts and a user can replace; a
// device owner's policy is not the maker's. Up to Android 10 a user's own grant
// may leave no flag behind, so a grant without any is Unknown. A dump lists grants
// also for users for whom the package is not installed, such as a clone user of
// vivo's (999); nobody holds those.
var noSensitiveGrantUnseenByTheUser = Rule{
	ID:     "no-sensitive-grant-unseen-by-the-user",
	Title:  "No preinstalled app holds a sensitive permission that its user was never asked for.",
	Why:    "Camera, microphone, location, messages and contacts are the owner's to give; what the image gives away, nobody has agreed to.",
	Remedy: "Take the app out of the image's default permissions, and ask when the permission is first needed.",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "OWASP MASVS-PRIVACY-4", "Android CDD 9.1",
	},
	Scope: PerHandset,
	Needs: []Need{{Source: packageDump}},
	Check: func(c *Case) []Finding {
		if sdk := c.Handset.Build.SDK; sdk > 0 && sdk < 23 {
			return []Finding{inapplicable("before Android 6 no permission is asked for while the handset is used: all are given at installation")}
		}
		who := c.who()
		unseen, untold := map[android.Package]*holding{}, map[android.Package]*holding{}
		for _, h := range who.holdings(c) {
			if !h.Granted || who.absent[absence{h.Package, h.User}] || h.Type != observe.RuntimeGrant || who.platform(h.Package) || !who.preinstalled(h.Package) {
				continue
			}
			switch h.how() {
			case "default", "system-fixed":
				join(unseen, h)
			case "unknown":
				if !h.Has("REVIEW_REQUIRED") { // its user is asked before it starts
					join(untold, h)
				}
			}
		}
		found := make([]Finding, 0, len(unseen)+len(untold))
		for p, h := range unseen {
			found = append(found, flagged(p, h.refs, "holds %s, which its user was never asked for (%s)", h.permissions(), strings.Join(h.flags, ", ")))
		}
		for p, h := range untold {
			found = append(found, unknown(p, h.refs, "holds %s, and no flag tells who gave it", h.permissions()))
		}
		return found
	},
}

// holding is what one package holds in one manner.
type holding struct {
	perms []string
	flags []string // of default and system-fixed grants
	refs  []evidence.Ref
}

func join(to map[android.Package]*holding, h held) {
	if to[h.Package] == nil {
		to[h.Package] = &holding{}
	}
	x := to[h.Package]
	if p := short(h.Permission); !slices.Contains(x.perms, p) {
		x.perms = append(x.perms, p)
	}
	for _, f := range []string{"GRANTED_BY_DEFAULT", "SYSTEM_FIXED"} {
		if h.Has(f) && !slices.Contains(x.flags, f) {
			x.flags = append(x.flags, f)
			slices.Sort(x.flags)
		}
	}
	x.refs = append(x.refs, h.ref)
}

func (h *holding) permissions() string {
	slices.Sort(h.perms)
	return strings.Join(h.perms, ", ")
}
