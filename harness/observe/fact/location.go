package fact

import (
	"time"

	"assay/harness/android"
)

// LocationRecord says which part of dumpsys location a client stands in.
type LocationRecord string

// Records of location clients.
const (
	LocationActive    LocationRecord = "active"    // a request that stands when dumped
	LocationHistory   LocationRecord = "history"   // what was asked for since the handset started
	LocationRequested LocationRecord = "requested" // the log: a request began
	LocationRemoved   LocationRecord = "removed"   // the log: it ended
	LocationDelivered LocationRecord = "delivered" // the log: locations were handed over
	LocationChanged   LocationRecord = "changed"   // the log: the client's State became another
)

// LocationClient is a client of a location provider: a request, what the
// service remembers of one, or an entry of its log. Where the client was is
// never part of it.
type LocationClient struct {
	Record   LocationRecord  `json:"record"`
	Provider string          `json:"provider"` // gps, network, passive, fused; gnss status …, geofence
	Package  android.Package `json:"package"`
	UID      android.UID     `json:"uid"` // NoUID where none is printed: history up to Android 11, all of 11
	PID      int             `json:"pid"` // -1 but for requests of Android 11 and GNSS listeners of 9 to 11
	Tag      string          `json:"attributionTag,omitempty"`
	State    string          `json:"state,omitempty"`   // foreground, background; permitted, unpermitted, inactive
	Quality  string          `json:"quality,omitempty"` // POWER_NONE, ACCURACY_FINE, HIGH_ACCURACY, PASSIVE …
	// MinInterval and MaxInterval are how often locations were asked for;
	// Unsaid where they are not printed, or the client only listens in.
	MinInterval time.Duration `json:"minInterval"`
	MaxInterval time.Duration `json:"maxInterval"`
	// Total, Active and Foreground are how long a request of history stood, was
	// served, and stood while its client was in the foreground. Up to Android
	// 11 they are whole minutes. Unsaid where none is printed.
	Total      time.Duration `json:"totalDuration"`
	Active     time.Duration `json:"activeDuration"`
	Foreground time.Duration `json:"foregroundDuration"`
	Since      time.Duration `json:"since"`          // how long ago the first request of history was; Unsaid from Android 12
	Locations  int           `json:"locations"`      // handed over; -1 where none is printed
	Local      string        `json:"time,omitempty"` // of a log's entry: handset's local time, 01-02 15:04:05.000
}

func (LocationClient) Kind() string { return "location-client" }

// Unsaid stands for a duration that a print-out does not give.
const Unsaid time.Duration = -1
