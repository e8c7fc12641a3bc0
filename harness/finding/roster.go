package finding

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// roster says which package a UID or a process belongs to, as far as a case's
// print-outs tell.
type roster struct {
	installs  map[android.Package]installed
	listed    map[android.Package]fact.Listed
	byAppID   map[android.UID][]android.Package // sorted
	processes map[int][]fact.Process            // by PID, in the order of the evidence
	members   map[string][]android.Package      // of each shared user, sorted
	shared    map[string]android.UID            // of each shared user that a dump has a block of
	users     map[tenancy]bool                  // who is installed for whom, and for anybody, where a dump says so
	roles     map[tenancy][]roleHeld
	requests  map[android.Package]map[android.Permission]bool // of packages whose requests a dump lists; the permissions may be none
	owned     map[ownership]bool                              // what byAppID lists
}

type ownership struct {
	id  android.UID
	pkg android.Package
}

// tenancy is a package with one of the handset's users.
type tenancy struct {
	pkg  android.Package
	user int
}

// roleHeld is a role that a print-out of roles gives a package.
type roleHeld struct {
	role android.Role
	ref  evidence.Ref
}

type installed struct {
	fact.Install
	ref evidence.Ref
}

// newRoster reads the package lists of a case. The factory copy of a package
// that was updated stands in only where the package itself is not listed.
func newRoster(c *Case) *roster {
	r := &roster{
		installs:  map[android.Package]installed{},
		listed:    map[android.Package]fact.Listed{},
		byAppID:   map[android.UID][]android.Package{},
		processes: map[int][]fact.Process{},
		members:   map[string][]android.Package{},
		shared:    map[string]android.UID{},
		users:     map[tenancy]bool{},
		roles:     map[tenancy][]roleHeld{},
		requests:  map[android.Package]map[android.Permission]bool{},
		owned:     map[ownership]bool{},
	}
	for _, v := range c.Coverage {
		if v.Source == detailDump && v.Subject != "" && complete(v) {
			r.asksFor(android.Package(v.Subject))
		}
	}
	for _, o := range c.Observations {
		r.learn(o)
	}
	for name, i := range r.installs {
		if i.SharedUser != "" {
			r.members[i.SharedUser] = append(r.members[i.SharedUser], name)
		}
	}
	for _, all := range r.members {
		slices.Sort(all)
	}
	for uid := range r.byAppID {
		slices.Sort(r.byAppID[uid])
	}
	return r
}

func (r *roster) learn(o fact.Observation) {
	switch f := o.Fact.(type) {
	case fact.Install:
		if old, ok := r.installs[f.Package]; !ok || old.Hidden && !f.Hidden {
			r.installs[f.Package] = installed{f, o.Ref}
		}
		r.own(f.UID, f.Package)
	case fact.Listed:
		r.listed[f.Package] = f
		r.own(f.UID, f.Package)
	case fact.UserState:
		if !f.Hidden {
			for _, at := range []tenancy{{f.Package, f.User}, {f.Package, fact.AllUsers}} {
				r.users[at] = r.users[at] || f.Installed
			}
		}
	case fact.SharedUser:
		r.shared[f.Name] = f.UID
	case fact.RoleHolder:
		at := tenancy{f.Package, f.User}
		r.roles[at] = append(r.roles[at], roleHeld{android.Role(f.Role), o.Ref})
	case fact.Request:
		if !f.Hidden {
			r.asksFor(f.Package)[f.Permission] = true
		}
	case fact.Process:
		r.processes[f.PID] = append(r.processes[f.PID], f)
	}
}

// asksFor gives what a package's manifest asks for, which is known from now on.
func (r *roster) asksFor(p android.Package) map[android.Permission]bool {
	if r.requests[p] == nil {
		r.requests[p] = map[android.Permission]bool{}
	}
	return r.requests[p]
}

func (r *roster) own(uid android.UID, p android.Package) {
	if uid < 0 {
		return
	}
	id := uid.AppID()
	if at := (ownership{id, p}); !r.owned[at] {
		r.owned[at] = true
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

// platformUsers are the shared users of Android's own parts (frameworks/base
// PackageManagerService, with those of SystemUI and of the providers of contacts
// and calendar, which have UIDs of applications; Android 5 to 16). Makers name
// others alike, such as vivo's android.uid.BBKONLineService: those are apps.
var platformUsers = []string{
	"android.uid.bluetooth", "android.uid.calendar", "android.uid.log", "android.uid.networkstack", "android.uid.nfc", "android.uid.phone",
	"android.uid.se", "android.uid.shared", "android.uid.shell", "android.uid.system", "android.uid.systemui", "android.uid.uwb",
}

// platform says whether a package is a part of Android itself: it runs as one of
// the system's own UIDs, or shares one.
func (r *roster) platform(p android.Package) bool {
	i, ok := r.installs[p]
	if !ok {
		return p == "android"
	}
	return p == "android" || slices.Contains(platformUsers, i.SharedUser) ||
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
func (r *roster) process(pid int, uid android.UID) (fact.Process, bool) {
	var found fact.Process
	ok := false
	for _, p := range r.processes[pid] {
		if uid >= 0 && p.UID >= 0 && p.UID != uid {
			continue
		}
		if ok && (p.UID != found.UID || p.Name != found.Name) {
			return fact.Process{}, false
		}
		found, ok = p, true
	}
	return found, ok
}

// together names all packages that share one UID, as far as a name is told.
func together(packages []android.Package) android.Package {
	var names strings.Builder
	for i, p := range packages {
		if i > 0 {
			names.WriteString(", ")
		}
		if names.WriteString(string(p)); names.Len() > longestText {
			break
		}
	}
	return android.Package(names.String())
}
