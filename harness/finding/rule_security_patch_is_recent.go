package finding

import (
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
)

// recent is how old a security patch level may be, in days.
const recent = 90

// patchReads is the level, and the day on which the image was built, by which a clock
// is told to be wrong (wrongClock).
var patchReads = reads{android.PropSecurityPatch, propBuilt}

var securityPatchIsRecent = Rule{
	ID:          "security-patch-is-recent",
	Title:       "The security patch level is no older than 90 days.",
	Why:         "Holes that are mended and published elsewhere stay open here, for anybody to use.",
	Remedy:      "Ship Android's security bulletins at least every quarter.",
	Severity:    Medium,
	SeverityWhy: "flaws that are published stay open",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "Android CDD 3.2.2", "Android Security Bulletins",
	},
	Scope: PerHandset,
	Needs: []Need{{Source: properties, Reads: patchReads}},
	Check: func(c *Case) []Finding {
		value, ref, ok := patchReads.value(c, android.PropSecurityPatch)
		if !ok || value == "" {
			return []Finding{
				unknown("", nil, "the handset names no security patch level (%s; there is none before Android 6)", android.PropSecurityPatch),
			}
		}
		level, err := time.Parse(time.DateOnly, value)
		if err != nil {
			return []Finding{unknown("", []evidence.Ref{ref}, "the security patch level is no date: %s", value)}
		}
		days := daysAsked(c)
		if len(days) == 0 {
			return []Finding{unknown("", []evidence.Ref{ref}, "the security patch level is %s; when the handset was asked is not known", value)}
		}
		answers := make([]Finding, 0, len(days))
		grounds := []evidence.Ref{ref}
		for _, d := range days {
			answers = append(answers, patchOn(c, level, d, ref))
			grounds = append(grounds, answers[len(answers)-1].Grounds...)
		}
		for _, f := range answers[1:] {
			if f.Verdict != answers[0].Verdict {
				return []Finding{unknown("", grounds,
					"the security patch level is %s; the print-outs are of several days, such as %s and %s, and it is recent on some alone",
					value, days[0].date.Format(time.DateOnly), days[len(days)-1].date.Format(time.DateOnly))}
			}
		}
		answers[0].Grounds = grounds
		return answers[:1]
	},
}

// patchOn judges a patch level on one day. Both are dates without a zone. The
// finding is of the same fact whenever it was asked: another day is no news.
func patchOn(c *Case, level time.Time, d day, ref evidence.Ref) Finding {
	value, asked := level.Format(time.DateOnly), d.date.Format(time.DateOnly)
	grounds := []evidence.Ref{ref}
	if d.ref != (evidence.Ref{}) {
		grounds = append(grounds, d.ref)
	}
	age := int(d.date.Sub(level).Hours() / 24)
	var f Finding
	why, shown := wrongClock(c, d)
	switch {
	case why != "":
		by := d.by
		if by != acquirers {
			by = "its own clock"
		}
		f = unknown("", append(grounds, shown...), "the security patch level is %s; the handset was asked on %s by %s, which was wrong: %s",
			value, asked, by, why)
	case age < -recent:
		f = unknown("", grounds, "the security patch level is %s, long after %s, on which day the handset was asked by %s", value, asked, d.by)
	case age > recent:
		f = flagged("", grounds, "the security patch level is %s, more than 90 days before the handset was asked, on %s by %s",
			value, asked, d.by)
	default:
		f = cleared(grounds, "the security patch level is %s, and the handset was asked on %s by %s", value, asked, d.by)
	}
	f.fact = "patch level " + value
	return f
}
