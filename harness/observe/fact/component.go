package fact

import "assay/harness/android"

// Launchable is an activity that a launcher shows, from the resolver table.
type Launchable struct {
	Package   android.Package `json:"package"`
	Component string          `json:"component"` // package/class
}

func (Launchable) Kind() string { return "launchable" }

// Provider is a content provider, under one of the authorities that it answers for.
type Provider struct {
	Authority string          `json:"authority"`
	Package   android.Package `json:"package"`
	Component string          `json:"component"` // package/class
}

func (Provider) Kind() string { return "provider" }

// Component is an activity, service or receiver that answers an intent that was asked about. A
// component that answers none of these intents is not known. Nor is the permission that guards a
// provider: nothing that a shell can print has it.
type Component struct {
	Component string          `json:"component"`          // activity, service or receiver
	Name      string          `json:"name"`               // package/class
	Package   android.Package `json:"package"`            //
	UID       android.UID     `json:"uid"`                // NoUID where --brief does not tell
	Action    string          `json:"action"`             // of the intent
	Category  string          `json:"category,omitempty"` // of the intent
	Data      string          `json:"data,omitempty"`     // of the intent: a scheme and a colon
	Type      string          `json:"type,omitempty"`     // of the intent: a MIME type
	Priority  int             `json:"priority"`           // of its filter
	Exported  string          `json:"exported,omitempty"` // true or false; empty where --brief does not tell
	// Permission is what a caller must hold; empty where there is no guard, and
	// where Exported is not told.
	Permission android.Permission `json:"permission,omitempty"`
}

func (Component) Kind() string { return "component" }

// Unguarded says whether every app may reach the component.
func (c Component) Unguarded() bool { return c.Exported == "true" && c.Permission == "" }

// ManifestReceiver is a receiver that the system starts for a broadcast, by its
// app's manifest.
type ManifestReceiver struct {
	Action   string          `json:"action"`
	Package  android.Package `json:"package"`
	UID      android.UID     `json:"uid"`                // NoUID where --brief does not tell
	Receiver string          `json:"receiver"`           // package/class
	Priority int             `json:"priority"`           // of its filter
	Exported string          `json:"exported,omitempty"` // true or false; empty where --brief does not tell
	// Permission is what a sender must hold; empty where there is no guard, and
	// where Exported is not told.
	Permission android.Permission `json:"permission,omitempty"`
}

func (ManifestReceiver) Kind() string { return "manifest-receiver" }
