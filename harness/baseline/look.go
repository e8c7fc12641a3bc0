package baseline

import (
	"slices"

	"assay/harness/android"
)

// Question asks for one sensitive permission that an app of one handset has.
type Question struct {
	SDK        int
	Permission android.Permission
	Package    android.Package
	Members    []android.Package // the others of its shared user, to whom the grant belongs as well
	UID        android.UID       // NoUID where it is not known
	TargetSDK  int               // 0: not known
	Signers    []string          // SHA-256 digests of its certificates, capital hex; none: not known
	Persistent bool              // a privileged app of the image that is always kept running
	Flags      []string          // of the grant, as dumpsys package prints them: GRANTED_BY_DEFAULT …
}

func (q Question) has(flag string) bool { return slices.Contains(q.Flags, flag) }

// Reply is who a handset says answers, has a role, owns an authority, or is named by
// a setting or by Android's configuration.
type Reply struct {
	Packages []android.Package
	Known    bool // false: the handset was not asked, or did not tell
	Live     bool // the handset resolved it; false: made out from a print-out
}

// Handset is what the look-up asks of a handset. What it does not know it says it
// does not: nothing is concluded from silence.
type Handset interface {
	// Resolve tells who a holder is: of an intent (activity, category, service, view, mime,
	// scheme, preferred), a role, an authority, a sync adapter, a setting, a value of Android's
	// configuration, telecom's or a carrier's choice, the verifier, or who requests a permission.
	Resolve(Holder) Reply
	// SignedAs says whether two packages have the same signer.
	SignedAs(p, as android.Package) Told
	// Is says whether a condition holds.
	Is(Condition) Told
	// OfImage says whether a package lies in the image, whatever flags it has.
	OfImage(p android.Package) Told
	// Declared gives the file and line in which the image's maker declares an exception
	// for a package and permission; "": none is known.
	Declared(android.Package, android.Permission) string
}

// Look tells why an app has a permission. A release before Android 6, or an unknown
// one, is not known. The grant of a shared user is its packages' together: where the
// package itself has no row, one of another member counts, and Answer.For names it.
func (t *Tables) Look(q Question, h Handset) Answer {
	if q.SDK < firstSDK || q.Permission == "" {
		return Answer{sdk: q.SDK}
	}
	if q.has("USER_SET") || q.has("USER_FIXED") || q.has("REVIEW_REQUIRED") {
		return Answer{Class: User, For: q.Package, Certainty: byItself, sdk: q.SDK}
	}
	if q.has("GRANTED_BY_ROLE") {
		return t.byRole(q, h)
	}
	best := Answer{}
	fixed := false // some row says that AOSP fixes it
	words := t.words(q)
	for _, p := range q.holders() {
		for i := range t.Rows {
			r := &t.Rows[i]
			if !r.On(q.SDK) || !r.gives(words) {
				continue
			}
			sure := r.certainty(p, q, h)
			fixed = fixed || sure != Unsure && r.Fixed != FixedNo
			if sure > best.Certainty {
				best = Answer{Class: kindClasses[r.Kind], Row: r, For: p, Certainty: sure}
			}
		}
	}
	if best.Row == nil {
		best = t.left(q, h)
		best.Unasked = t.unasked(q, h, words)
	} else {
		best.Beyond = q.has("SYSTEM_FIXED") && !fixed
	}
	best.sdk = q.SDK
	return best
}

// holders are the package and those with whom it shares its UID.
func (q Question) holders() []android.Package {
	return append([]android.Package{q.Package}, q.Members...)
}

// byRole quotes the row of the role that its holder has and that gives the permission.
// The flag itself is certain; a maker's own role has no row. The table of roles stands
// after that of the policy, which names roles too.
func (t *Tables) byRole(q Question, h Handset) Answer {
	a := Answer{Class: ByRole, For: q.Package, Certainty: byItself, sdk: q.SDK}
	words := t.words(q)
	for _, p := range q.holders() {
		for i := range t.Rows {
			r := &t.Rows[len(t.Rows)-1-i]
			if r.Kind == Role && r.On(q.SDK) && r.gives(words) && r.certainty(p, q, h) != Unsure {
				a.Row, a.For = r, p
				return a
			}
		}
	}
	return a
}

// left is what no row of its own explains: what the maker declares, what has the
// platform's UID or key, and the rest.
func (t *Tables) left(q Question, h Handset) Answer {
	for _, p := range q.holders() {
		if ground := h.Declared(p, q.Permission); ground != "" {
			return Answer{Class: Declared, For: p, Ground: ground, Certainty: SoleOne}
		}
	}
	a := Answer{Class: Bare, For: q.Package, Certainty: SoleOne}
	if system(q.UID) || h.SignedAs(q.Package, keys["platform"]) == Yes {
		a.Class = MakersPlatform
		a.Row = t.gate(q, h)
	}
	return a
}

// unasked are the rows that would give the permission, and of whose holder the handset
// tells nothing: the app might be it.
func (t *Tables) unasked(q Question, h Handset, words []string) []*Row {
	var all []*Row
	for i := range t.Rows {
		r := &t.Rows[i]
		if r.On(q.SDK) && r.gives(words) && r.untold(q, h) {
			all = append(all, r)
		}
	}
	return all
}

