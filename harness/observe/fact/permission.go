package fact

import (
	"slices"

	"assay/harness/android"
)

// Request is a permission that a package's manifest asks for. Only a dump of
// one package prints them.
type Request struct {
	Package    android.Package    `json:"package"`
	Hidden     bool               `json:"hidden"`
	Permission android.Permission `json:"permission"`
}

func (Request) Kind() string { return "request" }

// GrantType says which list a grant stands in.
type GrantType string

// Types of grants.
const (
	InstallGrant GrantType = "install" // given at installation, for all users
	RuntimeGrant GrantType = "runtime" // a user's to give
)

// Grant is one line of install permissions or runtime permissions.
type Grant struct {
	Package    android.Package    `json:"package,omitempty"`    // empty where SharedUser holds it
	SharedUser string             `json:"sharedUser,omitempty"` // whose every member has it
	Hidden     bool               `json:"hidden"`
	User       int                `json:"user"` // AllUsers for install grants
	Permission android.Permission `json:"permission"`
	Type       GrantType          `json:"type"`
	Granted    bool               `json:"granted"`
	Flags      []string           `json:"flags,omitempty"` // SYSTEM_FIXED, USER_SET …
}

// Has says whether the grant carries a permission flag.
func (g Grant) Has(flag string) bool { return slices.Contains(g.Flags, flag) }

func (Grant) Kind() string { return "grant" }

// AllUsers stands where a fact holds for every user of the handset.
const AllUsers = -1

// PermissionDefinition is a permission that a package defines.
type PermissionDefinition struct {
	Name       android.Permission `json:"name"`
	Package    android.Package    `json:"package"`
	Protection string             `json:"protection"` // as printed: dangerous, signature|privileged
}

func (PermissionDefinition) Kind() string { return "permission" }

// RoleHolder is a package that holds a role for a user: the browser, the
// dialler, the assistant …, with what the role permits.
type RoleHolder struct {
	Role    string          `json:"role"` // android.app.role.BROWSER …
	Package android.Package `json:"package"`
	User    int             `json:"user"`
}

func (RoleHolder) Kind() string { return "role-holder" }
