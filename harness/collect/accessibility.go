package collect

// dumpsysAccessibility: AccessibilityManagerService.dump, Android 5 to 16.
var dumpsysAccessibility = Collector{
	Name:  "dumpsys-accessibility",
	When:  Baseline,
	Needs: []Need{{"service", "accessibility"}},
	Forms: []Form{{Argv: []string{"dumpsys", "accessibility"}}},
	Whole: endsWithNewline,
}
