package fact

import (
	"slices"

	"assay/harness/android"
)

// Listed is one line of pm list packages.
type Listed struct {
	Package     android.Package `json:"package"`
	Path        string          `json:"path,omitempty"`
	VersionCode string          `json:"versionCode,omitempty"`
	Installer   string          `json:"installer,omitempty"`
	UID         android.UID     `json:"uid"` // NoUID where the command gave none
}

func (Listed) Kind() string { return "listed" }

// Install is one package block of dumpsys package.
type Install struct {
	Package      android.Package `json:"package"`
	Hidden       bool            `json:"hidden"` // the factory copy of a package that was updated
	UID          android.UID     `json:"appId"`
	SharedUser   string          `json:"sharedUser,omitempty"`
	CodePath     string          `json:"codePath,omitempty"`
	VersionCode  string          `json:"versionCode,omitempty"`
	VersionName  string          `json:"versionName,omitempty"`
	TargetSDK    int             `json:"targetSdk,omitempty"`
	Flags        []string        `json:"flags,omitempty"`        // SYSTEM, UPDATED_SYSTEM_APP, DEBUGGABLE …
	PrivateFlags []string        `json:"privateFlags,omitempty"` // PRIVILEGED …
	Signature    string          `json:"signature,omitempty"`    // Android's 32-bit hash: same as another's, never an identity
	Installer    string          `json:"installerPackageName,omitempty"`
}

// System says whether the package came with the image.
func (i Install) System() bool { return slices.Contains(i.Flags, "SYSTEM") || i.Hidden }

func (Install) Kind() string { return "install" }

// UserState is what one Android user has of a package.
type UserState struct {
	Package   android.Package `json:"package"`
	Hidden    bool            `json:"hidden"`
	User      int             `json:"user"`
	Installed bool            `json:"installed"`
	Stopped   bool            `json:"stopped"`
	Enabled   int             `json:"enabled"` // COMPONENT_ENABLED_STATE_*; 0 default, 1 enabled, 2 disabled, 3 disabled by user
}

func (UserState) Kind() string { return "user-state" }

// SharedUser is one block of Shared users.
type SharedUser struct {
	Name string      `json:"name"`
	UID  android.UID `json:"appId"`
}

func (SharedUser) Kind() string { return "shared-user" }

// CheckedIn is one pkg line of dumpsys package --checkin.
type CheckedIn struct {
	Package      android.Package `json:"package"`
	Hidden       bool            `json:"hidden"` // the factory copy of a package that was updated
	UID          android.UID     `json:"appId"`
	VersionCode  string          `json:"versionCode"`
	FirstInstall int64           `json:"firstInstallTime,omitempty"` // milliseconds since the epoch; from Android 13 each user has its own
	LastUpdate   int64           `json:"lastUpdateTime"`             // milliseconds since the epoch
	Installer    string          `json:"installerPackageName,omitempty"`
}

func (CheckedIn) Kind() string { return "checked-in" }

// CheckedInUser is one pkg-usr line of dumpsys package --checkin: what one user
// has of a package.
type CheckedInUser struct {
	Package      android.Package `json:"package"`
	Hidden       bool            `json:"hidden"` // the factory copy of a package that was updated
	User         int             `json:"user"`
	Installed    bool            `json:"installed"`
	Stopped      bool            `json:"stopped"`
	Launched     bool            `json:"launched"`                     // since it was installed
	Enabled      int             `json:"enabled"`                      // as UserState has it
	DisabledBy   android.Package `json:"lastDisabledCaller,omitempty"` // who changed that last
	FirstInstall int64           `json:"firstInstallTime,omitempty"`   // milliseconds since the epoch, from Android 13
}

func (CheckedInUser) Kind() string { return "checked-in-user" }
