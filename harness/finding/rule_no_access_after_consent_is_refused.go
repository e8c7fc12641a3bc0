package finding

import (
	"slices"
	"strings"
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

var noAccessAfterConsentIsRefused = Rule{
	ID:          "no-access-after-consent-is-refused",
	Title:       "No app reads what its user has refused it, nor reads it before its user was asked.",
	Why:         "A dialog whose answer changes nothing takes the owner's consent for granted.",
	Remedy:      "Read nothing until the dialog is answered, and nothing by another way when it is answered with no.",
	Severity:    Critical,
	SeverityWhy: "what the owner said no to is taken all the same",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "OWASP MASVS-PRIVACY-4", "Android CDD 9.1",
	},
	Scope: PerScenario,
	From:  firstAsking,
	Needs: []Need{{Source: appOps, Phase: evidence.Before}, {Source: appOps, Phase: evidence.After}},
	Check: func(c *Case) []Finding {
		if b := c.Handset.Build; b.SDK > 0 && b.SDK < firstAsking {
			return []Finding{inapplicable("before Android 6 nobody is asked: all is given at installation")}
		}
		if c.Scenario == evidence.Imported {
			return nil // whether anybody was asked in that time, no print-out says
		}
		w := c.window()
		refusals := refusalsOf(c, w)
		if len(refusals) == 0 {
			return []Finding{inapplicable("no dialog was there to be refused")}
		}
		var g gathered
		for _, r := range refusals {
			switch {
			case r.Result != fact.StepOK:
				g.add(Unknown, android.Package(r.pkg), r.ref, "the dialog was not answered: whether a refusal is heeded was not seen")
			case len(r.ops) == 0:
				g.add(Unknown, android.Package(r.pkg), r.ref, "no app-op tells when %s is used", short(r.permission))
			default:
				r.against(c, w, &g)
			}
		}
		return g.findings
	},
}

// against adds what the app that was refused did all the same. A use that began
// while the scenario had it allowed is held against it if it goes on for longer than
// lingers when it is refused. One after it was allowed again hides an earlier one,
// of which Android keeps nothing.
func (r refusal) against(c *Case, w *window, g *gathered) {
	for _, a := range c.accesses() {
		u := a.use()
		if string(u.Package) != r.pkg || !slices.Contains(r.ops, u.Op) {
			continue
		}
		from, to, ok := w.moments(a)
		before := !r.from.IsZero() && from.Before(r.from)
		switch {
		case !ok || r.Device.IsZero():
			g.cite(Flagged, u.Package, a.refs(), "used %s although its user refused %s", u.Op, short(r.permission))
		case before && to.Sub(r.Device) > lingers:
			g.cite(Flagged, u.Package, a.refs(), "went on using %s after its user had refused %s", u.Op, short(r.permission))
		case before:
		case !r.until.IsZero() && !from.Before(r.until):
			g.cite(
				Unknown,
				u.Package,
				a.refs(),
				"used %s when it was allowed to: Android keeps the last use alone, and hides one that its user had refused",
				u.Op,
			)
		case r.Standing:
			g.cite(Flagged, u.Package, a.refs(), "used %s, although its user had refused %s for good before", u.Op, short(r.permission))
		case from.Before(r.Device):
			g.cite(Flagged, u.Package, a.refs(), "used %s before its user had answered whether it may have %s", u.Op, short(r.permission))
		default:
			g.cite(Flagged, u.Package, a.refs(), "used %s after its user had refused %s", u.Op, short(r.permission))
		}
	}
}

// firstAsking is the first SDK in which a user is asked for a permission while the
// handset is used.
const firstAsking = 23

// refusal is a dialog that a scenario answers with no.
type refusal struct {
	fact.Step
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
	for s, o := range fact.Of[fact.Step](c.Observations) {
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
func refuses(s fact.Step) bool {
	return s.Verb == "answer" && s.Result != fact.StepNotApplicable &&
		(strings.HasPrefix(s.Answer, "deny") || s.Answer == "" && strings.Contains(s.Text, "deny"))
}

// gives says whether a step had an app given a permission.
func gives(s fact.Step) bool {
	return s.Result == fact.StepOK && (s.Verb == "grant" || s.Verb == "answer" && strings.HasPrefix(s.Answer, "allow"))
}
