package collect

import "time"

// privappPermissions asks for the lists by which the image grants privileged
// permissions, a few packages at a time: services/core PackageManagerShellCommand
// runGetPrivappPermissions and its neighbours, from Android 8.
var privappPermissions = Collector{
	Name:  "privapp-permissions",
	When:  Baseline,
	About: Packages,
	Total: 3 * time.Minute,
	Forms: []Form{{From: 26, Script: `for p in {}; do ` +
		`echo "@@ package $p"; pm get-privapp-permissions "$p"; ` +
		`echo "@@ deny $p"; pm get-privapp-deny-permissions "$p"; ` +
		`echo "@@ oem $p"; pm get-oem-permissions "$p"; done; echo "@@ end"`}},
	Whole: endsWithNewline,
}
