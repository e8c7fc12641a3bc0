package lab

import (
	"context"
	"errors"
	"slices"
	"strings"

	"assay/harness/adb"
	"assay/harness/evidence"
)

// pending is a change that waits to be taken back, and the attempt that made it.
type pending struct {
	change evidence.Change
	try    try
}

// changed journals a change before it is made.
func (b *bout) changed(t try, what string, undo []string) error {
	b.changes++
	c := evidence.Change{ID: b.changes, What: what, Undo: undo}
	e := t.entry(evidence.Changed)
	e.Change = &c
	if err := b.note(e); err != nil {
		return err
	}
	if len(undo) > 0 {
		b.pending = append(b.pending, pending{c, t})
	}
	return nil
}

// undo takes back every pending change, the last first. A change that cannot be
// taken back is journalled as such and does not keep the others from it. The
// error is the transport's, or of a handset whose system is not up; what it kept
// from being undone stays pending. It may also be the host's disk's: the handset is
// put back all the same, and once more by who resumes the run.
func (b *bout) undo(ctx context.Context) error {
	var untold error
	for len(b.pending) > 0 {
		c := b.pending[len(b.pending)-1]
		e := c.try.entry(evidence.Undone)
		e.Change = &c.change
		out, err := b.lease.Device.Shell(ctx, c.change.Undo...)
		if err != nil && (!refused(err) || systemless(out, err)) {
			return errors.Join(err, untold)
		}
		if err != nil {
			e.Kind, e.Note = evidence.UndoFailed, err.Error()
			b.Log.Warn("not undone", "handset", b.place.Entry.Name(), "change", c.change.What, "cause", err)
		}
		b.pending = b.pending[:len(b.pending)-1]
		untold = errors.Join(untold, b.note(e))
	}
	return untold
}

// refused says whether an error is a command's own exit status, rather than the
// transport's fault.
func refused(err error) bool {
	var exit interface{ ExitCode() int }
	return errors.As(err, &exit)
}

// errSystemDown is a handset that answers in its shell, and whose system does not.
var errSystemDown = errors.New("the handset's system is not up: it restarts, or boots")

// systemDown says whether an answer is that of a shell without a system: one of
// the services that every Android has is not there, or pm or am ask whether the
// system is running. dumpsys says so with exit status 0 (frameworks/native,
// cmds/dumpsys/dumpsys.cpp), and without shell v2 on stdout.
func systemDown(out, complaint string, exit int) bool {
	if len(out) > 300 {
		return false
	}
	said := complaint
	if exit != 0 || strings.HasPrefix(strings.TrimSpace(out), "Can't find service: ") || strings.HasPrefix(strings.TrimSpace(out), "Error") {
		said += out
	}
	if strings.Contains(said, "s the system running?") {
		return true
	}
	_, service, found := strings.Cut(said, "Can't find service: ")
	service, _, _ = strings.Cut(strings.TrimSpace(service), "\n")
	return found && slices.Contains([]string{"activity", "package", "settings", "window"}, strings.TrimSpace(service))
}

// systemless says whether a command was refused because the handset's system is
// not up, as after a boot or a restart of system_server: cmd and service say that
// they find no service (frameworks/native, cmds/cmd), pm and am before Android 8
// ask whether the system is running. It is then not the last word.
func systemless(out string, err error) bool {
	said := out
	var exit *adb.ExitError
	if errors.As(err, &exit) {
		said += exit.Stderr
	}
	return strings.Contains(said, "Can't find service: ") || strings.Contains(said, "s the system running?")
}
