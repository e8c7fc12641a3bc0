package collect

// dumpsysDeviceidle: DeviceIdleController.dump, from Android 6: whom battery
// saving spares.
var dumpsysDeviceidle = Collector{
	Name:  "dumpsys-deviceidle",
	When:  Baseline,
	Needs: []Need{{"service", "deviceidle"}},
	Forms: []Form{{From: 23, Argv: []string{"dumpsys", "deviceidle"}}},
	Whole: endsWithNewline,
}
