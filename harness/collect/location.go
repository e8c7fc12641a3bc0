package collect

import "time"

// dumpsysLocation: services/core LocationManagerService.dump. Its history counts
// from the handset's start and its log is a ring, so it is asked before and
// after. The dump holds the last fixes: whoever hands a bundle on hands them on.
var dumpsysLocation = Collector{
	Name:  "dumpsys-location",
	When:  Before | After,
	Total: time.Minute,
	Needs: []Need{{"service", "location"}},
	Forms: []Form{{Argv: []string{"dumpsys", "location"}}},
	Whole: endsWithNewline,
}
