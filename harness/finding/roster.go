package finding

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe"
)

// roster says which package a UID or a process belongs to, as far as a case's
// print-outs tell.
type roster struct {
	installs  map[android.Package]installed
	listed    map[android.Package]observe.Listed
	byAppID   map[android.UID][]android.Package // sorted
	processes map[int][]observe.Process         // by PID, in the order of the evidence
	absent    map[absence]bool
}

// absence is a package that is not installed for one user, though a dump lists
// its permissions for that user too.
type absence struct {
	pkg  android.Package
	user int
}

type installed struct {
	observe.Install
	ref evidence.Ref
}

// newRoster reads the package lists of a case. The factory copy of a package
// that was updated stands in only where the package itself is not listed.
func newRoster(c *Case) *roster {
	r := &roster{
		installs:  map[android.Package]installed{},
		listed:    map[android.Package]observe.Listed{},
		byAppID:   map[android.UID][]android.Package{},
		processes: map[int][]observe.Process{},
		absent:    map[absence]bool{},
	}
	for _, o := range c.Observations {
		switch f := o.Fact.(type) {
		case observe.Install:
			if old, ok := r.installs[f.Package]; !ok || old.Hidden && !f.Hidden {
				r.installs[f.Package] = installed{f, o.Ref}
			}
			r.own(f.UID, f.Package)
		case observe.Listed:
			r.listed[f.Package] = f
			r.own(f.UID, f.Package)
		case observe.UserState:
			if !f.Hidden && !f.Installed {
				r.absent[absence{f.Package, f.User}] = true
			}
		case observe.Process:
			r.processes[f.PID] = append(r.processes[f.PID], f)
		}
	}
	for uid := range r.byAppID {
		slices.Sort(r.byAppID[uid])
	}
	return r
}

func (r *roster) own(uid android.UID, p android.Package) {
	if uid < 0 {
		return
	}
	id := uid.AppID()
	if !slices.Contains(r.byAppID[id], p) {
		r.byAppID[id] = append(r.byAppID[id], p)
	}
}

// preinstalled says whether a package came with the image. A package that no
// list names is not known to be the user's own, and counts as preinstalled.
func (r *roster) preinstalled(p android.Package) bool {
	if i, ok := r.installs[p]; ok {
		return i.System()
	}
	if l, ok := r.listed[p]; ok && l.Path != "" {
		return android.PartitionOf(l.Path).Preinstalled()
	}
	return true
}

// platform says whether a package is a part of Android itself: it runs as one of
// the system's own UIDs, or shares one.
func (r *roster) platform(p android.Package) bool {
	i, ok := r.installs[p]
	if !ok {
		return p == "android"
	}
	return p == "android" || strings.HasPrefix(i.SharedUser, "android.uid.") ||
		i.UID >= 0 && i.UID.AppID() < android.FirstApplication
}

// owner names who a UID, and where it is known a process, belongs to: the
// package; all packages that share the UID where the process does not tell which;
// or "uid 1000", "pid 812" where no package is known. PID -1 and NoUID stand for
// what the print-out does not give; it is "" where neither is known.
func (r *roster) owner(uid android.UID, pid int) android.Package {
	process, running := r.process(pid, uid)
	if uid < 0 && running {
		uid = process.UID
	}
	main, _, _ := strings.Cut(process.Name, ":")
	sharing := r.byAppID[uid.AppID()]
	switch {
	case uid < 0 && pid < 0:
		return ""
	case uid < 0:
		return android.Package(fmt.Sprintf("pid %d", pid))
	case uid.AppID() < android.FirstApplication:
		return android.Package("uid " + uid.String())
	case running && (slices.Contains(sharing, android.Package(main)) || r.isolated(uid, main)):
		return android.Package(main)
	case len(sharing) > 0:
		return together(sharing)
	}
	return android.Package("uid " + uid.String())
}

// isolated says whether a UID that is lent to one process runs a known package.
func (r *roster) isolated(uid android.UID, main string) bool {
	_, known := r.installs[android.Package(main)]
	return known && !uid.IsApplication()
}

// process finds the process that had a PID. Where the handset used the PID again
// for another UID, it is known only if uid tells which.
func (r *roster) process(pid int, uid android.UID) (observe.Process, bool) {
	var found observe.Process
	ok := false
	for _, p := range r.processes[pid] {
		if uid >= 0 && p.UID >= 0 && p.UID != uid {
			continue
		}
		if ok && (p.UID != found.UID || p.Name != found.Name) {
			return observe.Process{}, false
		}
		found, ok = p, true
	}
	return found, ok
}

// together names all packages that share one UID.
func together(packages []android.Package) android.Package {
	names := make([]string, len(packages))
	for i, p := range packages {
		names[i] = string(p)
	}
	return android.Package(strings.Join(names, ", "))
}

// held is one sensitive permission of one package, a shared user's handed out to
// each of its members.
type held struct {
	observe.Grant
	ref evidence.Ref
}

// holdings lists the sensitive permissions of a case's packages, sorted. Where
// two print-outs tell of the same permission, the first counts; factory copies of
// updated packages hold nothing.
func (r *roster) holdings(c *Case) []held {
	type key struct {
		pkg  android.Package
		user int
		perm android.Permission
	}
	members := map[string][]android.Package{}
	for name, i := range r.installs {
		if i.SharedUser != "" {
			members[i.SharedUser] = append(members[i.SharedUser], name)
		}
	}
	seen := map[key]bool{}
	var all []held
	for g, o := range observe.Of[observe.Grant](c.Observations) {
		if g.Hidden || !android.Sensitive(g.Permission) {
			continue
		}
		holders := []android.Package{g.Package}
		if g.SharedUser != "" {
			holders = members[g.SharedUser]
		}
		for _, p := range holders {
			k := key{p, g.User, g.Permission}
			if p == "" || seen[k] {
				continue
			}
			seen[k] = true
			h := held{g, o.Ref}
			h.Package = p
			all = append(all, h)
		}
	}
	slices.SortFunc(all, func(a, b held) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.User, b.User), cmp.Compare(a.Permission, b.Permission))
	})
	return all
}

// how says how a package came by a permission, from its flags
// (PackageManager.FLAG_PERMISSION_*).
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
	case h.Has("GRANTED_BY_DEFAULT"):
		return "default"
	case h.Type == observe.InstallGrant:
		return "install"
	}
	return "unknown"
}
