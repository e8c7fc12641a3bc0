package observe

import "testing"

func FuzzDumpsysJobscheduler(f *testing.F) { fuzz(f, "dumpsys-jobscheduler") }
