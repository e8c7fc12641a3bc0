package finding

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// held is one sensitive permission of one holder: a package with a UID of its
// own, or a shared user, whose packages all have what one of them requested.
type held struct {
	fact.Grant
	holder       android.Package // the package, or "shared user NAME"
	share        *share          // nil for a package
	role         bool            // a print-out of roles says that the holder has it by one
	platform     bool            // a part of Android itself
	preinstalled bool
	ref          evidence.Ref
}

// share says who in a shared user requests one permission, as far as dumps of
// single packages tell. Only these list what a manifest requests.
type share struct {
	user     string
	requests []android.Package
	silent   []android.Package // they request it not
	untold   []android.Package
}

// holdings lists the sensitive permissions of a case's holders, sorted. A grant
// is one holding, however many packages share it and however many print-outs tell
// of it, of which the first counts; a dump of one package prints those of its
// shared user again as its own. Factory copies of updated packages hold nothing,
// nor does anybody hold what a dump lists for a user for whom the package is not
// installed, such as a clone user of vivo's (999).
func (r *roster) holdings(c *Case) []held {
	type key struct {
		holder android.Package
		user   int
		perm   android.Permission
	}
	seen := map[key]bool{}
	var all []held
	for g, o := range fact.Of[fact.Grant](c.Observations) {
		if g.Hidden || !android.Sensitive(g.Permission) {
			continue
		}
		h, somebody := r.held(g)
		k := key{h.holder, g.User, g.Permission}
		if !somebody || seen[k] {
			continue
		}
		seen[k] = true
		h.ref = o.Ref
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b held) int {
		return cmp.Or(cmp.Compare(a.holder, b.holder), cmp.Compare(a.User, b.User), cmp.Compare(a.Permission, b.Permission))
	})
	return all
}

// held says who has a grant; false: nobody.
func (r *roster) held(g fact.Grant) (held, bool) {
	name := g.SharedUser
	if name == "" {
		name = r.installs[g.Package].SharedUser
	}
	if name == "" {
		h := held{Grant: g, holder: g.Package, platform: r.platform(g.Package), preinstalled: r.preinstalled(g.Package)}
		h.role = r.byRole(g.Package, g)
		return h, g.Package != "" && r.has(g.Package, g.User)
	}
	s := share{user: name}
	members := r.members[name]
	for _, p := range members {
		asked, known := r.requests[p]
		switch {
		case !r.has(p, g.User):
		case !known:
			s.untold = append(s.untold, p)
		case asked[g.Permission]:
			s.requests = append(s.requests, p)
		default:
			s.silent = append(s.silent, p)
		}
	}
	h := held{Grant: g, holder: android.Package("shared user " + name), share: &s, platform: r.platformUser(name)}
	// Who does not request it is not why the shared user has it.
	asking := slices.Concat(s.requests, s.untold)
	if len(asking) == 0 {
		asking = s.silent
	}
	h.preinstalled = len(members) == 0 || slices.ContainsFunc(asking, r.preinstalled)
	h.role = slices.ContainsFunc(asking, func(p android.Package) bool { return r.byRole(p, g) })
	return h, len(members) == 0 || len(asking) > 0
}

// has says whether a package is there for a user, or for fact.AllUsers for
// any: it is, unless a dump says that it is not.
func (r *roster) has(p android.Package, user int) bool {
	installed, known := r.users[tenancy{p, user}]
	return installed || !known
}

// byRole says whether a print-out of roles gives a package a permission. Holders
// on Android 10 lack the flag that tells so later.
func (r *roster) byRole(p android.Package, g fact.Grant) bool {
	return slices.ContainsFunc(r.roles[tenancy{p, g.User}], func(h roleHeld) bool { return android.RoleGives(h.role, g.Permission) })
}

// platformUser says whether a shared user is a part of Android itself.
func (r *roster) platformUser(name string) bool {
	uid, known := r.shared[name]
	return slices.Contains(platformUsers, name) || known && uid >= 0 && uid.AppID() < android.FirstApplication ||
		slices.ContainsFunc(r.members[name], r.platform)
}

// how says how a holder came by a permission, from its flags
// (PackageManager.FLAG_PERMISSION_*) and its roles. A role nails nothing down:
// what is fixed for its holder without the role's own flag is the image's doing.
func (h held) how() string {
	switch {
	case h.Has("USER_SET") || h.Has("USER_FIXED"):
		return "user"
	case h.Has("GRANTED_BY_ROLE"):
		return "role"
	case h.Has("SYSTEM_FIXED"):
		return "system-fixed"
	case h.Has("POLICY_FIXED"):
		return "policy"
	case h.role:
		return "role"
	case h.Has("GRANTED_BY_DEFAULT"):
		return "default"
	case h.Type == fact.InstallGrant:
		return "install"
	}
	return "unknown"
}

// String tells who requests it: "a, b request it; c does not; d: not known". It is empty where no package of the shared user is known.
func (s *share) String() string {
	if s == nil {
		return ""
	}
	var told []string
	for _, part := range []struct {
		who       []android.Package
		one, many string
	}{{s.requests, "%s requests it", "%s request it"}, {s.silent, "%s does not", "%s do not"}, {s.untold, "%s: not known", "%s: not known"}} {
		switch len(part.who) {
		case 0:
		case 1:
			told = append(told, fmt.Sprintf(part.one, part.who[0]))
		default:
			told = append(told, fmt.Sprintf(part.many, some(part.who)))
		}
	}
	return strings.Join(told, "; ")
}

// some names the first few packages, and how many more there are.
func some(packages []android.Package) string {
	if more := len(packages) - mostNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", together(packages[:mostNamed]), more)
	}
	return string(together(packages))
}

// mostMembers is how many packages of a shared user one list of a row names.
const mostMembers = 32

func (s *share) row() *Sharing {
	if s == nil {
		return nil
	}
	few := func(all []android.Package) []android.Package {
		var kept []android.Package
		for _, p := range all[:min(len(all), mostMembers)] {
			kept = append(kept, android.Package(bounded(string(p))))
		}
		return kept
	}
	return &Sharing{
		User: bounded(s.user), Members: len(s.requests) + len(s.silent) + len(s.untold),
		Requested: few(s.requests), NotRequested: few(s.silent), Unknown: few(s.untold),
	}
}
