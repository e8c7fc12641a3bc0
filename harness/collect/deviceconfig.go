package collect

// deviceConfig: packages/SettingsProvider DeviceConfigService, from Android 10:
// the flags of the namespace privacy, which the maker can change from afar. They
// say, among others, which ops Android keeps a timeline of.
var deviceConfig = Collector{
	Name:  "device-config",
	When:  Baseline,
	Needs: []Need{{"command", "device_config"}},
	Forms: []Form{{From: 29, Script: `echo "@@ namespace privacy"; device_config list privacy; echo "@@ end"`}},
	Whole: endsWithNewline,
}
