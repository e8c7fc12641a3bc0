package collect

// battery: services/core BatteryService.dump, Android 5 to 16.
var battery = Collector{
	Name:  "dumpsys-battery",
	When:  Before | After,
	Needs: []Need{{"service", "battery"}},
	Forms: []Form{{Argv: []string{"dumpsys", "battery"}}},
	Whole: endsWithNewline,
}
