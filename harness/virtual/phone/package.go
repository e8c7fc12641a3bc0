package phone

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"assay/harness/virtual/persona"
)

// Package is a package on the handset: the maker's, or one of our specimens.
type Package struct {
	persona.Package
	App          *persona.App    // nil: the maker's, which does nothing
	Manner       *persona.Manner // nil with app
	AppID        int             // appId
	IsSystem     bool            // came with the image
	IsPrivileged bool
	Shared       *SharedUser // nil: none
	Grants       *Grants     // the shared user's, where there is one
	Users        map[int]*UserState
	home         string // class of its activity, where it is the launcher that runs
}

// UserState is what one Android user has of a package.
type UserState struct {
	Installed, Stopped, NotLaunched bool
	Enabled                         int // PackageManager.COMPONENT_ENABLED_STATE_*
	DisabledBy                      string
}

// SharedUser is a UID that packages share, with all its permissions.
type SharedUser struct {
	Name    string
	AppID   int
	Members []*Package
	Grants  *Grants
}

// Package gives an installed package, or nil.
func (s *State) Package(name string) *Package { return s.packages[name] }

// SortedPackages lists the packages by name.
func (s *State) SortedPackages() []*Package {
	return slices.SortedFunc(maps.Values(s.packages), func(a, b *Package) int { return cmp.Compare(a.Name, b.Name) })
}

// PackagesOf lists the packages of an appId, sorted by name.
func (s *State) PackagesOf(appID int) []*Package { return s.uids[appID] }

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

// SignedBy names whose key signed a package. Shared users of the system want the
// platform's.
func (p *Package) SignedBy() string {
	switch {
	case p.Signer != "":
		return p.Signer
	case p.Name == "android", p.SharedUser == "android.uid.system":
		return "platform"
	}
	return p.Name
}

func (p *Package) label() string {
	if p.App != nil {
		return p.App.Label
	}
	return p.Name
}
