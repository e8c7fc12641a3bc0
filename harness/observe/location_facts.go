package observe

import (
	"assay/harness/android"
)

// locationClient is a client of whom nothing is known yet.
func locationClient(record LocationRecord, provider string) LocationClient {
	return LocationClient{Record: record, Provider: provider, UID: android.NoUID, PID: -1,
		MinInterval: Unsaid, MaxInterval: Unsaid, Total: Unsaid, Active: Unsaid, Foreground: Unsaid, Since: Unsaid, Locations: -1}
}
