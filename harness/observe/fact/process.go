package fact

import (
	"time"

	"assay/harness/android"
)

// Process is one line of ps, or one am_proc_start event.
type Process struct {
	PID  int         `json:"pid"`
	UID  android.UID `json:"uid"`
	Name string      `json:"name"` // package or package:process
}

func (Process) Kind() string { return "process" }

// Service is one service that is running or asked for.
type Service struct {
	Service        string          `json:"service"` // package/class
	User           int             `json:"user"`
	Package        android.Package `json:"packageName"`
	Process        string          `json:"processName"`
	PID            int             `json:"pid"` // -1 where its process is not running
	UID            android.UID     `json:"uid"` // NoUID where its process is not running
	Permission     string          `json:"permission,omitempty"`
	Action         string          `json:"action,omitempty"` // of the intent that it was first asked for with
	Foreground     bool            `json:"isForeground"`
	Types          string          `json:"foregroundServiceTypes,omitempty"` // hexadecimal, from Android 10
	StartRequested bool            `json:"startRequested"`                   // by startService, apart from binding
	CreatedFromFg  bool            `json:"createdFromFg"`
	Create         time.Duration   `json:"createTime"` // before the dump
	LastActivity   time.Duration   `json:"lastActivity"`
	StartedBy      android.Package `json:"recentCallingPackage,omitempty"` // from Android 10
	Clients        []string        `json:"clients,omitempty"`              // processes bound to it
	BeingDestroyed bool            `json:"destroying"`
}

func (Service) Kind() string { return "service" }

// ServiceProcess is a process that ActivityManager names in a service's record: the one that the
// service runs in, or one that is bound to it. Its name is whole, where ps may have cut it off.
type ServiceProcess struct {
	Service string      `json:"service"` // package/class
	User    int         `json:"user"`    // of the service
	PID     int         `json:"pid"`
	UID     android.UID `json:"uid"`
	Process string      `json:"processName"`
	Bound   bool        `json:"bound"` // a client; else the service runs in it
}

func (ServiceProcess) Kind() string { return "service-process" }
