package finding

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// A grant is flagged where the image gave it (GRANTED_BY_DEFAULT) or nailed it
// down (SYSTEM_FIXED) and no user has ever set it. A holder by role is the app
// that opens calls or messages, which CDD 9.1 excepts and a user can replace; a
// device owner's policy is not the maker's. What Android's own policy gives the
// handset's default handlers and components is expected, and the row of the baseline
// that says so is quoted; who is one of several, or known by a name, is Unknown. Up to Android 10 a user's own grant
// may leave no flag behind, so a grant without any is Unknown. Who holds what, and
// who nobody is, holdings says.
var noSensitiveGrantUnseenByTheUser = Rule{
	ID:          "no-sensitive-grant-unseen-by-the-user",
	Title:       "No preinstalled app holds a sensitive permission that its user was never asked for.",
	Why:         "Camera, microphone, location, messages and contacts are the owner's to give; what the image gives away, nobody has agreed to.",
	Remedy:      "Take the app out of the image's default permissions, and ask when the permission is first needed.",
	Severity:    High,
	SeverityWhy: "what a dialog would have asked for is held without one",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "OWASP MASVS-PRIVACY-4", "Android CDD 9.1",
	},
	Scope: PerHandset,
	Needs: []Need{{Source: packageDump}},
	Check: func(c *Case) []Finding {
		if sdk := c.Handset.Build.SDK; sdk > 0 && sdk < firstAsking {
			return []Finding{inapplicable("before Android 6 no permission is asked for while the handset is used: all are given at installation")}
		}
		if c.Handset.Build.SDK == 0 && !asksUsers(c) {
			return []Finding{
				unknown("", nil, "no permission that a user is asked for is listed, and the release is not known: before Android 6 nobody is asked"),
			}
		}
		return unasked(c)
	},
}

// explained is a holder and what the baseline says of some of what it holds.
type explained struct {
	holder android.Package
	row    string
}

// unasked holds the grants of a case to what Android itself gives: what is expected is
// told as clear, what may be as unknown, and the rest is flagged.
func unasked(c *Case) []Finding {
	flags, expected, perhaps, untold := map[explained]*holding{}, map[explained]*holding{}, map[explained]*holding{}, map[explained]*holding{}
	img := newImage(c)
	for _, h := range c.who().holdings(c) {
		if !h.Granted || h.Type != fact.RuntimeGrant || h.platform || !h.preinstalled {
			continue
		}
		how := h.how()
		if how != "default" && how != "system-fixed" && (how != "unknown" || h.Has("REVIEW_REQUIRED")) { // its user is asked before it starts
			continue
		}
		a := img.look(c.Handset.Build.SDK, h)
		switch {
		case a.Expected():
			join(expected, h, a.String())
		case how == "unknown":
			join(untold, h, "")
		case a.Perhaps() && a.Row != nil:
			join(perhaps, h, a.String())
		case a.Row != nil || a.Ground != "":
			join(flags, h, ": "+a.String())
		default:
			join(flags, h, "")
		}
	}
	var found []Finding
	for e, h := range flags {
		found = append(found, flagged(e.holder, h.refs, "holds %s, which its user was never asked for (%s)%s%s",
			h.permissions(), strings.Join(h.flags, ", "), e.row, h.sharing()))
	}
	for e, h := range perhaps {
		found = append(found, unknown(e.holder, h.refs,
			"holds %s, which its user was never asked for (%s), and Android itself may have given it: %s%s",
			h.permissions(), strings.Join(h.flags, ", "), e.row, h.sharing()))
	}
	for e, h := range untold {
		found = append(found, unknown(e.holder, h.refs, "holds %s, and no flag tells who gave it%s", h.permissions(), h.sharing()))
	}
	for e, h := range expected {
		found = append(found, answer(Clear, e.holder, h.refs, "holds %s, which Android itself gives it: %s", h.permissions(), e.row))
	}
	return found
}

// asksUsers says whether a print-out lists any permission that its user is asked
// for, as those of Android 5 do not.
func asksUsers(c *Case) bool {
	for g := range fact.Of[fact.Grant](c.Observations) {
		if g.Type == fact.RuntimeGrant {
			return true
		}
	}
	return false
}

// holding is what one holder holds in one manner.
type holding struct {
	perms  []string
	flags  []string // of default and system-fixed grants
	shares []string // who in a shared user requests what, in words
	refs   []evidence.Ref
}

func join(to map[explained]*holding, h held, row string) {
	key := explained{h.holder, row}
	if to[key] == nil {
		to[key] = &holding{}
	}
	x := to[key]
	if p := short(h.Permission); !slices.Contains(x.perms, p) { // the owner's, user 0's, come first
		if h.User > 0 {
			p = fmt.Sprintf("%s (user %d)", p, h.User)
		}
		x.perms = append(x.perms, p)
	}
	if s := h.share.String(); s != "" && !slices.Contains(x.shares, s) {
		x.shares = append(x.shares, s)
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

// sharing says who in a shared user requests what it holds.
func (h *holding) sharing() string {
	switch len(h.shares) {
	case 0:
		return ""
	case 1:
		return ". Of its packages: " + h.shares[0]
	}
	return ". Which of its packages request what, table permissions says"
}
