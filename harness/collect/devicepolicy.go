package collect

// dumpsysDevicePolicy: DevicePolicyManagerService.dump, Android 5 to 16. A
// handset without managed users has no such service.
var dumpsysDevicePolicy = Collector{
	Name:  "dumpsys-device-policy",
	When:  Baseline,
	Forms: []Form{{Argv: []string{"dumpsys", "device_policy"}}},
	Whole: endsWithNewline,
}
