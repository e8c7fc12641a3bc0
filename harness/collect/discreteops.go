package collect

// discreteOps: services/core AppOpsService.dump with --include-discrete, from
// Android 12; 0 asks for all that is kept. What is not of the timeline stands in
// front of it, as dumpsys-appops prints it. It goes back some days, so that what
// a scenario caused is told apart by comparing before with after.
var discreteOps = Collector{
	Name:  "discrete-ops",
	When:  Before | After,
	Needs: []Need{{"service", "appops"}},
	Forms: []Form{{From: 31, Argv: []string{"dumpsys", "appops", "--include-discrete", "0"}}},
	Whole: endsWithNewline,
}
