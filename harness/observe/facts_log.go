package observe

import "assay/harness/android"

// LogBuffer is a ring of logd's, as logcat -g has it. Sizes are in bytes, rounded
// down to the unit that is printed.
type LogBuffer struct {
	Buffer     string `json:"buffer"`
	Size       int    `json:"size"`
	Consumed   int    `json:"consumed"`
	Readable   int    `json:"readable,omitempty"` // from Android 12
	MaxEntry   int    `json:"maxEntry"`
	MaxPayload int    `json:"maxPayload"`
}

// LogStatistic is a cell of logcat -S: what was written to a buffer since logd
// began, what of it is still there, and what logd spends to keep that.
type LogStatistic struct {
	Of      string `json:"of"` // total, now, overhead
	Buffer  string `json:"buffer"`
	Bytes   int    `json:"bytes"`
	Entries int    `json:"entries,omitempty"` // none for the overhead
}

// LogWriter is a UID that wrote to a buffer, of those that wrote most.
type LogWriter struct {
	Buffer string      `json:"buffer"`
	UID    android.UID `json:"uid"`
	Name   string      `json:"name,omitempty"` // a package, or Android's own user
	Bytes  int         `json:"bytes"`
	Pruned int         `json:"pruned,omitempty"` // entries that logd left out, Android 6 to 11
	Own    bool        `json:"own,omitempty"`    // logd tells the caller of none but its own
}

// LogMark is the newest entry of the log, at the moment of the statistics.
type LogMark struct {
	Line  string `json:"line"`  // as printed; of an entry of several lines each is one
	After bool   `json:"after"` // taken after the statistics, not before
}

func (LogBuffer) Kind() string    { return "log-buffer" }
func (LogStatistic) Kind() string { return "log-statistic" }
func (LogWriter) Kind() string    { return "log-writer" }
func (LogMark) Kind() string      { return "log-mark" }
