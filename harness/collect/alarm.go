package collect

// dumpsysAlarm: AlarmManagerService.dumpImpl, Android 5 to 16. Alarms are set
// while a scenario plays, so it is asked before and after. Never with -a, which
// vivo's Android 7.1 refuses and which adds nothing.
var dumpsysAlarm = Collector{
	Name:  "dumpsys-alarm",
	When:  Before | After,
	Needs: []Need{{"service", "alarm"}},
	Forms: []Form{{Argv: []string{"dumpsys", "alarm"}}},
	Whole: endsWithNewline,
}
