package lab

import (
	"context"
	"errors"
	"strings"
	"time"

	"assay/harness/adb"
	"assay/harness/evidence"
	"assay/harness/farm"
)

// errStopped is within the error of a handset that was not leased because the
// run was being stopped.
var errStopped = errors.New("the run was stopped")

// acquire leases the handset, in its turn. One that is not fit just now is waited
// for, while others of its model go on with what they share: not in a turn, and
// by its own clock.
func (hr *handsetRun) acquire(ctx context.Context) (*farm.Lease, error) {
	if hr.place.State != farm.Ready {
		return hr.run.farm.Lease(ctx, hr.place) // says why not
	}
	told := false
	for {
		if !hr.run.schedule.Enter(ctx, hr.run.Drain, hr.worker) || hr.run.draining() {
			return nil, errStopped
		}
		var lease *farm.Lease
		err := hr.despite(ctx, func() (err error) { lease, err = hr.run.farm.Lease(ctx, hr.place); return err })
		if err == nil {
			return lease, nil
		}
		hr.run.schedule.Entered(hr.worker, "", false)
		if !held(err) || hr.waited >= hr.run.heldPatience() || hr.past.based && !hr.run.schedule.Owing(hr.worker) {
			return nil, err
		}
		if !told {
			told = true
			hr.say("waiting: "+evidence.OneLine(err), false)
			outcome := faultOf(err)
			outcome.State = evidence.NotStarted
			if err := hr.note(evidence.Entry{Kind: evidence.HandsetSeen, Note: string(farm.Held), Outcome: &outcome}); err != nil {
				return nil, err
			}
		}
		if err := hr.rest(ctx); err != nil {
			return nil, err
		}
	}
}

// held says whether a handset is only not fit just now.
func held(err error) bool {
	var n *farm.NotReady
	return errors.As(err, &n) && n.State == farm.Held
}

// between is how long a handset that is held is left alone before it is asked
// again.
const between = time.Minute

// rest lets a minute pass on the handset's clock.
func (hr *handsetRun) rest(ctx context.Context) error {
	hr.waited += between
	ctx, stop := hr.run.whileRunning(ctx)
	defer stop()
	err := hr.despite(ctx, func() error {
		most := between + hr.run.Limits.answer()
		_, err := hr.run.farm.Device(hr.place).Run(ctx, adb.Command{Argv: []string{"sleep", "60"}, Silence: most, Total: most})
		return err
	})
	if ctx.Err() != nil {
		return errStopped
	}
	return err
}

// longUnchecked is after how long a handset is asked how it is, however few jobs
// it has played.
const longUnchecked = 10 * time.Minute

// fit asks the handset how it is, after every so many jobs and after a long one.
// One that is not fit is let go: it is leased again once it is.
func (hr *handsetRun) fit(ctx context.Context) error {
	if hr.lost || hr.run.draining() || ctx.Err() != nil || !hr.run.schedule.Owing(hr.worker) {
		return nil
	}
	every := hr.run.checkEvery()
	if v := hr.lease.Vitals; v == nil || time.Since(v.At) >= longUnchecked {
		every = 1
	}
	err := hr.lease.CheckEvery(ctx, every)
	var n *farm.NotReady
	switch {
	case !errors.As(err, &n): // what ails the transport, the next attempt meets
		return nil
	case n.State == farm.Held:
		hr.letGo()
		return nil
	}
	return hr.giveUp(ctx, err)
}

// whileLeased gives a context that is done once the lease is over.
func (hr *handsetRun) whileLeased(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	over := hr.lease.Done()
	go func() {
		select {
		case <-over:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// renewing renews the lease of a handset that waits for its turn, until it is
// told to stop.
func (hr *handsetRun) renewing(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	lease, ticker := hr.lease, time.NewTicker(hr.run.farm.Term/3)
	go func() {
		defer close(done)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				_ = lease.Renew() // why it is over is asked at the next attempt
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

func (r *Runner) checkEvery() int {
	if r.CheckEvery > 0 {
		return r.CheckEvery
	}
	return DefaultCheckEvery
}

func (r *Runner) heldPatience() time.Duration {
	if r.HeldPatience > 0 {
		return r.HeldPatience
	}
	return DefaultHeldPatience
}

// mostOfOne is how many bytes are kept of what a handset said of itself.
const mostOfOne = 160

// oneOf keeps what a handset said of itself short, and on one line.
func oneOf(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if len(text) > mostOfOne {
		text = strings.ToValidUTF8(text[:mostOfOne], "") + "…"
	}
	return text
}
