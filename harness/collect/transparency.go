package collect

import "time"

// transparency: services/core BinaryTransparencyService, shell command, from
// Android 14: a digest of each preinstalled app and the certificates that sign
// it, without pulling an APK. Early builds of 14 do not know --preloads-only.
var transparency = Collector{
	Name:  "transparency",
	When:  Baseline,
	Total: 5 * time.Minute,
	Needs: []Need{{"service", "transparency"}},
	Forms: []Form{
		{From: 34, Argv: []string{"cmd", "transparency", "get", "mba_info", "--preloads-only", "-v"}},
		{From: 34, Argv: []string{"cmd", "transparency", "get", "mba_info", "-v"}},
	},
	Whole: endsWithNewline,
}
