package lab

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"assay/harness/adb"
	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/obstacle"
)

// handset is what scenarios and collectors see of a leased handset.
type handset struct {
	lease  *farm.Lease
	limits Limits
	budget *budget // of the job; nil: none
	keeper keeper  // nil: nothing is changed on it, and nobody brings it back
	waiter waiter
}

// keeper is the job that drives a handset: it journals what is about to change, and
// brings the handset back.
type keeper interface {
	// changed journals a change before it is made.
	changed(what string, undo []string) error
	// hold journals how a part of the state stands before it is changed.
	hold(part, state string) error
	// beforeDump runs before the views are dumped.
	beforeDump(ctx context.Context) error
	// regain brings the handset back after its adb server died, and says whether it
	// is, with the boot that it had.
	regain(ctx context.Context, err error, before farm.Outages) bool
}

// Shell runs a command and gives its stdout. A handset whose system is not up has
// not answered: that is the lab's fault, and says nothing of what it has.
func (h *handset) Shell(ctx context.Context, argv ...string) (string, error) {
	if argv[0] == "uiautomator" && h.keeper != nil {
		if err := h.keeper.beforeDump(ctx); err != nil {
			return "", err
		}
	}
	var out stamped
	err := h.shell(ctx, &out, argv...)
	return out.String(), err
}

// shell asks, and again where the adb server died and asking twice changes nothing.
func (h *handset) shell(ctx context.Context, out *stamped, argv ...string) error {
	return h.despite(ctx, onlyReads(argv), func() error { return h.shellOnce(ctx, out, argv...) }, func() error {
		*out = stamped{}
		return nil
	})
}

func (h *handset) shellOnce(ctx context.Context, out *stamped, argv ...string) error {
	answer := h.limits.answer()
	ctx, cancel := context.WithTimeoutCause(ctx, answer, fmt.Errorf("no answer to %q within %s", strings.Join(argv, " "), answer))
	defer cancel()
	defer h.alive()
	var complaint limited
	c := adb.Command{Argv: argv, Stdout: out, Stderr: &complaint, Limit: mostShell}
	exit, err := h.lease.Device.Run(ctx, c)
	switch {
	case err != nil:
		return err
	case systemDown(out.String(), complaint.String(), exit):
		return fmt.Errorf("%s: %w", c.String(), errSystemDown)
	case dumps(argv) && dumpTimedOut(out.String()):
		return fmt.Errorf("%s: %w", c.String(), errDumpTimedOut)
	}
	return answered(c, exit, out.String(), complaint.String())
}

// answered is the error of a command that came to its end: its exit status, or what
// adb's shell was refused, whatever the exit status.
func answered(c adb.Command, exit int, out, complaint string) error {
	said := complaint
	if exit != 0 || obstacle.Complains(out) {
		said += "\n" + out[:min(len(out), mostRefusal)]
	}
	r := obstacle.Refused(said)
	if exit == 0 && r == nil {
		return nil
	}
	exited := &adb.ExitError{Command: c.String(), Exit: exit, Stderr: complaint}
	if r == nil {
		return exited
	}
	return r.With(exited)
}

// mostRefusal is how much of what a command prints may be a refusal, bytes.
const mostRefusal = 4 << 10

// dumps says whether the last that a command prints may be a service's dump.
func dumps(argv []string) bool {
	return argv[0] == "dumpsys" || argv[0] == "sh" && strings.Contains(argv[len(argv)-1], "dumpsys ")
}

// stamped keeps what a command prints, and when the first of it came.
type stamped struct {
	strings.Builder
	first time.Time
}

func (s *stamped) Write(p []byte) (int, error) {
	if s.first.IsZero() {
		s.first = time.Now()
	}
	return s.Builder.Write(p)
}

// mostShell is the most that is read of one answer.
const mostShell = 16 << 20

// alive renews the lease: a run on a handset that hangs does not come here, and loses it.
func (h *handset) alive() {
	_ = h.lease.Renew() // where it is over, the attempt's context is done
}

