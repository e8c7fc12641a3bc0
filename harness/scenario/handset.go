package scenario

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Handset is the least that a step may ask for.
type Handset interface {
	// Shell runs a command, each argument quoted, and gives its stdout. A non-zero
	// exit is an error with a method ExitCode() int.
	Shell(ctx context.Context, argv ...string) (string, error)
	// SDK is ro.build.version.sdk.
	SDK() int
	// Sleep waits on the handset's own clock.
	Sleep(ctx context.Context, d time.Duration) error
	// Change puts a change of the handset's state in the journal, before it is
	// made, with the argv that takes it back; none: nothing can or need be undone.
	Change(ctx context.Context, what string, undo ...string) error
	// Hold puts in the journal how a part of the handset's state stands (see Standing)
	// before it is changed the first time: when all is taken back, it is compared.
	Hold(ctx context.Context, part, state string) error
}

// Step is one thing that a person would do. Do returns an error that wraps
// ErrExpectation where the handset answered, but not as the scenario expects;
// any other error is infrastructure's.
type Step interface {
	Do(ctx context.Context, h Handset, t Target) (Report, error)
	String() string // the step in words: launch com.x/.Main
}

// Report is what became of a step, apart from its error.
type Report struct {
	NotApplicable bool   // this release or target has nothing for the step to do
	Detail        string // one sentence, for the reader of a step list; may be empty
	Package       string // what the step was aimed at, where it was aimed at one
	Dialog        string // answer: the permission that was asked for, as declared, in full
	Answer        string // answer: what was tapped: allow, deny …
	Standing      bool   // answer: nobody is asked again on this handset; an earlier answer of the same sense stands
}

// ErrExpectation is wrapped by every error that is the handset's answer to a
// step, and not the lab's fault.
var ErrExpectation = errors.New("the handset did not answer as expected")

// Unmet is an expectation of a step that the handset did not meet.
type Unmet struct {
	Expected string // "a dialog that asks for android.permission.CAMERA"
	Seen     string // "no dialog appeared within 10s"
}

// Error says what was expected and what was seen.
func (u *Unmet) Error() string { return fmt.Sprintf("expected %s: %s", u.Expected, u.Seen) }

// Unwrap makes errors.Is(err, ErrExpectation) true.
func (u *Unmet) Unwrap() error { return ErrExpectation }

// ErrNoTarget is wrapped by the error that Resolve returns where a handset has
// nothing that a subject names: the scenario is not applicable there.
var ErrNoTarget = errors.New("nothing on the handset answers to the subject")

// NoTarget says what was asked for, and everything that was tried.
type NoTarget struct {
	Subject Subject
	Tried   []string
}

// Error names the subject and what was tried.
func (n *NoTarget) Error() string {
	return fmt.Sprintf("no app for %s: tried %s", n.Subject, strings.Join(n.Tried, "; "))
}

// Unwrap makes errors.Is(err, ErrNoTarget) true.
func (n *NoTarget) Unwrap() error { return ErrNoTarget }
