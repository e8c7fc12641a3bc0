package fact

import "assay/harness/android"

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

func (UsageEvent) Kind() string { return "usage-event" }

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

func (UsageTotal) Kind() string { return "usage-total" }

// Standby is how far the system lets a package work unseen.
type Standby struct {
	User    int             `json:"user"`
	Package android.Package `json:"package"`
	Bucket  int             `json:"bucket,omitempty"` // STANDBY_BUCKET_*: 5 exempted … 45 restricted, 50 never; none before Android 9
	Reason  string          `json:"reason,omitempty"`
	Idle    bool            `json:"idle"`
	Used    string          `json:"used,omitempty"` // before the dump, as printed; lastUsedElapsed before Android 9
}

func (Standby) Kind() string { return "standby" }
