package finding

import (
	"slices"
	"time"

	"assay/harness/android"
	"assay/harness/observe/fact"
)

// tri is yes, no, or not known.
type tri int

const (
	maybe tri = iota
	yes
	no
)

// late is the most by which the dump after the steps is taken to follow the last
// of them.
const late = 3 * time.Second

// shows says whether an app is what the steps have on the screen at a time of
// the handset's.
func (w *window) shows(p android.Package, at time.Time) tri {
	now := screen{}
	for i, s := range w.steps {
		begins := w.began(i)
		if begins.IsZero() || s.Device.IsZero() || at.Before(begins) {
			break
		}
		after := now.then(s)
		if !at.Before(s.Device) {
			now = after
			continue
		}
		switch { // during the step
		case now == after:
		case s.Verb == "launch" && after.known && after.app == p:
			now = after // it comes up, and what it does it does on the screen
		default:
			now = screen{}
		}
		break
	}
	switch {
	case !now.known:
		return maybe
	case now.app == p:
		return yes
	}
	return no
}

// screen is what the steps have put on the screen: an app, or none.
type screen struct {
	known bool
	app   android.Package
}

// then gives what is on the screen after a step. A step that may lead anywhere,
// or did not do what it was to do, leaves it unknown.
func (now screen) then(s fact.Step) screen {
	if s.Unwatched != "" || slices.ContainsFunc(s.Dialogs, fact.Dialog.Disturbed) {
		return screen{} // it was covered, and then left, perhaps further than meant
	}
	switch s.Verb {
	case "launch":
		return screen{s.Result == fact.StepOK && s.Package != "", android.Package(s.Package)}
	case "home":
		return screen{s.Result == fact.StepOK, ""}
	case "stop":
		if android.Package(s.Package) == now.app {
			return screen{now.known, ""}
		}
		return now
	case "wait", "wait-for", "type", "swipe", "answer", "revoke", "grant":
		return now
	case "idle":
		if now.app == "" {
			return now
		}
	}
	return screen{}
}
