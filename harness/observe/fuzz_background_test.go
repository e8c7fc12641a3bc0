package observe

import "testing"

func FuzzDumpsysJobscheduler(f *testing.F)     { fuzz(f, "dumpsys-jobscheduler") }
func FuzzDumpsysAlarm(f *testing.F)            { fuzz(f, "dumpsys-alarm") }
func FuzzDumpsysActivityServices(f *testing.F) { fuzz(f, "dumpsys-activity-services") }
func FuzzDumpsysUsagestats(f *testing.F)       { fuzz(f, "dumpsys-usagestats") }
