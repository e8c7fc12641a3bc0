package collect

import "time"

// dumpsysConnectivity: services/core ConnectivityService.dump, from Android 12 in
// packages/modules/Connectivity: who asked for which network. The dump names
// access points and addresses: whoever hands a bundle on hands them on.
var dumpsysConnectivity = Collector{
	Name:  "dumpsys-connectivity",
	When:  Before | After,
	Total: time.Minute,
	Needs: []Need{{"service", "connectivity"}},
	Forms: []Form{{Argv: []string{"dumpsys", "connectivity"}}},
	Whole: endsWithNewline,
}
