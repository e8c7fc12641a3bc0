package observe

import (
	"net/netip"
	"slices"
	"time"

	"assay/harness/android"
)

// Property is one entry of getprop. The value may span lines.
type Property struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// ImageProperty is one entry of a build.prop: a file of the image. What the handset
// answers may be another, for init sets properties from many places; so it is no
// Property, and nothing is judged by it.
type ImageProperty struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Acquisition is when androidqf acquired, by the clock of the computer it ran on.
type Acquisition struct {
	Version   string    `json:"version,omitempty"` // androidqf's own
	Started   time.Time `json:"started"`           // UTC
	Completed time.Time `json:"completed,omitzero"`
}

// Moment is when a print-out was made, by its own statement and the handset's own
// clock. Times of what it tells of say nothing of it: Android keeps entries from
// before a clock was set, and a real Pixel has one of four hours from now.
type Moment struct {
	Local string `json:"time"` // handset's local time, 2006-01-02 15:04:05; no zone is printed
}

// Listed is one line of pm list packages.
type Listed struct {
	Package     android.Package `json:"package"`
	Path        string          `json:"path,omitempty"`
	VersionCode string          `json:"versionCode,omitempty"`
	Installer   string          `json:"installer,omitempty"`
	UID         android.UID     `json:"uid"` // NoUID where the command gave none
}

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

// UserState is what one Android user has of a package.
type UserState struct {
	Package   android.Package `json:"package"`
	Hidden    bool            `json:"hidden"`
	User      int             `json:"user"`
	Installed bool            `json:"installed"`
	Stopped   bool            `json:"stopped"`
	Enabled   int             `json:"enabled"` // PackageManager.COMPONENT_ENABLED_STATE_*; 0 default, 1 enabled, 2 disabled, 3 disabled by user
}

// SharedUser is one block of Shared users.
type SharedUser struct {
	Name string      `json:"name"`
	UID  android.UID `json:"appId"`
}

// Request is a permission that a package's manifest asks for. Only a dump of
// one package prints them.
type Request struct {
	Package    android.Package    `json:"package"`
	Hidden     bool               `json:"hidden"`
	Permission android.Permission `json:"permission"`
}

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

// AllUsers stands where a fact holds for every user of the handset.
const AllUsers = -1

// Has says whether the grant carries a permission flag.
func (g Grant) Has(flag string) bool { return slices.Contains(g.Flags, flag) }

// PermissionDefinition is a permission that a package defines.
type PermissionDefinition struct {
	Name       android.Permission `json:"name"`
	Package    android.Package    `json:"package"`
	Protection string             `json:"protection"` // as printed: dangerous, signature|privileged
}

// Launchable is an activity that a launcher shows, from the resolver table.
type Launchable struct {
	Package   android.Package `json:"package"`
	Component string          `json:"component"` // package/class
}

// Provider is a content provider, under one of the authorities that it answers for.
type Provider struct {
	Authority string          `json:"authority"`
	Package   android.Package `json:"package"`
	Component string          `json:"component"` // package/class
}

// OpMode is what an app-op is set to, for a package or for a whole UID.
type OpMode struct {
	UID        android.UID     `json:"uid"`
	Package    android.Package `json:"package,omitempty"` // empty for a mode of the UID
	Op         android.Op      `json:"op"`
	Mode       android.Mode    `json:"mode"`
	Switch     android.Op      `json:"switch,omitempty"` // the op whose mode decides
	SwitchMode android.Mode    `json:"switchMode,omitempty"`
}

