package phone

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"time"

	"assay/harness/virtual/persona"
)

// state is all that changes on a handset while it is driven. Handset.mu guards it.
type state struct {
	packages    map[string]*Package
	Order       []*Package         // as pm lists them
	uids        map[int][]*Package // appId -> packages, by name
	SharedUsers []*sharedUser
	Permissions []Permission // permissions, as dumpsys package lists them
	Properties  map[string]string
	Settings    map[string]map[string]string // namespace -> key -> value
	processes   map[int]*Process
	nextPID     int
	Uses        map[UseKey]*Use
	UIDModes    map[int]map[string]persona.OpMode // UID -> op -> mode, where not the default
	OpModes     map[UseKey]persona.OpMode         // package -> op -> mode; only uid, pkg and op of the key are set
	sockets     []*socket
	nextInode   int
	Traffic     map[TrafficKey]*Counter
	Services    []*Service // in the order in which they were started
	Screen      screen
	Plans       Agenda
	History     history
	Roles       map[string]string // role -> package

	Credential string // what unlocks the screen; "": nothing is asked
}

// Package is a package on the handset: the maker's, or one of our specimens.
type Package struct {
	persona.Package
	App          *persona.App    // nil: the maker's, which does nothing
	Manner       *persona.Manner // nil with app
	AppID        int             // appId
	IsSystem     bool            // came with the image
	IsPrivileged bool
	Shared       *sharedUser // nil: none
	Grants       *Grants     // the shared user's, where there is one
	Users        map[int]*userState
	home         string // class of its activity, where it is the launcher that runs
}

// userState is what one Android user has of a package.
type userState struct {
	Installed, Stopped, NotLaunched bool
	Enabled                         int // PackageManager.COMPONENT_ENABLED_STATE_*
	DisabledBy                      string
}

// sharedUser is a UID that packages share, with all its permissions.
type sharedUser struct {
	Name    string
	AppID   int
	Members []*Package
	Grants  *Grants
}

// Grants are the permissions of a package or of a shared user.
type Grants struct {
	Requested []string
	Install   map[string]*Grant
	Runtime   map[int]map[string]*Grant // user -> permission
}

// Grant is one permission's state.
type Grant struct {
	Granted bool
	Flags   persona.Flags
}

// Permission is one permission that a package of the handset defines.
type Permission struct {
	Name, Package, Protection string
	UID                       int
}

// Hash gives the short hex number that dumps print for an object, the same each
// time for the same object of the same handset (System.identityHashCode).
func (h *Handset) Hash(parts ...string) string {
	return fmt.Sprintf("%x", h.Number(parts...)&0xfffffff)
}

// Number gives an arbitrary number that depends on the handset, the seed and parts.
func (h *Handset) Number(parts ...string) uint32 {
	f := fnv.New64a()
	fmt.Fprintf(f, "%d\x00%s\x00%s", h.seed, h.persona.Identity.Serial, strings.Join(parts, "\x00"))
	sum := f.Sum64()
	return uint32(sum ^ sum>>32)
}

// UserIDs are the handset's Android users.
func (h *Handset) UserIDs() []int {
	if len(h.persona.Users) == 0 {
		return []int{0}
	}
	return h.persona.Users
}

// Package gives an installed package, or nil.
func (s *state) Package(name string) *Package { return s.packages[name] }

// SortedPackages lists the packages by name.
func (s *state) SortedPackages() []*Package {
	return slices.SortedFunc(maps.Values(s.packages), func(a, b *Package) int { return cmp.Compare(a.Name, b.Name) })
}

// PackagesOf lists the packages of an appId, sorted by name.
func (s *state) PackagesOf(appID int) []*Package { return s.uids[appID] }

// RuntimeOf is a user's runtime grant of a permission, or nil.
func (g *Grants) RuntimeOf(user int, permission string) *Grant { return g.Runtime[user][permission] }

// holds says whether a package may do what a permission guards, for a user.
func (p *Package) holds(user int, permission string) bool {
	if g := p.Grants.Install[permission]; g != nil && g.Granted {
		return true
	}
	g := p.Grants.RuntimeOf(user, permission)
	return g != nil && g.Granted
}

// CodePath is where the package runs from: an update's folder, or the image's.
// From Android 5 a package of the image is a folder, and its path that folder's.
func (p *Package) CodePath() string {
	if p.Updated != "" {
		return strings.TrimSuffix(p.Updated, "/base.apk")
	}
	return ImagePath(p.Path)
}

// APKPath is the file that pm lists.
func (p *Package) APKPath() string {
	if p.Updated != "" {
		return strings.TrimSuffix(p.Updated, "/base.apk") + "/base.apk"
	}
	return p.Path
}

// ImagePath is the code path of an APK of the image: its folder, unless it lies
// bare in app, priv-app, framework or overlay.
func ImagePath(apk string) string {
	dir := apk[:strings.LastIndexByte(apk, '/')]
	switch dir[strings.LastIndexByte(dir, '/')+1:] {
	case "app", "priv-app", "framework", "overlay":
		return apk
	}
	if !strings.HasSuffix(apk, ".apk") {
		return apk
	}
	return dir
}

// BootTime is when the handset was last switched on.
func (h *Handset) BootTime() time.Time { return h.Clock.bootTime() }

// Lock takes the state for writing and lets the handset catch up with its clock,
// where that keeps the wall's pace.
func (h *Handset) Lock() func() {
	h.mu.Lock()
	h.catchUp()
	return h.mu.Unlock
}

// RLock takes the state for reading.
func (h *Handset) RLock() func() {
	if h.Clock.isReal() {
		h.Lock()()
	}
	h.mu.RLock()
	return h.mu.RUnlock
}
