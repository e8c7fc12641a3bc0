package finding

import (
	"slices"
	"strings"

	"assay/harness/evidence"
)

// The boot loader passes its state on as properties (bootSigns). Green is what
// one says that is locked and has checked the maker's own image (AOSP's
// description of verified boot: yellow is locked with another key, orange is
// unlocked). That the handset is locked is told only where a property says so in
// itself. What contradicts green is told by foreignSigns; what a recovery prints
// says nothing of the system that it stands beside (recoverySigns).
var verifiedBootIsGreen = Rule{
	ID:          "verified-boot-is-green",
	Title:       "The handset starts only its maker's image, checked and locked.",
	Why:         "On an unlocked or debuggable handset none of Android's promises of privacy holds.",
	Remedy:      "Ship with the boot loader locked, the state green, dm-verity enforcing and ro.debuggable 0.",
	Severity:    High,
	SeverityWhy: "what runs below the apps need not be the maker's",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "Android CDD 9.10",
	},
	Scope: PerHandset,
	Needs: []Need{bootNeed},
	Check: func(c *Case) []Finding {
		if ref, said, ok := recovery(c); ok {
			return []Finding{unknown("", []evidence.Ref{ref}, "%s: a recovery was asked, not the system", said)}
		}
		var g gathered
		var grounds []evidence.Ref
		var good []string
		locked := false
		for _, b := range bootSigns {
			value, ref, ok := bootReads.value(c, b.key)
			switch {
			case !ok || value == "":
				if b.required {
					g.findings = append(g.findings, unknown("", nil, "the handset does not say %s", b.key))
				}
			case !slices.Contains(b.good, strings.ToLower(value)):
				g.add(Flagged, "", ref, "%s is %s, not %s", b.key, value, b.good[0])
			default:
				grounds, good = append(grounds, ref), append(good, b.key+" "+strings.ToLower(value))
				locked = locked || b.lock
			}
		}
		g.findings = append(g.findings, foreign(c, good, grounds)...)
		if len(g.findings) > 0 {
			return g.findings
		}
		says := "the handset says"
		if slices.ContainsFunc(c.Coverage, func(v Covered) bool { return v.Source == properties && bootNeed.excerpt(c, v) }) {
			says = "an excerpt of what the handset says, from which a person may have left lines out, says"
		}
		if locked {
			return []Finding{cleared(grounds, "%s that verified boot is green, and that it is locked: %s", says, strings.Join(good, ", "))}
		}
		return []Finding{cleared(grounds, "%s that verified boot is green: %s", says, strings.Join(good, ", "))}
	},
}