// untold says whether a row might be the package's for all that the handset tells.
func (r *Row) untold(q Question, h Handset) bool {
	if !slices.Contains(r.When, AnyApp) && h.OfImage(q.Package) == No {
		return false
	}
	asked := false
	for _, x := range r.Holders {
		if slices.Contains(toldWithout, x.By) {
			continue
		}
		asked = true
		if h.Resolve(x).Known {
			return false
		}
	}
	return asked && !slices.ContainsFunc(r.When, func(c Condition) bool { return h.Is(c) == No })
}

// gate is the row by which Android's policy gives a part of the platform all that it
// asks for. It excuses nobody: who is a part of it, platform.tsv says.
func (t *Tables) gate(q Question, h Handset) *Row {
	for i := range t.Rows {
		r := &t.Rows[i]
		if !r.On(q.SDK) || !slices.Contains(r.Permissions, "*") {
			continue
		}
		for _, x := range r.Holders {
			if x.By == "uid" && system(q.UID) || x.By == "persistent" && q.Persistent && h.SignedAs(q.Package, keys["platform"]) == Yes {
				return r
			}
		}
	}
	return nil
}

func system(uid android.UID) bool { return uid >= 0 && uid.AppID() < android.FirstApplication }

// words are what a row may have in its list to give the permission asked for: the
// permission, those that are split into it for the app's target SDK, and the sets
// that have one of them.
func (t *Tables) words(q Question) []string {
	words := []string{string(q.Permission)}
	for i := 0; i < len(words); i++ {
		for _, s := range t.Splits {
			if s.applies(q.SDK, q.TargetSDK) && slices.Contains(s.Gives, words[i]) && !slices.Contains(words, s.Permission) {
				words = append(words, s.Permission)
			}
		}
	}
	for _, s := range t.Sets {
		has := func(w string) bool { return slices.Contains(s.Permissions, w) }
		if within(s.Min, s.Max, q.SDK) && slices.ContainsFunc(words, has) {
			words = append(words, s.Name)
		}
	}
	return words
}

// gives says whether one of some words is in a row's list.
func (r *Row) gives(words []string) bool {
	return slices.ContainsFunc(r.Permissions, func(w string) bool { return slices.Contains(words, w) })
}

// certainty says how sure it is that a package is a row's holder; Unsure: it is not.
func (r *Row) certainty(p android.Package, q Question, h Handset) Certainty {
	sure := SoleOne
	if !slices.Contains(r.When, AnyApp) {
		sure = weaker(sure, h.OfImage(p))
	}
	for _, c := range r.When {
		if c != AnyApp && c != Every {
			sure = weaker(sure, h.Is(c))
		}
	}
	return min(sure, r.holds(p, q, h))
}

// weaker takes a certainty down by what is told of a condition.
func weaker(c Certainty, told Told) Certainty {
	switch told {
	case Yes:
		return c
	case No:
		return Unsure
	}
	return min(c, StandIn)
}

// holds goes through the alternatives of a row. The first kind of which the handset
// tells decides: a role that another app has is not made up for by a name.
func (r *Row) holds(p android.Package, q Question, h Handset) Certainty {
	best, decided := Unsure, ""
	every := slices.Contains(r.When, Every)
	for _, x := range r.Holders {
		if decided != "" && x.By != decided {
			break
		}
		sure, told := x.holds(p, q, h, every)
		if told {
			decided = x.By
		}
		if x.StandIn {
			sure = min(sure, StandIn)
		}
		best = max(best, sure)
	}
	return best
}

// holds says how sure it is that a package is the holder, and whether that was told
// at all: that a package has another name tells nothing of who the holder is.
//
// Several that answer are each one of several. Before Android 9 the policy took the
// first of the image, which a print-out no longer tells; from 9 it takes none, but
// those that answer now may not have been there at the first boot.
func (x Holder) holds(p android.Package, q Question, h Handset, every bool) (sure Certainty, told bool) {
	switch x.By {
	case "package":
		if p != android.Package(x.Name) {
			return Unsure, false
		}
		sure = x.signed(p, q, h)
		return sure, sure == SoleOne
	case "name":
		if x.names(p) {
			return StandIn, false
		}
		return Unsure, false
	case "signed":
		return weaker(SoleOne, h.SignedAs(p, android.Package(x.Name))), true
	case "uid", "persistent":
		return Unsure, false // gates, which excuse nobody
	}
	reply := h.Resolve(x)
	switch {
	case !reply.Known:
		return Unsure, false
	case !slices.Contains(reply.Packages, p):
		return Unsure, reply.Live || len(reply.Packages) > 0
	case !reply.Live:
		return StandIn, true
	case len(reply.Packages) > 1 && !many[x.By] && !every:
		return OneOf, true
	}
	return SoleOne, true
}

// many are the kinds of holders of which Android gives to all that there are.
var many = map[string]bool{"role": true, "setting": true, "config": true, "carrier": true, "requests": true}

// signed says whether a package of the right name has the right signer. Without a
// signer in the row the platform's key makes it certain; with any other it has but the
// name, as AOSP's policy asks no more.
func (x Holder) signed(p android.Package, q Question, h Handset) Certainty {
	wanted := x.Signers
	if len(wanted) == 0 {
		wanted = []string{"platform", "other"}
	}
	best := Unsure
	for _, s := range wanted {
		as, key := keys[s]
		switch {
		case !key && len(q.Signers) == 0, s == "other":
			best = max(best, StandIn)
		case !key && slices.Contains(q.Signers, s):
			best = SoleOne
		case key && as == p && p != keys["platform"]:
			best = max(best, StandIn) // nobody vouches for itself
		case key:
			best = max(best, weaker(SoleOne, h.SignedAs(p, as)))
		}
	}
	return best
}
