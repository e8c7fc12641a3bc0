package observe

import "testing"

func FuzzAndroidqfAcquisition(f *testing.F) { fuzz(f, "androidqf-acquisition") }
func FuzzAndroidqfPackages(f *testing.F)    { fuzz(f, "androidqf-packages") }
func FuzzAndroidqfProcesses(f *testing.F)   { fuzz(f, "androidqf-processes") }
func FuzzBuildProp(f *testing.F)            { fuzz(f, "build-prop") }
func FuzzHubblePackages(f *testing.F)       { fuzz(f, "hubble-packages") }
