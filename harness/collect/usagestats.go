package collect

// dumpsysUsagestats: UsageStatsService.dump, Android 5 to 16. It holds days, and
// what a scenario adds is in the log, so once a run is enough.
var dumpsysUsagestats = Collector{
	Name:  "dumpsys-usagestats",
	When:  Baseline,
	Needs: []Need{{"service", "usagestats"}},
	Forms: []Form{{Argv: []string{"dumpsys", "usagestats"}}},
	Whole: endsWithNewline,
}
