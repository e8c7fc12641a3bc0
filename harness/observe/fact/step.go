package fact

import (
	"time"

	"assay/harness/android"
)

// Step is what the harness did: one step of the scenario, or one of its marks.
type Step struct {
	Index   int        `json:"index"` // from 1; finally steps go on counting
	Verb    string     `json:"verb"`
	Text    string     `json:"text"`              // as the scenario writes it
	Package string     `json:"package,omitempty"` // what it was aimed at
	Started time.Time  `json:"started"`           // host clock
	Ended   time.Time  `json:"ended"`
	Device  time.Time  `json:"device"`          // the handset's clock and zone at its end; zero where unknown
	Booted  time.Time  `json:"booted,omitzero"` // by that clock, when it was switched on: moves where the clock is set; zero where unknown
	Result  StepResult `json:"result"`
	Detail  string     `json:"detail,omitempty"`
	// Dialog and Answer are set by answer: the permission asked for, as the
	// scenario declares it, and allow, deny …
	Dialog string `json:"dialog,omitempty"`
	Answer string `json:"answer,omitempty"`
	// Standing says that the handset does not ask again, since the same answer was given before.
	Standing bool  `json:"standing,omitempty"`
	Log      int64 `json:"log"` // bytes of the log stream at its end
	// Dialogs are those that came in front during the step. Unwatched is why the harness
	// cannot know whether there were others; empty: it can.
	Dialogs   []Dialog `json:"dialogs,omitempty"`
	Unwatched string   `json:"unwatched,omitempty"`
}

// StepResult is what became of a step.
type StepResult string

// Results of a step.
const (
	StepOK            StepResult = "ok"
	StepFailed        StepResult = "failed"
	StepNotApplicable StepResult = "not applicable" // the handset's release has nothing that it could do
)

func (Step) Kind() string { return "step" }

// Answers to a dialog that are no word of the scenario's.
const (
	AnswerLeave  = "leave"  // the scenario declares it: the dialog may stand
	AnswerStays  = "stays"  // nothing that may be pressed took it away
	AnswerBack   = "back"   // the key
	AnswerHome   = "home"   // the key
	AnswerUnlock = "unlock" // a lock screen that asked for no secret
)

// Dialog is a window that came in front while a step was played, and what the
// harness did about it.
type Dialog struct {
	Name     string          `json:"name"`              // permission, anr, crash, update, sim, usb-mode, maker, keyguard, unknown
	Window   string          `json:"window"`            // as the window manager calls it
	Package  android.Package `json:"package,omitempty"` // whose it is
	IDs      []string        `json:"ids,omitempty"`     // resource-ids on it, the first few
	Answer   string          `json:"answer"`            // how it was closed: deny …, or one of the Answers above
	Declared bool            `json:"declared"`          // the scenario says what to answer
	Early    bool            `json:"early,omitempty"`   // it was there, and gone, before the first step
	Files    []string        `json:"files,omitempty"`   // captures of it, relative to the bundle: screenshot, ui-hierarchy
}

// Disturbed says whether the dialog may have kept apps from what they would have done: the
// scenario did not foresee it, or could not close it in the way that it declares.
func (d Dialog) Disturbed() bool {
	return !d.Early && (!d.Declared || d.Answer == AnswerStays || d.Answer == AnswerHome)
}
