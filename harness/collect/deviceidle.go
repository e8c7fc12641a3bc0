package collect

// dumpsysDeviceidle: DeviceIdleController.dump, from Android 6: whom battery
// saving spares.
var dumpsysDeviceidle = Collector{
	Name:  "dumpsys-deviceidle",
	When:  Baseline,
	Forms: []Form{{From: 23, Argv: []string{"dumpsys", "deviceidle"}}},
	Whole: endsWithNewline,
}
