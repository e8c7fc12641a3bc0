package fact

import "assay/harness/android"

// Recording is a recording from a microphone, or an entry of the log of them.
type Recording struct {
	Event    string          `json:"event"` // active, inactive: a recorder when dumped; start, update, stop, release: of the log
	RIID     int             `json:"riid"`  // Android's number for the recorder, from 10; -1 where none is printed
	UID      android.UID     `json:"uid"`
	Session  int             `json:"session"`
	Source   string          `json:"source"`            // MIC, CAMCORDER, VOICE_RECOGNITION, HOTWORD …
	Package  android.Package `json:"package,omitempty"` // empty for recorders of native code
	Silenced string          `json:"silenced,omitempty"`
	Local    string          `json:"time,omitempty"` // of the log: handset's local time as printed, 01-02 15:04:05:000
}

func (Recording) Kind() string { return "recording" }

// CameraEvent is one entry of the camera service's log, or a client that it has.
type CameraEvent struct {
	Event   string          `json:"event"`             // ACTIVE: a client when dumped; of the log CONNECT, DIED …
	Camera  string          `json:"device,omitempty"`  // the camera's id; none for DIED, which ends all that the process has
	Package android.Package `json:"package,omitempty"` // none for DIED
	PID     int             `json:"pid"`
	Local   string          `json:"time,omitempty"`   // handset's local time as printed, 01-02 15:04:05; none for ACTIVE
	Reason  string          `json:"reason,omitempty"` // of a REJECT or DIED
}

func (CameraEvent) Kind() string { return "camera-event" }
