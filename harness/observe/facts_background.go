package observe

import (
	"time"

	"assay/harness/android"
)

// Job is one job that JobScheduler holds: work that runs without the user.
type Job struct {
	UID         android.UID     `json:"uid"`                 // who scheduled it
	JobID       int             `json:"jobId"`               // the scheduler's own number for it
	Namespace   string          `json:"namespace,omitempty"` // from Android 14
	Package     android.Package `json:"package,omitempty"`   // on whose behalf it runs; empty where the form has none
	SourceUID   android.UID     `json:"sourceUid"`           // NoUID where the form has none
	Service     string          `json:"service,omitempty"`   // package/class
	Tag         string          `json:"tag,omitempty"`       // a sync's authority and account type; its account's name is left out
	Periodic    bool            `json:"periodic"`
	Interval    time.Duration   `json:"interval,omitempty"` // of a periodic job
	Flex        time.Duration   `json:"flex,omitempty"`
	Persisted   bool            `json:"persisted"`                     // survives a reboot
	Network     string          `json:"networkType,omitempty"`         // ANY, UNMETERED …; from Android 9 the capabilities asked for
	Constraints []string        `json:"requiredConstraints,omitempty"` // CHARGING, IDLE, CONNECTIVITY …
	TriggerURIs []string        `json:"triggerContentUris,omitempty"`  // content whose change starts it
	Bucket      string          `json:"standbyBucket,omitempty"`       // from Android 9
	Active      bool            `json:"active"`                        // running when dumped
}

// Alarm is one alarm that AlarmManager holds.
type Alarm struct {
	Type           string          `json:"type"` // RTC_WAKEUP, RTC, ELAPSED_WAKEUP, ELAPSED
	List           string          `json:"list"` // pending, blocked, past-due …
	Package        android.Package `json:"package"`
	UID            android.UID     `json:"uid"`           // vivo prints it; NoUID elsewhere
	Tag            string          `json:"tag,omitempty"` // *walarm*: or *alarm*:, then action, component or the caller's own word
	When           string          `json:"when"`          // as printed: handset's local time, or from the dump on
	WhenElapsed    time.Duration   `json:"whenElapsed"`   // from the dump on
	Window         time.Duration   `json:"window"`
	RepeatInterval time.Duration   `json:"repeatInterval"` // 0: once
	Flags          string          `json:"flags,omitempty"`
	Operation      string          `json:"operation,omitempty"` // broadcastIntent, startService, startActivity …, or listener
}

// AlarmTotal is how often a package's alarms have gone off since boot.
type AlarmTotal struct {
	UID     android.UID     `json:"uid"`
	Package android.Package `json:"package"`
	Running time.Duration   `json:"aggregateTime"`
	Wakeups int             `json:"numWakeup"`
}

// Service is one service that is running or asked for.
type Service struct {
	Service        string          `json:"service"` // package/class
	User           int             `json:"user"`
	Package        android.Package `json:"packageName"`
	Process        string          `json:"processName"`
	PID            int             `json:"pid"` // -1 where its process is not running
	UID            android.UID     `json:"uid"` // NoUID where its process is not running
	Permission     string          `json:"permission,omitempty"`
	Action         string          `json:"action,omitempty"` // of the intent that it was first asked for with
	Foreground     bool            `json:"isForeground"`
	Types          string          `json:"foregroundServiceTypes,omitempty"` // hexadecimal, from Android 10
	StartRequested bool            `json:"startRequested"`                   // by startService, apart from binding
	CreatedFromFg  bool            `json:"createdFromFg"`
	Create         time.Duration   `json:"createTime"` // before the dump
	LastActivity   time.Duration   `json:"lastActivity"`
	StartedBy      android.Package `json:"recentCallingPackage,omitempty"` // from Android 10
	Clients        []string        `json:"clients,omitempty"`              // processes bound to it
	BeingDestroyed bool            `json:"destroying"`
}

// ServiceProcess is a process that ActivityManager names in a service's record: the
// one that the service runs in, or one that is bound to it. Its name is the one that
// ActivityManager started it under, whole, where ps may have cut it.
type ServiceProcess struct {
	Service string      `json:"service"` // package/class
	User    int         `json:"user"`    // of the service
	PID     int         `json:"pid"`
	UID     android.UID `json:"uid"`
	Process string      `json:"processName"`
	Bound   bool        `json:"bound"` // a client; else the service runs in it
}