// OpUse is the last time that a package used an op, or tried to, in one UID state.
type OpUse struct {
	UID      android.UID     `json:"uid"`
	Package  android.Package `json:"package"`
	Op       android.Op      `json:"op"`
	Tag      string          `json:"attributionTag,omitempty"` // from Android 11
	State    android.State   `json:"state,omitempty"`          // from Android 9
	Flag     string          `json:"flag,omitempty"`           // s, tp, up, tpd, upd; from Android 10
	Rejected bool            `json:"rejected"`
	Running  bool            `json:"running"`            // going on when dumped
	Local    string          `json:"time,omitempty"`     // handset's local time as printed, 2006-01-02 15:04:05.000; empty up to Android 8
	Ago      time.Duration   `json:"ago"`                // before the dump, from the +1h2m3s form; negative in the future
	Duration time.Duration   `json:"duration,omitempty"` // 0 where none is printed
	Proxy    string          `json:"proxy,omitempty"`    // as printed
}

// LogLine is one entry of logcat. Its slices are good until Emit returns.
type LogLine struct {
	Buffer  string      `json:"buffer,omitempty"` // main, system, crash, events, radio, kernel
	Time    []byte      `json:"time,omitempty"`   // as printed
	UID     android.UID `json:"uid"`              // NoUID where the format has none, or gives a name
	User    string      `json:"user,omitempty"`   // the UID column where it is a name: root, radio
	PID     int         `json:"pid"`              // -1 where the format has none
	TID     int         `json:"tid"`              // -1 where the format has none
	Level   byte        `json:"level"`            // V D I W E F S
	Tag     []byte      `json:"tag"`              // as printed: liblog cuts a long one off
	Message []byte      `json:"message"`
	// Chatty is how many entries logd left out here, where the entry says so.
	Chatty int `json:"chatty,omitempty"`
}

// Process is one line of ps, or one am_proc_start event.
type Process struct {
	PID  int         `json:"pid"`
	UID  android.UID `json:"uid"`
	Name string      `json:"name"` // package or package:process
}

// Socket is one line of /proc/net/{tcp,tcp6,udp,udp6}.
type Socket struct {
	Protocol string         `json:"protocol"` // tcp, tcp6, udp, udp6
	Local    netip.AddrPort `json:"local"`
	Remote   netip.AddrPort `json:"remote"` // v4-mapped addresses are unmapped
	State    string         `json:"state"`  // ESTABLISHED, LISTEN …
	UID      android.UID    `json:"uid"`
	Inode    uint64         `json:"inode"`
	At       int64          `json:"at,omitempty"` // of the sample: seconds since the epoch by the handset's clock; 0 where it is not said
}

// Bytes is a traffic counter of a UID.
type Bytes struct {
	UID       android.UID `json:"uid"`
	Set       string      `json:"set,omitempty"` // FOREGROUND, DEFAULT (background); empty where not told apart
	Tag       uint32      `json:"tag,omitempty"`
	RxBytes   int64       `json:"rxBytes"`
	RxPackets int64       `json:"rxPackets"`
	TxBytes   int64       `json:"txBytes"`
	TxPackets int64       `json:"txPackets"`
	Iface     string      `json:"iface,omitempty"` // empty where all are counted together
	Start     int64       `json:"start,omitempty"` // of the bucket, seconds since the epoch; 0 for a live counter
}

// Setting is one entry of settings list.
type Setting struct {
	Namespace string `json:"namespace"` // global, secure, system
	Key       string `json:"key"`
	Value     string `json:"value"`
}

// BatteryValue is one line of dumpsys battery.
type BatteryValue struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Identifier is one of the handset's own identifiers.
type Identifier struct {
	Type  string `json:"type"` // imei, serial, android_id, mac, number, imsi, iccid
	Value string `json:"value"`
}

