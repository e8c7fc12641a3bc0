package observe

import "testing"

func FuzzAndroidqfPackages(f *testing.F) { fuzz(f, "androidqf-packages") }
func FuzzHubblePackages(f *testing.F)    { fuzz(f, "hubble-packages") }
