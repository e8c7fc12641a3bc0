package collect

import "time"

// dumpsysAudio: services/core AudioService.dump. Its log of recordings, from
// Android 9, is a ring of 50 entries, so it is asked before and after.
var dumpsysAudio = Collector{
	Name:  "dumpsys-audio",
	When:  Before | After,
	Total: time.Minute,
	Needs: []Need{{"service", "audio"}},
	Forms: []Form{{From: 28, Argv: []string{"dumpsys", "audio"}}},
	Whole: endsWithNewline,
}
