package collect

import "time"

// dumpsysMediaCamera: frameworks/av CameraService::dump. Its log is a ring of 100
// entries, so it is asked before and after. Vendors' HALs print along, at length,
// and some hang.
var dumpsysMediaCamera = Collector{
	Name:  "dumpsys-media-camera",
	When:  Before | After,
	Total: time.Minute,
	Needs: []Need{{"service", "media.camera"}},
	Forms: []Form{
		{From: 24, Argv: []string{"dumpsys", "-t", "30", "media.camera"}},
		{Argv: []string{"dumpsys", "media.camera"}},
	},
	Whole: endsWithNewline,
}
