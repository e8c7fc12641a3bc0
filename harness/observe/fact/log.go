package fact

import "assay/harness/android"

// LogLine is one entry of logcat. Its slices may be read until Emit returns.
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
	// Chatty is how many entries logd dropped here, where the entry says so.
	Chatty int `json:"chatty,omitempty"`
}

func (*LogLine) Kind() string { return "log-line" }

// LogEmpty is an entry of the log for which logcat prints no line: up to Android 6 an entry
// without a message, and in every release one that logcat cannot take apart.
type LogEmpty struct {
	Time   string      `json:"time"` // seconds since the epoch, to the nanosecond
	PID    int         `json:"pid"`
	TID    int         `json:"tid"`
	UID    android.UID `json:"uid"` // android.NoUID up to Android 6, whose header has none
	Buffer string      `json:"buffer,omitempty"`
	Level  string      `json:"level,omitempty"` // none where logcat knows none
	Tag    string      `json:"tag,omitempty"`
}

func (LogEmpty) Kind() string { return "log-empty" }

// LogBuffer is a ring buffer of logd's, as logcat -g prints it. Sizes are in bytes, rounded
// down to the unit that is printed.
type LogBuffer struct {
	Buffer     string `json:"buffer"`
	Size       int    `json:"size"`
	Consumed   int    `json:"consumed"`
	Readable   int    `json:"readable,omitempty"` // from Android 12
	MaxEntry   int    `json:"maxEntry"`
	MaxPayload int    `json:"maxPayload"`
}

func (LogBuffer) Kind() string { return "log-buffer" }

// LogStatistic is a cell of logcat -S: how much was written to a buffer since logd started, how
// much of it is still there, or how much memory logd needs to keep that.
type LogStatistic struct {
	Of      string `json:"of"` // total, now, overhead
	Buffer  string `json:"buffer"`
	Bytes   int    `json:"bytes"`
	Entries int    `json:"entries,omitempty"` // none for the overhead
}

func (LogStatistic) Kind() string { return "log-statistic" }

// LogWriter is a UID that wrote to a buffer: one of those that wrote most.
type LogWriter struct {
	Buffer string      `json:"buffer"`
	UID    android.UID `json:"uid"`
	Name   string      `json:"name,omitempty"` // a package, or Android's own user
	Bytes  int         `json:"bytes"`
	Pruned int         `json:"pruned,omitempty"` // entries that logd dropped, Android 6 to 11
	Own    bool        `json:"own,omitempty"`    // logd tells the caller only of its own entries
}

func (LogWriter) Kind() string { return "log-writer" }

// LogMark is the newest entry of the log just before the statistics, or just after.
type LogMark struct {
	Line  string `json:"line"`  // as printed; of an entry of several lines each is one
	After bool   `json:"after"` // taken after the statistics, not before
}

func (LogMark) Kind() string { return "log-mark" }