// UsageEvent is one event of usage statistics: what came to the front, and when.
type UsageEvent struct {
	User        int             `json:"user"`
	Interval    string          `json:"interval"` // daily, weekly, monthly, yearly, last 24 hours
	Time        string          `json:"time"`     // as printed: in the handset's locale before Android 9
	Type        string          `json:"type"`     // MOVE_TO_FOREGROUND, ACTIVITY_RESUMED, USER_INTERACTION …
	Package     android.Package `json:"package"`
	Class       string          `json:"class,omitempty"`
	Bucket      int             `json:"standbyBucket,omitempty"`
	Reason      string          `json:"reason,omitempty"` // of the standby bucket
	RootPackage android.Package `json:"taskRootPackage,omitempty"`
	Channel     string          `json:"channelId,omitempty"`
	Shortcut    string          `json:"shortcutId,omitempty"`
}

// UsageTotal is how long a package was in use in one interval.
type UsageTotal struct {
	User     int             `json:"user"`
	Interval string          `json:"interval"`
	Range    string          `json:"timeRange"` // as printed, in the handset's locale
	Package  android.Package `json:"package"`
	Used     string          `json:"totalTimeUsed"`              // as printed, mm:ss or h:mm:ss; totalTime before Android 10
	Last     string          `json:"lastTimeUsed"`               // as printed; lastTime before Android 10
	Visible  string          `json:"totalTimeVisible,omitempty"` // from Android 10
	Service  string          `json:"totalTimeFS,omitempty"`      // of foreground services, from Android 10
	Launches int             `json:"appLaunchCount"`             // from Android 9; -1 before
}

// Standby is how far the system lets a package work unseen.
type Standby struct {
	User    int             `json:"user"`
	Package android.Package `json:"package"`
	Bucket  int             `json:"bucket,omitempty"` // STANDBY_BUCKET_*: 5 exempted … 45 restricted, 50 never; none before Android 9
	Reason  string          `json:"reason,omitempty"`
	Idle    bool            `json:"idle"`
	Used    string          `json:"used,omitempty"` // before the dump, as printed; lastUsedElapsed before Android 9
}

// PowerAllow is a package that battery saving spares.
type PowerAllow struct {
	Package android.Package `json:"package"`
	List    string          `json:"list"` // system-excidle, system, system-removed, user: the words of cmd deviceidle whitelist
}

// DeviceAdmin is an administrator of the handset or of one user.
type DeviceAdmin struct {
	User      int             `json:"user"`
	Package   android.Package `json:"package"`
	Component string          `json:"admin"` // package/class
	UID       android.UID     `json:"uid"`   // NoUID where it is not printed
	Policies  []string        `json:"policies,omitempty"`
	Role      string          `json:"role"` // admin, device-owner, profile-owner
}

// AccessibilityService is an accessibility service: it may read each screen and
// press any button.
type AccessibilityService struct {
	User    int             `json:"user"`
	Package android.Package `json:"package,omitempty"`
	Service string          `json:"service,omitempty"` // package/class; empty where only a label is printed
	Label   string          `json:"label,omitempty"`
	State   string          `json:"state"` // installed, enabled, binding, bound, crashed
}

// Receiver is a filter by which a running process waits for broadcasts.
type Receiver struct {
	Process    string      `json:"process"`
	PID        int         `json:"pid"`
	UID        android.UID `json:"uid"`
	User       int         `json:"user"` // AllUsers where it waits for those of each
	Actions    []string    `json:"actions"`
	Permission string      `json:"requiredPermission,omitempty"` // that a sender must hold
}

// Delivery is a broadcast that the system handed to a receiver of a manifest, for
// which it starts the app: BOOT_COMPLETED above all.
type Delivery struct {
	Action  string          `json:"action,omitempty"` // empty where the sender named the receiver instead
	Package android.Package `json:"packageName"`
	Class   string          `json:"name"`                  // of the receiver
	Process string          `json:"processName,omitempty"` // where it is not the package's own
	User    int             `json:"user"`                  // AllUsers where it was sent to each
	State   string          `json:"state"`                 // Deliver, Skipped; DELIVERED, SKIPPED, PENDING … from Android 14
	Sent    string          `json:"enqueueClockTime"`      // as printed, in the handset's local time
}

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

func (Job) Kind() string                  { return "job" }
func (Alarm) Kind() string                { return "alarm" }
func (AlarmTotal) Kind() string           { return "alarm-total" }
func (Service) Kind() string              { return "service" }
func (ServiceProcess) Kind() string       { return "service-process" }
func (UsageEvent) Kind() string           { return "usage-event" }
func (UsageTotal) Kind() string           { return "usage-total" }
func (Standby) Kind() string              { return "standby" }
func (PowerAllow) Kind() string           { return "power-allow-list" }
func (DeviceAdmin) Kind() string          { return "device-admin" }
func (AccessibilityService) Kind() string { return "accessibility-service" }
func (Receiver) Kind() string             { return "receiver" }
func (CheckedIn) Kind() string            { return "checked-in" }
func (CheckedInUser) Kind() string        { return "checked-in-user" }
func (Delivery) Kind() string             { return "delivery" }