// Step is what the harness did: one step of the scenario, or one of its marks.
type Step struct {
	Index   int       `json:"index"` // from 1; finally steps go on counting
	Verb    string    `json:"verb"`
	Text    string    `json:"text"`              // as the scenario writes it
	Package string    `json:"package,omitempty"` // what it was aimed at
	Started time.Time `json:"started"`           // host clock
	Ended   time.Time `json:"ended"`
	Device  time.Time `json:"device"`          // the handset's clock and zone at its end; zero where unknown
	Booted  time.Time `json:"booted,omitzero"` // by that clock, when it was switched on: moves where the clock is set; zero where unknown
	Result  string    `json:"result"`          // ok, failed, not applicable
	Detail  string    `json:"detail,omitempty"`
	// Dialog and Answer are set by answer: the permission asked for, as the
	// scenario declares it, and allow, deny …
	Dialog string `json:"dialog,omitempty"`
	Answer string `json:"answer,omitempty"`
	// Standing says that nobody is asked again: an earlier answer of that sense stands.
	Standing bool  `json:"standing,omitempty"`
	Log      int64 `json:"log"` // bytes of the log stream at its end
	// Dialogs are those that stood in front in the step; Unwatched is why the
	// harness cannot say that there were no others.
	Dialogs   []Dialog `json:"dialogs,omitempty"`
	Unwatched string   `json:"unwatched,omitempty"`
}

// Dialog is a window that came in front while a step was played, and what the
// harness did about it.
type Dialog struct {
	Name     string          `json:"name"`              // permission, anr, crash, update, sim, usb-mode, maker, keyguard, unknown
	Window   string          `json:"window"`            // as the window manager calls it
	Package  android.Package `json:"package,omitempty"` // whose it is
	IDs      []string        `json:"ids,omitempty"`     // resource-ids on it, the first few
	Answer   string          `json:"answer"`            // back, close, deny, dismiss, home, unlock, wait: what took it away; leave: it may stand; stays: nothing did
	Declared bool            `json:"declared"`          // the scenario says what to answer
	Early    bool            `json:"early,omitempty"`   // it was there, and gone, before the first step
	Files    []string        `json:"files,omitempty"`   // captures of it, relative to the bundle: screenshot, ui-hierarchy
}

// Disturbed says whether the scenario did not foresee the dialog, or could not
// be rid of it as it declares: what did not happen then may only have been kept
// from happening.
func (d Dialog) Disturbed() bool {
	return !d.Early && (!d.Declared || d.Answer == "stays" || d.Answer == "home")
}

func (Acquisition) Kind() string          { return "acquisition" }
func (ImageProperty) Kind() string        { return "image-property" }
func (Moment) Kind() string               { return "moment" }
func (Property) Kind() string             { return "property" }
func (Listed) Kind() string               { return "listed" }
func (Install) Kind() string              { return "install" }
func (UserState) Kind() string            { return "user-state" }
func (SharedUser) Kind() string           { return "shared-user" }
func (Request) Kind() string              { return "request" }
func (Grant) Kind() string                { return "grant" }
func (PermissionDefinition) Kind() string { return "permission" }
func (Launchable) Kind() string           { return "launchable" }
func (Provider) Kind() string             { return "provider" }
func (OpMode) Kind() string               { return "op-mode" }
func (OpUse) Kind() string                { return "op-use" }
func (*LogLine) Kind() string             { return "log-line" }
func (Process) Kind() string              { return "process" }
func (Socket) Kind() string               { return "socket" }
func (Bytes) Kind() string                { return "bytes" }
func (Setting) Kind() string              { return "setting" }
func (BatteryValue) Kind() string         { return "battery" }
func (Identifier) Kind() string           { return "identifier" }
func (Step) Kind() string                 { return "step" }

// Keep gives a fact as it may be kept beyond Emit: the value of one whose memory
// its parser uses again, and a copy of a log line.
func Keep(f Fact) Fact {
	switch f := f.(type) {
	case *Grant:
		return *f
	case *Install:
		return *f
	case *LogLine:
		c := *f
		c.Time, c.Tag, c.Message = slices.Clone(f.Time), slices.Clone(f.Tag), slices.Clone(f.Message)
		return &c
	case *OpMode:
		return *f
	case *OpUse:
		return *f
	case *PermissionDefinition:
		return *f
	case *Provider:
		return *f
	case *Request:
		return *f
	case *UserState:
		return *f
	}
	return f
}
