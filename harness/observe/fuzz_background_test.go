package observe

import "testing"

func FuzzDumpsysJobscheduler(f *testing.F)           { fuzz(f, "dumpsys-jobscheduler") }
func FuzzDumpsysAlarm(f *testing.F)                  { fuzz(f, "dumpsys-alarm") }
func FuzzDumpsysActivityServices(f *testing.F)       { fuzz(f, "dumpsys-activity-services") }
func FuzzDumpsysUsagestats(f *testing.F)             { fuzz(f, "dumpsys-usagestats") }
func FuzzDumpsysDeviceidle(f *testing.F)             { fuzz(f, "dumpsys-deviceidle") }
func FuzzDumpsysDevicePolicy(f *testing.F)           { fuzz(f, "dumpsys-device-policy") }
func FuzzDumpsysAccessibility(f *testing.F)          { fuzz(f, "dumpsys-accessibility") }
func FuzzDumpsysPackageCheckin(f *testing.F)         { fuzz(f, "dumpsys-package-checkin") }
func FuzzDumpsysActivityBroadcastState(f *testing.F) { fuzz(f, "dumpsys-activity-broadcast-state") }
