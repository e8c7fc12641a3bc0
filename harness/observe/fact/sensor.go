package fact

import (
	"time"

	"assay/harness/android"
)

// Sensor is one entry of the list of sensors: one of the handset's, or one that Android makes of
// others.
type Sensor struct {
	Handle     string             `json:"handle"` // hexadecimal, as printed
	Name       string             `json:"name"`
	Vendor     string             `json:"vendor"`         // AOSP for those that Android makes of others
	Type       string             `json:"type,omitempty"` // android.sensor.accelerometer …; empty where a maker gives none
	Permission android.Permission `json:"requiredPermission,omitempty"`
}

func (Sensor) Kind() string { return "sensor" }

// SensorActivity is what a sensor's hardware is asked for, by all clients together.
type SensorActivity struct {
	Handle  string        `json:"handle"`
	Clients int           `json:"activeCount"`
	Period  time.Duration `json:"samplingPeriod"` // the shortest, which is used
}

func (SensorActivity) Kind() string { return "sensor-activity" }

// SensorRecord says which part of dumpsys sensorservice a client stands in.
type SensorRecord string

// Records of sensor clients.
const (
	SensorActive       SensorRecord = "active"       // a connection when dumped
	SensorDirect       SensorRecord = "direct"       // the same, over shared memory
	SensorRegistered   SensorRecord = "registered"   // the log: a sensor was turned on
	SensorUnregistered SensorRecord = "unregistered" // the log: it was turned off
)

// SensorClient is one client of one sensor.
type SensorClient struct {
	Record SensorRecord  `json:"record"`
	Handle string        `json:"handle"`
	Name   string        `json:"packageName,omitempty"` // a package's or, of Java clients, their listener's class
	UID    android.UID   `json:"uid"`                   // NoUID where none is printed: the log up to Android 7, direct clients
	PID    int           `json:"pid"`                   // -1 where none is printed
	Local  string        `json:"time,omitempty"`        // of the log: handset's local time, 15:04:05; no date
	Period time.Duration `json:"samplingPeriod"`        // Unsaid where none is printed
	Batch  time.Duration `json:"batchingPeriod"`        // Unsaid where none is printed
	Result string        `json:"result,omitempty"`      // newer releases: whether the service agreed
}

func (SensorClient) Kind() string { return "sensor-client" }

// SensorPrivacy is one switch by which a user keeps the microphone, the camera or
// all sensors from every app. From Android 13 a switch that nobody has touched is
// not printed.
type SensorPrivacy struct {
	User   int    `json:"user"`
	Sensor string `json:"sensor"`           // microphone, camera, all, or the number of one that is not known
	Toggle string `json:"toggle,omitempty"` // software, hardware, or a number; from Android 13
	State  string `json:"state"`            // enabled: apps get nothing; disabled: they get what they may; or a number
}

func (SensorPrivacy) Kind() string { return "sensor-privacy" }
