package fact

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

func (Job) Kind() string { return "job" }

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

func (Alarm) Kind() string { return "alarm" }

// AlarmTotal is how often a package's alarms have gone off since boot.
type AlarmTotal struct {
	UID     android.UID     `json:"uid"`
	Package android.Package `json:"package"`
	Running time.Duration   `json:"aggregateTime"`
	Wakeups int             `json:"numWakeup"`
}

func (AlarmTotal) Kind() string { return "alarm-total" }
