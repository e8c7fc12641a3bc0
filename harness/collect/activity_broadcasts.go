package collect

// dumpsysActivityBroadcasts: ActivityManagerService.dumpBroadcastsLocked,
// Android 5 to 16. It holds the last few hundred broadcasts, so those of the
// boot are there only soon after it.
var dumpsysActivityBroadcasts = Collector{
	Name:  "dumpsys-activity-broadcast-state",
	When:  Baseline,
	Needs: []Need{{"service", "activity"}},
	Forms: []Form{{Argv: []string{"dumpsys", "activity", "broadcasts"}}},
	Whole: endsWithNewline,
}
