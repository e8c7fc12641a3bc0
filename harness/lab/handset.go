package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/harness/adb"
	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/farm"
)

// handset is what scenarios and collectors see of a leased handset.
type handset struct {
	lease  *farm.Lease
	limits Limits
	// change journals a change before it is made.
	change func(what string, undo []string) error
	// rest sleeps through one slice of a wait, and then looks at what is looked at
	// between two; nil: it only sleeps.
	rest func(ctx context.Context, nap time.Duration) error
}

// Shell runs a command and gives its stdout. A handset whose system is not up has
// not answered: that is the lab's fault, and says nothing of what it has.
func (h *handset) Shell(ctx context.Context, argv ...string) (string, error) {
	answer := h.limits.answer()
	ctx, cancel := context.WithTimeoutCause(ctx, answer, fmt.Errorf("no answer to %q within %s", strings.Join(argv, " "), answer))
	defer cancel()
	defer h.alive()
	var out strings.Builder
	var complaint limited
	c := adb.Command{Argv: argv, Stdout: &out, Stderr: &complaint, Limit: mostShell}
	exit, err := h.lease.Device.Run(ctx, c)
	service, down := systemDown(out.String(), complaint.String(), exit)
	switch {
	case err != nil:
		return out.String(), err
	case down && slices.Contains(everywhere, service):
		return out.String(), fmt.Errorf("%s: %w", c.String(), errSystemDown)
	case argv[0] == "dumpsys" && dumpTimedOut(out.String()):
		return out.String(), fmt.Errorf("%s: %w", c.String(), errDumpTimedOut)
	case exit != 0:
		return out.String(), &adb.ExitError{Command: c.String(), Exit: exit, Stderr: complaint.String()}
	}
	return out.String(), nil
}

// mostShell is the most that is read of one answer.
const mostShell = 16 << 20

// alive renews the lease: a bout that hangs does not come here, and loses it.
func (h *handset) alive() {
	_ = h.lease.Renew() // where it is over, the attempt's context is done
}

// SDK is the handset's.
func (h *handset) SDK() int { return h.lease.Handset.Build.SDK }

// Change journals a change.
func (h *handset) Change(_ context.Context, what string, undo ...string) error {
	return h.change(what, undo)
}

// Sleep waits on the handset's own clock, by a sleep in its shell, in slices
// between which sockets are sampled: once a second at first, once a sixtieth of
// the wait in a long one.
func (h *handset) Sleep(ctx context.Context, d time.Duration) error {
	slice := min(max(time.Second, (d/60).Round(time.Second)), 5*time.Minute)
	rest := h.rest
	if rest == nil {
		rest = h.nap
	}
	for d > 0 {
		nap := min(slice, d)
		if err := rest(ctx, nap); err != nil {
			return err
		}
		d -= nap
	}
	return nil
}

// nap sleeps once.
func (h *handset) nap(ctx context.Context, d time.Duration) error {
	limit := d + h.limits.answer()
	defer h.alive()
	_, err := h.lease.Device.Run(ctx, adb.Command{Argv: []string{"sleep", h.seconds(d)}, Silence: limit, Total: limit})
	return err
}

// seconds is a time as the handset's sleep takes it: toolbox's, up to Android 5,
// takes whole seconds only.
func (h *handset) seconds(d time.Duration) string {
	if h.SDK() < 23 {
		return strconv.Itoa(int((d + time.Second - 1) / time.Second))
	}
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
}

// Run runs a command for a collector.
func (h *handset) Run(ctx context.Context, call collect.Call) collect.Result {
	return h.runWithin(ctx, h.limits.capture(call.Total), call)
}

// after sleeps, and then runs a script in the same shell: half the commands of
// a long wait.
func (h *handset) after(ctx context.Context, nap time.Duration, call collect.Call) collect.Result {
	call.Script = "sleep " + h.seconds(nap) + "; " + call.Script
	return h.runWithin(ctx, nap+h.limits.capture(call.Total), call)
}

func (h *handset) runWithin(ctx context.Context, total time.Duration, call collect.Call) collect.Result {
	command := adb.Command{Argv: call.Argv, Stdout: call.Stdout, Total: total, Silence: total, Limit: h.limits.output(call.Limit)}
	if call.Total == forever {
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
	r := collect.Result{Stderr: complaint.String(), Err: err, Timeout: errors.As(err, &timeout) && timeout.Timeout(), Cut: errors.As(err, &over)}
	if err == nil {
		r.Exit = &exit
	}
	return r
}

// askClock asks for the clock and, in seconds, for the time since boot.
const askClock = `date "+%Y-%m-%d %H:%M:%S %z"; cat /proc/uptime 2>/dev/null; true`

// clock reads the handset's clock, and the host's half-way through.
func (h *handset) clock(ctx context.Context) (*evidence.Clock, error) {
	before := time.Now()
	out, err := h.Shell(ctx, "sh", "-c", askClock)
	if err != nil {
		return nil, err
	}
	host := before.Add(time.Since(before) / 2)
	date, uptime, _ := strings.Cut(strings.TrimSpace(out), "\n")
	device, err := time.Parse("2006-01-02 15:04:05 -0700", strings.TrimSpace(date))
	if err != nil {
		return nil, nil // a handset whose date says something else has an unknown clock
	}
	c := &evidence.Clock{Host: host.UTC(), Device: device}
	since, _, _ := strings.Cut(uptime, " ")
	if up, err := time.ParseDuration(since + "s"); err == nil && up > 0 {
		c.Booted = device.Add(-up)
	}
	return c, nil
}

// limited keeps the first of what is written to it.
type limited struct{ strings.Builder }

func (l *limited) Write(p []byte) (int, error) {
	if room := 4<<10 - l.Len(); room > 0 {
		l.Builder.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
