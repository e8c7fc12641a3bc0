package printout

import (
	"bytes"
	"fmt"
	"slices"

	"assay/harness/android"
	"assay/harness/observe/fact"
)

// Sign is something that a whole print-out shows, and that silence or a part of one lacks.
// It is shown by a line that begins with one of Starts and contains Holds, or by a fact for
// which Fact is true.
type Sign struct {
	From, To int      // SDKs whose print-outs show it; To 0: no end
	Starts   []string // nil: any line
	Holds    string
	Blank    bool   // instead: an empty line
	Behind   string // the sign counts only behind a line that begins so; empty: anywhere
	Fact     func(fact.Fact) bool
	What     string // in words: the heading "Packages:"
}

// shownBy says whether print-outs of an SDK show the sign for certain. If the SDK is not
// known, only a sign of all of them is certain.
func (s *Sign) shownBy(sdk int) bool {
	if sdk == 0 {
		return s.From == 0 && s.To == 0
	}
	return sdk >= s.From && (s.To == 0 || sdk <= s.To)
}

// Least is what a whole print-out of a source shows at the least.
type Least struct {
	Signs []Sign
	// Ends are what only its last lines show: one of them is enough to say that it was
	// not cut off. A source without any has no end that can be seen.
	Ends []Sign
	// Headed says that a script of the harness's own prints it, and that something stands
	// below each of its lines "@@ …".
	Headed bool
	// Marked says that Lines passes over its last line, "@@ end".
	Marked bool
	// Quiet is why a healthy handset may print nothing. Empty: it always prints something.
	Quiet string
}

// End says whether a print-out shows its own end.
type End string

// Ends of print-outs. The zero value is of sources whose end cannot be seen.
const (
	EndSeen    End = "seen"
	EndMissing End = "missing"
)

// watcher looks for the signs of one print-out.
type watcher struct {
	signs  []watched
	ends   []watched // until one is seen
	ended  bool      // one was
	told   bool      // the print-out says something
	headed bool
	marked bool
	quiet  bool
	lack   string // what the parser itself missed
	head   []byte // a heading of ours below which nothing has come yet
	bare   string // the first that nothing came below
}

type watched struct {
	*Sign
	open bool // what it stands behind has come
}

// newWatcher looks for what a whole print-out shows on an SDK.
func newWatcher(l Least, sdk int) *watcher {
	return &watcher{signs: watchedOf(l.Signs, sdk), ends: watchedOf(l.Ends, sdk), headed: l.Headed, marked: l.Marked, quiet: l.Quiet != ""}
}

func watchedOf(signs []Sign, sdk int) []watched {
	var all []watched
	for i := range signs {
		if s := &signs[i]; s.shownBy(sdk) {
			all = append(all, watched{s, s.Behind == ""})
		}
	}
	return all
}

// line looks at one line.
func (w *watcher) line(t []byte) {
	if !w.told && len(bytes.TrimSpace(t)) > 0 {
		w.told = true
	}
	if w.headed {
		w.below(t)
	}
	if len(t) > 0 && t[0] == broken[0] && bytes.HasPrefix(t, broken) && w.lack == "" {
		w.lack = "what follows \"" + string(broken) + "\""
	}
	if len(w.signs) > 0 {
		w.signs = slices.DeleteFunc(w.signs, func(s watched) bool { return s.Fact == nil && s.open && s.in(t) })
		opened(w.signs, t)
	}
	if !w.ended && len(w.ends) > 0 {
		w.ended = slices.ContainsFunc(w.ends, func(s watched) bool { return s.Fact == nil && s.open && s.in(t) })
		opened(w.ends, t)
	}
}

// opened notes which signs count from here on.
func opened(signs []watched, t []byte) {
	for i := range signs {
		if !signs[i].open && bytes.HasPrefix(t, []byte(signs[i].Behind)) {
			signs[i].open = true
		}
	}
}

// in says whether a line shows the sign.
func (s watched) in(t []byte) bool {
	if s.Blank {
		return len(bytes.TrimSpace(t)) == 0
	}
	begins := len(s.Starts) == 0 || slices.ContainsFunc(s.Starts, func(start string) bool { return bytes.HasPrefix(t, []byte(start)) })
	return begins && bytes.Contains(t, []byte(s.Holds))
}

// below notes the first heading of a script that the next one follows at once.
func (w *watcher) below(t []byte) {
	heading := bytes.HasPrefix(t, HeadingMark)
	if len(w.head) > 0 && heading && w.bare == "" {
		w.bare = string(w.head)
	}
	w.head = w.head[:0]
	if heading && !bytes.Equal(t, EndLine) {
		w.head = append(w.head, t[:min(len(t), 200)]...)
	}
}

// fact looks at one fact.
func (w *watcher) fact(f fact.Fact) {
	if len(w.signs) > 0 {
		w.signs = slices.DeleteFunc(w.signs, func(s watched) bool { return s.Fact != nil && s.Fact(f) })
	}
	if !w.ended && len(w.ends) > 0 {
		w.ended = slices.ContainsFunc(w.ends, func(s watched) bool { return s.Fact != nil && s.open && s.Fact(f) })
	}
}

// lacks says in words what the print-out does not show, or "".
func (w *watcher) lacks() string {
	switch {
	case !w.told && w.quiet:
		return ""
	case !w.told:
		return "it printed nothing"
	case len(w.signs) > 0:
		return "it does not show " + w.signs[0].What
	case w.lack != "":
		return "it does not show " + w.lack
	case w.bare == "" && len(w.head) > 0:
		w.bare = string(w.head)
	}
	if w.bare != "" {
		return fmt.Sprintf("nothing stands below %q", w.bare)
	}
	return ""
}

// end says whether the print-out shows its end.
func (w *watcher) end() End {
	switch {
	case w.ended:
		return EndSeen
	case len(w.ends) > 0:
		return EndMissing
	}
	return ""
}

// broken is what a service prints where its dump ends in an exception (core
// android/os/Binder.java doDump, Android 5 to 16); dumpsys exits with 0 all the same.
var broken = []byte(android.DumpBroke)
