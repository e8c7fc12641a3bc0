package fact

import "assay/harness/android"

// Receiver is a filter by which a running process waits for broadcasts.
type Receiver struct {
	Process    string      `json:"process"`
	PID        int         `json:"pid"`
	UID        android.UID `json:"uid"`
	User       int         `json:"user"` // AllUsers where it waits for those of each
	Actions    []string    `json:"actions"`
	Permission string      `json:"requiredPermission,omitempty"` // that a sender must hold
}

func (Receiver) Kind() string { return "receiver" }

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

func (Delivery) Kind() string { return "delivery" }
