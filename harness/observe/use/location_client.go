package use

import (
	"assay/harness/android"
	"assay/harness/observe/fact"
)

// locationClient begins a client: nothing is known of it yet.
func locationClient(record fact.LocationRecord, provider string) fact.LocationClient {
	return fact.LocationClient{Record: record, Provider: provider, UID: android.NoUID, PID: -1,
		MinInterval: fact.Unsaid, MaxInterval: fact.Unsaid, Total: fact.Unsaid, Active: fact.Unsaid, Foreground: fact.Unsaid,
		Since: fact.Unsaid, Locations: -1}
}
