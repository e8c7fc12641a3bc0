package collect

// logcat is streamed from before the first step until after the last, and never
// cleared. -T 1 starts at the newest entry, so that the stream proves that it
// stands before the first step. Modifiers uid, year and zone came with Android 7
// (system/core liblog, logprint.c).
var logcat = Collector{
	Name: "logcat",
	When: Stream,
	Forms: []Form{
		{From: 24, Argv: []string{"logcat", "-b", "main,system,crash,events", "-v", "threadtime", "-v", "year", "-v", "zone", "-v", "uid", "-T", "1"},
			Needs: []Need{{"option", "logcat -v uid"}}},
		{Argv: []string{"logcat", "-b", "main", "-b", "system", "-b", "crash", "-b", "events", "-v", "threadtime", "-T", "1"}},
	},
}
