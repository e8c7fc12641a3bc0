package phone

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
func (h *Handset) install() {
	s := &h.State
	s.packages = map[string]*Package{}
	for _, p := range h.persona.Packages {
		h.add(&Package{Package: p})
	}
	if s.Package("android") == nil {
		h.add(&Package{Package: persona.Package{
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
	s.uids = map[int][]*Package{}
	for _, p := range s.SortedPackages() {
		s.uids[p.AppID] = append(s.uids[p.AppID], p)
	}
	for _, p := range s.Order {
		h.grantAtBoot(p)
	}
	for _, u := range s.SharedUsers {
		slices.Sort(u.Grants.Requested)
		u.Grants.Requested = slices.Compact(u.Grants.Requested)
	}
	slices.SortFunc(s.Order, func(a, b *Package) int { // ArrayMap's order is that of hashes
		return cmp.Or(cmp.Compare(h.Number("order", a.Name), h.Number("order", b.Name)), cmp.Compare(a.Name, b.Name))
	})
}

func (h *Handset) add(p *Package) {
	if p.Target == 0 {
		p.Target = h.persona.SDK
	}
	if p.Code == 0 {
		p.Code = int64(h.Number("code", p.Name)%90000) + 10000
	}
	if p.Version == "" {
		p.Version = h.persona.Release
	}
	p.IsSystem = !strings.HasPrefix(p.Path, "/data/")
	p.IsPrivileged = strings.Contains(p.Path, "/priv-app/") || p.Name == "android"
	p.Requests = slices.Clone(p.Requests)
	for i, r := range p.Requests {
		p.Requests[i] = persona.FullPermission(r)
	}
	p.Users = map[int]*UserState{}
	for _, u := range h.UserIDs() {
		p.Users[u] = &UserState{Installed: u == 0 || p.IsSystem}
	}
	h.State.packages[p.Name] = p
	h.State.Order = append(h.State.Order, p)
}

// specimenPackage turns a specimen into a package of this handset. Partitions
// other than system are folded into it before the releases that brought them.
func (h *Handset) specimenPackage(a *persona.App, m *persona.Manner) *Package {
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
	return &Package{Package: p, App: a, Manner: m}
}

// dealUIDs gives each package its appId: its own, its shared user's, or the next.
func (h *Handset) dealUIDs() {
	s := &h.State
	taken, next := map[int]bool{}, 10000
	for _, p := range s.Order {
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
	users := map[string]*SharedUser{}
	for _, p := range s.Order {
		if p.SharedUser == "" {
			p.AppID = p.UID
			if p.AppID == 0 {
				p.AppID = deal()
			}
			p.Grants = h.newGrants()
			continue
		}
		u := users[p.SharedUser]
		if u == nil {
			u = &SharedUser{Name: p.SharedUser, AppID: p.UID, Grants: h.newGrants()}
			if known, ok := sharedUIDs[u.Name]; ok {
				u.AppID = known
			} else if u.AppID == 0 {
				u.AppID = deal()
			}
			users[u.Name] = u
			s.SharedUsers = append(s.SharedUsers, u)
		}
		u.Members = append(u.Members, p)
		p.AppID, p.Shared, p.Grants = u.AppID, u, u.Grants
	}
	slices.SortFunc(s.SharedUsers, func(a, b *SharedUser) int { return cmp.Compare(a.Name, b.Name) })
}

func (h *Handset) newGrants() *Grants {
	g := &Grants{Install: map[string]*Grant{}, Runtime: map[int]map[string]*Grant{}}
	for _, u := range h.UserIDs() {
		g.Runtime[u] = map[string]*Grant{}
	}
	return g
}

// define collects the permissions that the handset's packages define. A
// permission that android defines is android's, whoever else claims it.
func (h *Handset) define() {
	s := &h.State
	seen := map[string]bool{}
	for _, name := range persona.PlatformPermissions() {
		if prot := persona.Protection(name, h.persona.SDK); prot != "" {
			seen[name] = true
			s.Permissions = append(s.Permissions, Permission{name, "android", prot, 1000})
		}
	}
	for _, p := range s.Order {
		for _, name := range slices.Sorted(maps.Keys(p.Defines)) {
			if full := persona.FullPermission(name); !seen[full] {
				seen[full] = true
				s.Permissions = append(s.Permissions, Permission{full, p.Name, p.Defines[name], p.AppID})
			}
		}
	}
	slices.SortFunc(s.Permissions, func(a, b Permission) int { return cmp.Compare(a.Name, b.Name) })
}
