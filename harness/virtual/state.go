package virtual

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
	packages  map[string]*installed
	order     []*installed         // as pm lists them
	uids      map[int][]*installed // appId -> packages, by name
	shared    []*sharedUser
	defined   []definition // permissions, as dumpsys package lists them
	props     map[string]string
	settings  map[string]map[string]string // namespace -> key -> value
	processes map[int]*proc
	nextPID   int
	uses      map[opKey]*opUse
	uidModes  map[int]map[string]persona.OpMode // UID -> op -> mode, where not the default
	opModes   map[opKey]persona.OpMode          // package -> op -> mode; only uid, pkg and op of the key are set
	sockets   []*socket
	nextInode int
	traffic   map[trafficKey]*counter
	services  []*startedService // in the order in which they were started
	screen    screen
	plans     agenda
	past      history
	roles     map[string]string // role -> package

	credential string // what unlocks the screen; "": nothing is asked
}

// installed is a package on the handset: the maker's, or one of our specimens.
type installed struct {
	persona.Package
	app    *persona.App    // nil: the maker's, which does nothing
	manner *persona.Manner // nil with app
	uid    int             // appId
	sys    bool            // came with the image
	priv   bool
	shared *sharedUser // nil: none
	grants *grants     // the shared user's, where there is one
	users  map[int]*userState
	home   string // class of its activity, where it is the launcher that runs
}

// userState is what one Android user has of a package.
type userState struct {
	installed, stopped, notLaunched bool
	enabled                         int // PackageManager.COMPONENT_ENABLED_STATE_*
	disabledBy                      string
}

// sharedUser is a UID that packages share, with all its permissions.
type sharedUser struct {
	name    string
	uid     int
	members []*installed
	grants  *grants
}

// grants are the permissions of a package or of a shared user.
type grants struct {
	requested []string
	install   map[string]*grant
	runtime   map[int]map[string]*grant // user -> permission
}

// grant is one permission's state.
type grant struct {
	granted bool
	flags   persona.Flags
}

// definition is one permission that a package of the handset defines.
type definition struct {
	name, pkg, protection string
	uid                   int
}

// hash gives the short hex number that dumps print for an object, the same each
// time for the same object of the same handset (System.identityHashCode).
func (h *PhoneHandset) hash(parts ...string) string {
	return fmt.Sprintf("%x", h.number(parts...)&0xfffffff)
}

// number gives an arbitrary number that depends on the handset, the seed and parts.
func (h *PhoneHandset) number(parts ...string) uint32 {
	f := fnv.New64a()
	fmt.Fprintf(f, "%d\x00%s\x00%s", h.seed, h.persona.Identity.Serial, strings.Join(parts, "\x00"))
	sum := f.Sum64()
	return uint32(sum ^ sum>>32)
}

// userIDs are the handset's Android users.
func (h *PhoneHandset) userIDs() []int {
	if len(h.persona.Users) == 0 {
		return []int{0}
	}
	return h.persona.Users
}

// find gives an installed package, or nil.
func (s *state) find(name string) *installed { return s.packages[name] }

// sortedPackages lists the packages by name.
func (s *state) sortedPackages() []*installed {
	return slices.SortedFunc(maps.Values(s.packages), func(a, b *installed) int { return cmp.Compare(a.Name, b.Name) })
}

// byUID lists the packages of an appId, sorted by name.
func (s *state) byUID(appID int) []*installed { return s.uids[appID] }

// runtimeOf is a user's runtime grant of a permission, or nil.
func (g *grants) runtimeOf(user int, permission string) *grant { return g.runtime[user][permission] }

// holds says whether a package may do what a permission guards, for a user.
func (p *installed) holds(user int, permission string) bool {
	if g := p.grants.install[permission]; g != nil && g.granted {
		return true
	}
	g := p.grants.runtimeOf(user, permission)
	return g != nil && g.granted
}

// codePath is where the package runs from: an update's folder, or the image's.
// From Android 5 a package of the image is a folder, and its path that folder's.
func (p *installed) codePath() string {
	if p.Updated != "" {
		return strings.TrimSuffix(p.Updated, "/base.apk")
	}
	return imagePath(p.Path)
}

// apkPath is the file that pm lists.
func (p *installed) apkPath() string {
	if p.Updated != "" {
		return strings.TrimSuffix(p.Updated, "/base.apk") + "/base.apk"
	}
	return p.Path
}

// imagePath is the code path of an APK of the image: its folder, unless it lies
// bare in app, priv-app, framework or overlay.
func imagePath(apk string) string {
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

// bootTime is when the handset was last switched on.
func (h *PhoneHandset) bootTime() time.Time { return h.clock.bootTime() }

// lock takes the state for writing and lets the handset catch up with its clock,
// where that keeps the wall's pace.
func (h *PhoneHandset) lock() func() {
	h.mu.Lock()
	h.catchUp()
	return h.mu.Unlock
}

// rlock takes the state for reading.
func (h *PhoneHandset) rlock() func() {
	if h.clock.isReal() {
		h.lock()()
	}
	h.mu.RLock()
	return h.mu.RUnlock
}
