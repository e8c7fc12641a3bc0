package collect

// dumpsysActivityServices: ActiveServices.ServiceDumper, Android 5 to 16. The
// list ends in the bindings, however many there are; nothing marks its end.
var dumpsysActivityServices = Collector{
	Name:  "dumpsys-activity-services",
	When:  Before | After,
	Needs: []Need{{"service", "activity"}},
	Forms: []Form{{Argv: []string{"dumpsys", "activity", "services"}}},
	Whole: endsWithNewline,
}
