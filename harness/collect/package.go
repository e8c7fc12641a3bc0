package collect

import (
	"bytes"
	"time"
)

// dumpsysPackage: services/core PackageManagerService.dump (Settings.dumpLPr).
// A whole dump prints no requested permissions; packageDetail does.
var dumpsysPackage = Collector{
	Name:  "dumpsys-package",
	When:  Baseline,
	Total: 5 * time.Minute,
	Needs: []Need{{"service", "package"}},
	Forms: []Form{{Argv: []string{"dumpsys", "package"}}},
	Whole: func(head, tail []byte) string {
		if reason := endsWithNewline(head, tail); reason != "" {
			return reason
		}
		if len(head) == keep && !bytes.Contains(tail, []byte("\n")) {
			return "the end of the dump is missing"
		}
		return ""
	},
}

// packageDetail asks for a few packages at a time: a call per package would
// cost a connection and a sync to disk each, and one call for all would lose all
// with the first that hangs.
var packageDetail = Collector{
	Name:  "package-detail",
	When:  Baseline | Before | After,
	About: Packages,
	Needs: []Need{{"service", "package"}},
	Forms: []Form{{Script: `for p in {}; do echo "@@ package $p"; dumpsys package "$p"; done; echo "@@ end"`}},
	Whole: endsWithNewline,
}

// pmListPackages: services/core PackageManagerShellCommand.runListPackages; -U
// came with Android 8 and --show-versioncode with 9; before Android 7 it is
// frameworks/base cmds/pm. Always --user 0: elsewhere a Samsung's Secure Folder
// or a clone user answers instead.
var pmListPackages = Collector{
	Name: "pm-list-packages",
	When: Baseline,
	Forms: []Form{
		{From: 28, Argv: []string{"pm", "list", "packages", "-f", "-i", "-U", "--show-versioncode", "--user", "0"}},
		{From: 26, Argv: []string{"pm", "list", "packages", "-f", "-i", "-U", "--user", "0"}},
		{Argv: []string{"pm", "list", "packages", "-f", "-i", "--user", "0"}},
		{Argv: []string{"pm", "list", "packages", "-f", "--user", "0"}},
	},
	Whole: endsWithNewline,
}
