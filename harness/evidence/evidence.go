// Package evidence keeps what a handset printed: raw bytes on disk first, then
// their SHA-256, then everything else. A bundle holds one attempt; it is sealed
// by its manifest, and what was killed before that is never taken for whole.
package evidence

import (
	"time"

	"assay/harness/android"
)

// Phase says when, within an attempt, a capture was taken.
type Phase string

// Phases of an attempt.
const (
	Before Phase = "before" // before the first step
	During Phase = "during" // streamed or sampled while the steps ran
	After  Phase = "after"  // after the last step
)

// State says how much of what was asked for a capture holds. The zero value is
// Unknown, which weakens a verdict as any state but Whole does.
type State string

// States of coverage. Only Whole says that nothing is missing: a handset that printed
// nothing has not shown that there was nothing.
const (
	Unknown     State = ""
	Whole       State = "whole"
	Empty       State = "empty"       // not one byte came
	Denied      State = "denied"      // the handset refused
	Unsupported State = "unsupported" // this release or maker has no such source
	TimedOut    State = "timed out"
	Truncated   State = "truncated" // cut off: by the transport, by a limit, or in itself
	NotRun      State = "not run"
)

// States are the states that a coverage is told in, Unknown last.
var States = []State{Whole, Empty, Denied, Unsupported, TimedOut, Truncated, NotRun, Unknown}

// Gap is a stretch that a streamed capture is known to have missed.
type Gap struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Reason string    `json:"reason"`
}

// Coverage says what a capture saw, and in words why it saw no more.
type Coverage struct {
	State  State  `json:"state"`
	Reason string `json:"reason,omitempty"`
	Gaps   []Gap  `json:"gaps,omitempty"`
}

// Complete says whether "not found in this capture" means "was not there".
func (c Coverage) Complete() bool {
	return c.State == Whole && len(c.Gaps) == 0
}

// Clock is one reading of the handset's clock beside the host's.
type Clock struct {
	Host   time.Time `json:"host"`   // UTC
	Device time.Time `json:"device"` // in the handset's own zone
	// Booted is when it was switched on, by that clock: it moves only where the
	// clock is set. Zero where the uptime could not be read.
	Booted time.Time `json:"booted,omitzero"`
}

// Offset is how far the handset's clock is ahead of the host's.
func (c Clock) Offset() time.Duration { return c.Device.Sub(c.Host) }

// Capture is the raw output of one collector at one moment.
type Capture struct {
	Source   string    `json:"source"`            // the collector's name: getprop, dumpsys-appops
	Subject  string    `json:"subject,omitempty"` // what it was asked about, where it was asked about one thing
	Phase    Phase     `json:"phase"`
	Command  []string  `json:"command"`           // as sent to the handset, or the imported file's name
	Instead  string    `json:"instead,omitempty"` // why no earlier form of the question was asked or heard
	Exit     *int      `json:"exit,omitempty"`    // nil where the shell gave none
	Stderr   string    `json:"stderr,omitempty"`  // its first 4 KiB
	Started  time.Time `json:"started"`           // host clock, UTC
	Ended    time.Time `json:"ended"`
	Clock    *Clock    `json:"clock,omitempty"`   // sampled just before it; nil where it could not be
	File     string    `json:"file"`              // the body, relative to the bundle, with slashes
	Size     int64     `json:"size"`              // bytes of the body
	Trimmed  bool      `json:"trimmed,omitempty"` // an imported print-out whose last line's end was cut off by who took it
	SHA256   string    `json:"sha256"`            // of the body, hex
	Coverage Coverage  `json:"coverage"`
}

// Screenshot is the source of pictures of the screen: the one body that is no text.
const Screenshot = "screenshot"

// Span is a stretch of one capture's body.
type Span struct {
	Line   int   `json:"line"`   // the first line, counted from 1
	Offset int64 `json:"offset"` // of the first byte
	Length int64 `json:"length"` // in bytes, line end not included
}

// Ref leads from a cell of a report to the bytes that it rests on.
type Ref struct {
	Bundle string `json:"bundle"` // the bundle's folder, relative to the run
	File   string `json:"file"`   // relative to the bundle
	Span
}

// Head names the attempt that a bundle belongs to.
type Head struct {
	Schema   int             `json:"schema"` // of this format: 2
	Handset  android.Handset `json:"handset"`
	Scenario string          `json:"scenario"` // Baseline for what is captured once per handset
	Repeat   int             `json:"repeat"`   // from 1
	Attempt  int             `json:"attempt"`  // from 1
	Subject  string          `json:"subject,omitempty"`
	Created  time.Time       `json:"created"`
}

// Baseline is the Scenario of the bundle that holds what is captured once per
// handset and run: its properties, packages and permissions.
const Baseline = "baseline"

// Imported is the Scenario of a bundle made from print-outs that others took.
const Imported = "import"

// Manifest seals a bundle: a bundle without one was never finished. The journal
// seals the manifest: it names its digest.
type Manifest struct {
	Head
	Blind    string    `json:"blind"` // 32 bytes of chance, hex: no digest of the manifest leads back to a value in it
	Index    string    `json:"index"` // SHA-256 of captures.jsonl, hex
	Sealed   time.Time `json:"sealed"`
	Outcome  Outcome   `json:"outcome"`
	Captures []Capture `json:"captures"`

	Digest string `json:"-"` // SHA-256 of manifest.json as it stands on disk, hex
}

// Outcome says how an attempt ended, apart from what the handset's apps did.
type Outcome struct {
	State  OutcomeState `json:"state"`
	Owner  Owner        `json:"owner,omitempty"`  // of the fault
	Cause  string       `json:"cause,omitempty"`  // in words
	Remedy string       `json:"remedy,omitempty"` // what a person can do about it
}

// Owner is whose fault it was that an attempt did not end as it should.
type Owner string

// Owners of a fault. What a handset lacks or refuses is its own; a verdict it is not.
const (
	OwnerHost    Owner = "host"       // this computer: its disk, or who stopped the run
	OwnerServer  Owner = "adb server" // it died, or is of another version
	OwnerHandset Owner = "handset"
	OwnerHarness Owner = "harness" // assay itself
)

// OutcomeState is how an attempt ended.
type OutcomeState string

// Outcome states. Only a Finished attempt, or the captures of a StepFailed one,
// bear on a verdict.
const (
	Finished      OutcomeState = "finished"
	StepFailed    OutcomeState = "step failed"    // the handset answered, but not as the scenario expected
	NotApplicable OutcomeState = "not applicable" // the handset has nothing that the scenario is about
	Infra         OutcomeState = "infrastructure" // the lab's fault
	Interrupted   OutcomeState = "interrupted"
	NotStarted    OutcomeState = "not run"
)

// Counts says whether what an attempt that ended so captured bears on a verdict.
func (s OutcomeState) Counts() bool { return s == Finished || s == StepFailed }