// SDK is the handset's.
func (h *handset) SDK() int { return h.lease.Handset.Build.SDK }

// Change journals a change.
func (h *handset) Change(_ context.Context, what string, undo ...string) error {
	return h.keeper.changed(what, undo)
}

// Hold journals how a part of the handset's state stands.
func (h *handset) Hold(_ context.Context, part, state string) error {
	return h.keeper.hold(part, state)
}

func (h *handset) runWithin(ctx context.Context, silence, total time.Duration, call collect.Call) collect.Result {
	return h.within(call, func(call collect.Call) collect.Result { return h.runCall(ctx, silence, total, call) })
}

func (h *handset) runCall(ctx context.Context, silence, total time.Duration, call collect.Call) collect.Result {
	command := adb.Command{Argv: call.Argv, Stdout: call.Stdout, Total: total, Silence: silence, Limit: call.Limit}
	if call.Total == collect.Forever {
		command.Total, command.Silence = 0, -1
	}
	if call.Script != "" {
		command.Argv = []string{"sh", "-c", call.Script}
	}
	var complaint limited
	command.Stderr = &complaint
	run := h.lease.Device.Run
	if call.Binary && h.SDK() < 24 { // without shell v2 a terminal would turn line ends
		run = h.lease.Device.Exec
	}
	exit, err := run(ctx, command)
	h.alive()
	var timeout interface{ Timeout() bool }
	var over *adb.OutputLimit
	r := collect.Result{
		Stderr:  complaint.String(),
		Err:     err,
		Timeout: errors.As(err, &timeout) && timeout.Timeout(),
		Cut:     errors.As(err, &over),
	}
	if err == nil {
		r.Exit = &exit
	}
	return r
}

// askClock asks for the clock and, in seconds, for the time since boot.
const askClock = `date "+%Y-%m-%d %H:%M:%S %z"; cat /proc/uptime 2>/dev/null; `

// Clock reads the handset's clock, and the host's half-way to its answer.
func (h *handset) Clock(ctx context.Context) (*evidence.Clock, error) {
	var out stamped
	before := time.Now()
	if err := h.shell(ctx, &out, "sh", "-c", askClock+"true"); err != nil {
		return nil, err
	}
	return readClock(before, out.first, out.String()), nil
}

// andThen is a line between what two commands of one shell print.
const andThen = "@@"

// ClockAnd reads the clock and runs a command in the same shell. The error of what
// the command was refused, with its exit status, leaves the clock read.
func (h *handset) ClockAnd(ctx context.Context, argv ...string) (*evidence.Clock, string, error) {
	var out stamped
	before := time.Now()
	err := h.shell(ctx, &out, "sh", "-c", askClock+"echo "+andThen+"; "+adb.Quote(argv...))
	if err != nil && !refused(err) {
		return nil, "", err
	}
	told, said, _ := strings.Cut(strings.ReplaceAll(out.String(), "\r\n", "\n"), "\n"+andThen+"\n")
	return readClock(before, out.first, told), said, err
}

// readClock reads what askClock had printed, the first of it at a time of the
// host's. A handset whose date says something else has an unknown clock: nil.
func readClock(before, first time.Time, out string) *evidence.Clock {
	date, uptime, _ := strings.Cut(strings.TrimSpace(out), "\n")
	device, err := time.Parse("2006-01-02 15:04:05 -0700", strings.TrimSpace(date))
	if err != nil {
		return nil
	}
	c := &evidence.Clock{Host: before.Add(first.Sub(before) / 2).UTC(), Device: device}
	since, _, _ := strings.Cut(uptime, " ")
	if up, err := time.ParseDuration(since + "s"); err == nil && up > 0 {
		c.Booted = device.Add(-up)
	}
	return c
}

// limited keeps the first of what is written to it.
type limited struct{ strings.Builder }

func (l *limited) Write(p []byte) (int, error) {
	if room := 4<<10 - l.Len(); room > 0 {
		l.Builder.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
