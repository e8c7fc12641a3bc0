package collect

// getprop: toolbox (Android 5 to 7) and system/core init's property tool.
var getprop = Collector{
	Name:  "getprop",
	When:  Baseline,
	Forms: []Form{{Argv: []string{"getprop"}}},
	Whole: endsWithNewline,
}

// settings: frameworks/base packages/SettingsProvider SettingsService; the
// settings command lists since Android 7, content query before.
var settings = Collector{
	Name: "settings",
	When: Baseline,
	Forms: []Form{
		{From: 24, Argv: []string{"settings", "list", "--user", "0", "{}"}, Needs: []Need{{"command", "settings"}}},
		{Script: `content query --user 0 --uri content://settings/{}`},
	},
}
