package finding

import (
	"slices"
	"strings"
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe"
)

var noAccessAfterConsentIsRefused = Rule{
	ID:     "no-access-after-consent-is-refused",
	Title:  "No app reads what its user has refused it, nor reads it before its user was asked.",
	Why:    "A dialog whose answer changes nothing takes the owner's consent for granted.",
	Remedy: "Read nothing until the dialog is answered, and nothing by another way when it is answered with no.",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "OWASP MASVS-PRIVACY-4", "Android CDD 9.1",
	},
	Scope: PerScenario,
	Needs: []Need{{Source: appOps, Phase: evidence.Before}, {Source: appOps, Phase: evidence.After}},
	Check: func(c *Case) []Finding {
		w := c.window()
		refusals := refusalsOf(c, w)
		if len(refusals) == 0 {
			return []Finding{inapplicable("no dialog was there to be refused")}
		}
		var g gathered
		for _, r := range refusals {
			if r.Result != "ok" {
				g.add(Unknown, android.Package(r.pkg), r.ref, "the dialog was not answered: whether a refusal is heeded was not seen")
				continue
			}
			if len(r.ops) == 0 {
				g.add(Unknown, android.Package(r.pkg), r.ref, "no app-op tells when %s is used", short(r.permission))
				continue
			}
			for _, u := range c.uses() {
				if u.Rejected || string(u.Package) != r.pkg || !slices.Contains(r.ops, u.Op) {
					continue
				}
				at, ok := w.when(u.OpUse)
				switch {
				case !ok || r.Device.IsZero():
					g.add(Flagged, u.Package, u.ref, "used %s although its user refused %s", u.Op, short(r.permission))
				case !r.until.IsZero() && !at.Before(r.until) || !r.from.IsZero() && at.Before(r.from):
					// allowed then
				case at.Before(r.Device):
					g.add(Flagged, u.Package, u.ref, "used %s before its user had answered whether it may have %s", u.Op, short(r.permission))
				default:
					g.add(Flagged, u.Package, u.ref, "used %s after its user had refused %s", u.Op, short(r.permission))
				}
			}
		}
		return g.findings
	},
}

// refusal is a dialog that a scenario answers with no.
type refusal struct {
	observe.Step
	ref        evidence.Ref
	pkg        string // who asks
	permission android.Permission
	ops        []android.Op
	from       time.Time // handset's clock; before it the scenario had the permission given; zero: it did not
	until      time.Time // handset's clock; from it on the scenario has it given; zero: it does not
}

// refusalsOf lists the dialogs that were to be refused and that this release has.
func refusalsOf(c *Case, w *window) []refusal {
	var refusals []refusal
	for s, o := range observe.Of[observe.Step](c.Observations) {
		if !refuses(s) {
			continue
		}
		r := refusal{Step: s, ref: o.Ref, pkg: s.Package, permission: android.Permission(s.Dialog)}
		if r.pkg == "" {
			r.pkg = string(c.Subject)
		}
		r.ops = android.PermissionOps(r.permission)
		for i, t := range w.steps {
			switch {
			case !gives(t) || t.Package != s.Package:
			case t.Index < s.Index:
				r.from = s.Device
			case r.until.IsZero():
				r.until = w.began(i)
			}
		}
		refusals = append(refusals, r)
	}
	return refusals
}

// refuses says whether a step was to refuse a permission. One that failed has
// given no answer; its text tells which it was to be.
func refuses(s observe.Step) bool {
	return s.Verb == "answer" && s.Result != "not applicable" &&
		(strings.HasPrefix(s.Answer, "deny") || s.Answer == "" && strings.Contains(s.Text, "deny"))
}

// gives says whether a step had an app given a permission.
func gives(s observe.Step) bool {
	return s.Result == "ok" && (s.Verb == "grant" || s.Verb == "answer" && strings.HasPrefix(s.Answer, "allow"))
}
