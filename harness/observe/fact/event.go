package fact

import (
	"time"

	"assay/harness/android"
)

// ContentCall is an event content_query_sample or content_update_sample: an app asked another
// app's provider, and waited for it. Android writes such an event for each call that took half a
// second or more, and for a random SamplePercent of the shorter ones. From Android 5 on it is
// switched off (ContentResolver ENABLE_CONTENT_SAMPLE), but makers may switch it on. So there may
// be calls without events: that there is no event proves nothing.
type ContentCall struct {
	PID           int             `json:"pid"` // of the app that asked; -1 where the format has none
	Package       android.Package `json:"package,omitempty"`
	Operation     string          `json:"operation"` // query, insert, bulkinsert, delete, update
	URI           string          `json:"uri"`
	Projection    string          `json:"projection,omitempty"` // of a query: columns with / between
	Selection     string          `json:"selection,omitempty"`  // of a query with a comma and the sort order behind; either may hold commas
	Took          time.Duration   `json:"took"`
	SamplePercent int             `json:"samplePercent"`
}

func (ContentCall) Kind() string { return "content-call" }

// BinderCall is an event binder_sample: the main thread of a process called a service, and waited
// for it. It is sampled as a ContentCall is (kEnableBinderSample); MediaTek's builds have it on.
type BinderCall struct {
	PID           int           `json:"pid"`
	Process       string        `json:"process,omitempty"`
	Interface     string        `json:"interface,omitempty"` // android.content.pm.IPackageManager
	Method        int           `json:"method"`              // its transaction code, which differs from release to release
	Took          time.Duration `json:"took"`
	SamplePercent int           `json:"samplePercent"`
}

func (BinderCall) Kind() string { return "binder-call" }

// ServiceStart is an event am_create_service: a service of an app was created.
type ServiceStart struct {
	User      int         `json:"user"`
	Component string      `json:"component"` // package/class
	UID       android.UID `json:"uid"`
	PID       int         `json:"pid"`
}

func (ServiceStart) Kind() string { return "service-start" }
