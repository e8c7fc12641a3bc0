package virtual

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"assay/harness/virtual/persona"
)

// sharedUIDs are the appIds that android itself gives to shared users
// (frameworks/base services/core/java/com/android/server/pm, addSharedUserLPw).
var sharedUIDs = map[string]int{
	"android.uid.bluetooth":    1002,
	"android.uid.log":          1007,
	"android.uid.networkstack": 1073,
	"android.uid.nfc":          1027,
	"android.uid.phone":        1001,
	"android.uid.se":           1068,
	"android.uid.shell":        2000,
	"android.uid.system":       1000,
}

// install puts the persona's packages and specimens on the handset, deals out
// UIDs, and grants what a first boot grants.
func (h *PhoneHandset) install() {
	s := &h.state
	s.packages = map[string]*installed{}
	for _, p := range h.persona.Packages {
		h.add(&installed{Package: p})
	}
	if s.find("android") == nil {
		h.add(&installed{Package: persona.Package{
			Name: "android", Path: "/system/framework/framework-res.apk", Version: h.persona.Release,
			Code: int64(h.persona.SDK), SharedUser: "android.uid.system", Signer: "platform",
		}})
	}
	apps, _ := persona.Specimens() // checked by persona.Load
	for _, sp := range h.persona.Specimens {
		a := apps[sp.App]
		if a == nil || a.Manners[sp.Manner] == nil {
			continue
		}
		h.add(h.specimenPackage(a, a.Manners[sp.Manner]))
	}
	h.dealUIDs()
	h.define()
	s.uids = map[int][]*installed{}
	for _, p := range s.sortedPackages() {
		s.uids[p.uid] = append(s.uids[p.uid], p)
	}
	for _, p := range s.order {
		h.grantAtBoot(p)
	}
	for _, u := range s.shared {
		slices.Sort(u.grants.requested)
		u.grants.requested = slices.Compact(u.grants.requested)
	}
	slices.SortFunc(s.order, func(a, b *installed) int { // ArrayMap's order is that of hashes
		return cmp.Or(cmp.Compare(h.number("order", a.Name), h.number("order", b.Name)), cmp.Compare(a.Name, b.Name))
	})
}

func (h *PhoneHandset) add(p *installed) {
	if p.Target == 0 {
		p.Target = h.persona.SDK
	}
	if p.Code == 0 {
		p.Code = int64(h.number("code", p.Name)%90000) + 10000
	}
	if p.Version == "" {
		p.Version = h.persona.Release
	}
	p.sys = !strings.HasPrefix(p.Path, "/data/")
	p.priv = strings.Contains(p.Path, "/priv-app/") || p.Name == "android"
	p.Requests = slices.Clone(p.Requests)
	for i, r := range p.Requests {
		p.Requests[i] = persona.FullPermission(r)
	}
	p.users = map[int]*userState{}
	for _, u := range h.userIDs() {
		p.users[u] = &userState{installed: u == 0 || p.sys}
	}
	h.state.packages[p.Name] = p
	h.state.order = append(h.state.order, p)
}

// specimenPackage turns a specimen into a package of this handset. Partitions
// other than system are folded into it before the releases that brought them.
func (h *PhoneHandset) specimenPackage(a *persona.App, m *persona.Manner) *installed {
	path := a.Path
	switch sdk := h.persona.SDK; {
	case sdk < 28:
		path = "/system/" + strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(path, "/product/"), "/system_ext/"), "/system/")
	case sdk < 30:
		path = strings.Replace(path, "/system_ext/", "/system/", 1)
	}
	p := persona.Package{
		Name: a.Name, Path: path, Version: a.Version, Code: a.Code, Launcher: a.Launcher, Signer: "specimen",
		Privileged: a.Privileged, Runtime: maps.Clone(m.Holds), SharedUser: m.Shared,
	}
	if m.Signer != "" || m.Shared != "" { // the system's users want the platform's key
		p.Signer = "platform"
	}
	for _, r := range a.Requests { // a manifest names newer permissions in vain
		full := persona.FullPermission(r)
		if persona.Protection(full, h.persona.SDK) != "" || !strings.HasPrefix(full, "android.permission.") {
			p.Requests = append(p.Requests, full)
		}
	}
	return &installed{Package: p, app: a, manner: m}
}

// dealUIDs gives each package its appId: its own, its shared user's, or the next.
func (h *PhoneHandset) dealUIDs() {
	s := &h.state
	taken, next := map[int]bool{}, 10000
	for _, p := range s.order {
		if p.UID != 0 {
			taken[p.UID] = true
		}
	}
	deal := func() int {
		for taken[next] {
			next++
		}
		taken[next] = true
		return next
	}
	users := map[string]*sharedUser{}
	for _, p := range s.order {
		if p.SharedUser == "" {
			p.uid = p.UID
			if p.uid == 0 {
				p.uid = deal()
			}
			p.grants = h.newGrants()
			continue
		}
		u := users[p.SharedUser]
		if u == nil {
			u = &sharedUser{name: p.SharedUser, uid: p.UID, grants: h.newGrants()}
			if known, ok := sharedUIDs[u.name]; ok {
				u.uid = known
			} else if u.uid == 0 {
				u.uid = deal()
			}
			users[u.name] = u
			s.shared = append(s.shared, u)
		}
		u.members = append(u.members, p)
		p.uid, p.shared, p.grants = u.uid, u, u.grants
	}
	slices.SortFunc(s.shared, func(a, b *sharedUser) int { return cmp.Compare(a.name, b.name) })
}

func (h *PhoneHandset) newGrants() *grants {
	g := &grants{install: map[string]*grant{}, runtime: map[int]map[string]*grant{}}
	for _, u := range h.userIDs() {
		g.runtime[u] = map[string]*grant{}
	}
	return g
}

// define collects the permissions that the handset's packages define. A
// permission that android defines is android's, whoever else claims it.
func (h *PhoneHandset) define() {
	s := &h.state
	seen := map[string]bool{}
	for _, name := range persona.PlatformPermissions() {
		if prot := persona.Protection(name, h.persona.SDK); prot != "" {
			seen[name] = true
			s.defined = append(s.defined, definition{name, "android", prot, 1000})
		}
	}
	for _, p := range s.order {
		for _, name := range slices.Sorted(maps.Keys(p.Defines)) {
			if full := persona.FullPermission(name); !seen[full] {
				seen[full] = true
				s.defined = append(s.defined, definition{full, p.Name, p.Defines[name], p.uid})
			}
		}
	}
	slices.SortFunc(s.defined, func(a, b definition) int { return cmp.Compare(a.name, b.name) })
}

// definitionOf finds who defines a permission.
func (s *state) definitionOf(permission string) (definition, bool) {
	i, ok := slices.BinarySearchFunc(s.defined, permission, func(d definition, n string) int { return cmp.Compare(d.name, n) })
	if !ok {
		return definition{}, false
	}
	return s.defined[i], true
}
