package collect

import "time"

// uiHierarchy keeps what is on the screen after the last step, and what a dialog
// shows. uiautomator needs
// a file to write to, the same that steps look through, and reports its errors
// with exit status 0: the file is emptied before, so that an earlier screen never
// passes for this one, and after. Its last line has no end: echo adds it. Screens hold what their owner wrote and received:
// whoever hands a bundle on hands that on.
var uiHierarchy = Collector{
	Name:  "ui-hierarchy",
	When:  After | Dialog,
	Total: time.Minute,
	Needs: []Need{{"command", "uiautomator"}},
	Forms: []Form{{Script: `f=/data/local/tmp/assay-ui.xml; : > $f; uiautomator dump $f; cat $f; echo; : > $f`}},
	Whole: endsWithNewline,
}
