package collect

// dumpsysPackageCheckin: PackageManagerService.dump with --checkin, which gives
// the times of installation in milliseconds, Android 5 to 16.
var dumpsysPackageCheckin = Collector{
	Name:  "dumpsys-package-checkin",
	When:  Baseline,
	Needs: []Need{{"service", "package"}},
	Forms: []Form{{Argv: []string{"dumpsys", "package", "--checkin"}}},
	Whole: endsWithNewline,
}
