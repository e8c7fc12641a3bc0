package collect

// dumpsysAppOps: services/core AppOpsService.dump. Android keeps only the last
// use of each op and state, so it is asked before and after.
var dumpsysAppOps = Collector{
	Name:  "dumpsys-appops",
	When:  Before | After,
	Needs: []Need{{"service", "appops"}},
	Forms: []Form{{Argv: []string{"dumpsys", "appops"}}},
	Whole: endsWithNewline,
}
