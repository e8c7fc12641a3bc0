package collect

// dumpsysAccessibility: AccessibilityManagerService.dump, Android 5 to 16.
var dumpsysAccessibility = Collector{
	Name:  "dumpsys-accessibility",
	When:  Baseline,
	Forms: []Form{{Argv: []string{"dumpsys", "accessibility"}}},
	Whole: endsWithNewline,
}
