package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/obstacle"
	"assay/harness/scenario"
)

// pending is a change that waits to be taken back, and the attempt that made it.
type pending struct {
	change evidence.Change
	try    attempt
	told   bool // by the journal of an earlier part of the run
	over   bool // taken back
}

// changed journals a change before it is made.
func (hr *handsetRun) changed(t attempt, what string, undo []string) error {
	hr.past.changes++
	c := evidence.Change{ID: hr.past.changes, What: what, Undo: undo}
	e := t.entry(evidence.Changed)
	e.Change = &c
	if err := hr.note(e); err != nil {
		return err
	}
	if len(undo) > 0 {
		hr.past.pending = append(hr.past.pending, pending{change: c, try: t})
	}
	return nil
}

// undo takes back every pending change, the last first. A change that cannot be
// taken back is journalled as such and does not keep the others from it. The
// error is the transport's, or of a handset whose system is not up; what it kept
// from being undone stays pending. It may also be the host's disk's: the handset is
// put back all the same, and once more by who resumes the run.
func (hr *handsetRun) undo(ctx context.Context) error {
	var untold error
	for len(hr.past.pending) > 0 {
		c := hr.past.pending[len(hr.past.pending)-1]
		e := c.try.entry(evidence.Undone)
		e.Change = &c.change
		err := hr.unsent(c)
		if err == nil {
			var out string
			if out, err = hr.shell().Shell(ctx, c.change.Undo...); err != nil && !lastWord(out, err) {
				return errors.Join(err, untold)
			}
		}
		if err != nil {
			e.Kind, e.Note = evidence.UndoFailed, err.Error()
			hr.tellNotUndone(c.change, err)
		}
		hr.past.pending = hr.past.pending[:len(hr.past.pending)-1]
		untold = errors.Join(untold, hr.note(e))
	}
	return untold
}

// tellNotUndone tells an operator, but of what the shell is refused: that was told
// once for all of the handset. The journal has each.
func (hr *handsetRun) tellNotUndone(c evidence.Change, err error) {
	var r *obstacle.Refusal
	if errors.As(err, &r) {
		hr.unsaid = r
		return
	}
	hr.run.Log.Warn("not undone", "handset", hr.place.Entry.Name(), "change", c.What, "cause", err)
}

// unsent says why a change is not taken back that the journal tells of: the command
// for it is none of a step of its scenario. It is not sent.
func (hr *handsetRun) unsent(c pending) error {
	if !c.told {
		return nil
	}
	s := scenario.Scenario{Name: c.try.scenario}
	if i := slices.IndexFunc(hr.run.plan.Scenarios, func(s scenario.Scenario) bool { return s.Name == c.try.scenario }); i >= 0 {
		s = hr.run.plan.Scenarios[i]
	}
	if err := s.Undoable(c.change.Undo); err != nil {
		return fmt.Errorf("not sent: %w", err)
	}
	return nil
}

// lastWord says whether a command that failed said so itself, on a handset whose
// system is up: asked again, it would say the same.
func lastWord(out string, err error) bool {
	var exit *adb.ExitError
	if errors.As(err, &exit) {
		return !systemDown(out, exit.Stderr, exit.Exit)
	}
	return refused(err)
}

// refused says whether an error is a command's own exit status, rather than the
// transport's fault.
func refused(err error) bool {
	var exit interface{ ExitCode() int }
	return errors.As(err, &exit)
}

// errSystemDown is a handset that answers in its shell, and whose system does not.
var errSystemDown = errors.New("the handset's system is not up: it restarts, or boots")

// errDumpTimedOut is a service that did not end its dump within the time that
// dumpsys gives it: what it printed is a part, and the exit status is 0.
var errDumpTimedOut = errors.New("dumpsys says that the service's dump timed out")

// dumpTimedOut looks for dumpsys' last words, of any release.
func dumpTimedOut(out string) bool {
	_, said := android.TimedOut(out[max(0, len(out)-mostComplaint):])
	return said
}

// mostComplaint is how long an answer can be that is nothing but a complaint.
const mostComplaint = 300

// systemDown says whether a command met a shell without a system, as after a boot or a
// restart of system_server: one of the services was not there that are everywhere. cmd,
// service and dumpsys name it, the last with exit status 0 and without shell v2 on stdout
// (frameworks/native, cmds/cmd and cmds/dumpsys); pm and am before Android 8 ask
// whether the system is running, and name none.
func systemDown(out, complaint string, exit int) bool {
	said := complaint
	trimmed := strings.TrimSpace(out)
	complains := exit != 0 || android.SaysOf(trimmed) == android.SaysUnsupported || strings.HasPrefix(trimmed, "Error")
	if len(out) <= mostComplaint && complains {
		said += "\n" + out
	}
	if android.Down(said) {
		return true
	}
	service, missing := android.MissingService(said)
	return missing && slices.Contains(everywhere, service)
}

// everywhere are services without which no Android is up: which of the others a
// build has is its own business.
var everywhere = []string{"", "activity", "package", "settings", "window"}
