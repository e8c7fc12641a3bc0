package phone

import "fmt"

// DumpDenial is what a service prints instead of its dump: from Android 8 on
// DumpUtils.checkDumpPermission, before that each service's own words.
func (h *Handset) DumpDenial(service string) string {
	name := denialNames[service]
	if name == "" {
		name = service
	}
	line := fmt.Sprintf("Permission Denial: can't dump %s from from pid=%d, uid=2000", name, 4000+int(h.Number("dump", service)%3000))
	switch {
	case h.persona.SDK >= 26:
		line += " due to missing android.permission.DUMP permission"
	case name == "ActivityManager":
		line += " without permission android.permission.DUMP"
	}
	return line + "\n"
}

// denialNames is what services call themselves when they refuse.
var denialNames = map[string]string{
	"accessibility": "AccessibilityManager", "account": "AccountsManager", "activity": "ActivityManager", "alarm": "AlarmManager",
	"appops": "ApOps service",
	"audio":  "AudioService", "battery": "Battery service", "connectivity": "ConnectivityService",
	"device_policy": "DevicePolicyManagerService",
	"deviceidle":    "DeviceIdleController", "jobscheduler": "JobScheduler", "location": "LocationManagerService",
	"media.camera": "CameraService",
	"netstats":     "NetworkStats", "package": "ActivityManager", "role": "role", "sensorservice": "SensorService", "usagestats": "UsageStats",
	"window": "WindowManager",
}
