package finding

import (
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe"
)

// recent is how old a security patch level may be.
const recent = 90 * 24 * time.Hour

var securityPatchIsRecent = Rule{
	ID:     "security-patch-is-recent",
	Title:  "The security patch level is no older than 90 days.",
	Why:    "Holes that are mended and published elsewhere stay open here, for anybody to use.",
	Remedy: "Ship Android's security bulletins at least every quarter.",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "Android CDD 3.2.2", "Android Security Bulletins",
	},
	Scope: PerHandset,
	Needs: []Need{{Source: properties, Named: true, Until: android.PropSecurityPatch}},
	Check: func(c *Case) []Finding {
		value, ref, ok := property(c, android.PropSecurityPatch)
		if !ok || value == "" {
			return []Finding{unknown("", nil, "the handset names no security patch level (%s; there is none before Android 6)", android.PropSecurityPatch)}
		}
		level, err := time.Parse(time.DateOnly, value)
		grounds := []evidence.Ref{ref}
		asked := askedAt(c)
		switch {
		case err != nil:
			return []Finding{unknown("", grounds, "the security patch level is no date: %s", value)}
		case asked.IsZero():
			return []Finding{unknown("", grounds, "the security patch level is %s; when the handset was asked is not known", value)}
		case level.After(asked.Add(recent)):
			return []Finding{unknown("", grounds, "the security patch level is %s, long after the day on which the handset was asked", value)}
		case asked.Sub(level) > recent:
			return []Finding{flagged("", grounds, "the security patch level is %s, more than 90 days before the handset was asked", value)}
		}
		return []Finding{cleared(grounds, "the security patch level is %s", value)}
	},
}

// askedAt says when the handset printed what a case holds. Of print-outs that
// others took it is the last time that they name, for an import may come years
// later; zero: it is not known.
func askedAt(c *Case) time.Time {
	if c.Scenario != evidence.Imported {
		return c.Taken
	}
	var last time.Time
	for u := range observe.Of[observe.OpUse](c.Observations) {
		if at, err := time.Parse(printedTime, u.Local); err == nil && at.After(last) {
			last = at
		}
	}
	return last
}
