package collect

// dumpsysDevicePolicy: DevicePolicyManagerService.dump, Android 5 to 16. A
// handset without managed users has no such service.
var dumpsysDevicePolicy = Collector{
	Name:  "dumpsys-device-policy",
	When:  Baseline,
	Needs: []Need{{"service", "device_policy"}},
	Forms: []Form{{Argv: []string{"dumpsys", "device_policy"}}},
	Whole: endsWithNewline,
}
