package lab

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/lab/schedule"
	"assay/harness/ledger"
)

// attempt is one attempt at one job.
type attempt struct {
	scenario string
	repeat   int
	attempt  int
	bundle   *evidence.Bundle
	folder   string // of the bundle, relative to the run
	space    *allowance
}

func (t attempt) entry(kind evidence.Kind) evidence.Entry {
	return evidence.Entry{Kind: kind, Scenario: t.scenario, Repeat: t.repeat, Attempt: t.attempt, Bundle: t.folder}
}

// attempts is how often a handset tries a job that the lab's faults ended.
const attempts = 2

// tries plays a job until it ends for a reason other than the lab's faults, or
// its attempts are used up. Every attempt keeps its own bundle. What a hub lost
// together with others costs no attempt, and no more does what an adb server's death
// ended. What the shell is refused is tried once.
func (hr *handsetRun) tries(
	ctx context.Context,
	t *schedule.Task,
	do func(context.Context, attempt) (evidence.Outcome, error),
) (evidence.Outcome, error) {
	var outcome evidence.Outcome
	var losses []farm.Loss
	for died := 0; ; {
		t.Attempts++
		before := hr.outages()
		var fatal, err error
		if outcome, fatal, err = hr.attempt(ctx, t, do); err != nil || outcome.State != evidence.Infra {
			return outcome, err
		}
		hr.infra++
		if hr.ofRefusal(outcome) {
			return outcome, nil
		}
		loss := hr.lostNow()
		if fatal == nil {
			fatal = hr.recover(ctx)
		}
		if fatal != nil {
			hr.lost = true
			return outcome, hr.giveUp(ctx, fatal)
		}
		if died < sparedDeaths && (outcome.Owner == evidence.OwnerServer || hr.outages().Since(before)) {
			died++
			hr.run.losses.Forget(loss)
			if hr.run.draining() {
				return outcome, nil
			}
			continue
		}
		losses = append(losses, loss)
		spent, err := hr.spent(ctx, losses)
		if err != nil || spent >= attempts || hr.run.draining() {
			return outcome, err
		}
	}
}

// attempt plays a job once. fatal is why the handset cannot be worked with any
// more, where that is known already.
func (hr *handsetRun) attempt(
	ctx context.Context,
	of *schedule.Task,
	do func(context.Context, attempt) (evidence.Outcome, error),
) (outcome evidence.Outcome, fatal, err error) {
	t := attempt{scenario: of.Key.Scenario, repeat: of.Repeat, attempt: of.Attempts}
	if err := hr.run.disk.ready(); err != nil {
		return outcome, nil, err
	}
	bundle, folder, err := hr.newBundle(t, of.Order)
	if err != nil {
		return outcome, nil, err
	}
	t.bundle, t.folder, t.space = bundle, folder, &allowance{disk: hr.run.disk, name: t.scenario}
	bundle.Room = t.space.allow
	died := hr.outages()
	hr.crossed = false
	hr.run.Log.Info("playing", "handset", hr.place.Entry.Name(), "scenario", t.scenario, "attempt", t.attempt)
	if err := hr.note(t.entry(evidence.JobStarted)); err != nil {
		return outcome, nil, errors.Join(err, bundle.Abandon())
	}
	leased, stop := hr.whileLeased(ctx)
	outcome, err = do(leased, t)
	stop()
	hr.sayUndoRefused()
	if err != nil {
		return outcome, nil, errors.Join(err, bundle.Abandon())
	}
	switch {
	case outcome.State.Counts():
		if fatal = hr.steady(ctx); fatal != nil && ctx.Err() == nil {
			outcome = faultOf(fatal)
		}
	case outcome.State == evidence.Interrupted && !hr.run.draining() && ctx.Err() == nil:
		outcome = faultOf(hr.lease.Cause())
		outcome.Owner = evidence.OwnerHarness
	}
	hr.blameServer(&outcome, died)
	sealed, err := bundle.Seal(outcome)
	if err != nil {
		return outcome, nil, err
	}
	ended := t.entry(evidence.JobEnded)
	ended.Outcome, ended.Digest = &outcome, sealed.Digest
	return outcome, final(fatal), hr.note(ended)
}

// newBundle makes an attempt's folder, named after the job's number in the plan
// and not after when it was played: what a report cites must not depend on that.
func (hr *handsetRun) newBundle(t attempt, order int) (*evidence.Bundle, string, error) {
	e := hr.place.Entry
	head := evidence.Head{Handset: hr.lease.Handset, Scenario: t.scenario, Repeat: t.repeat, Attempt: t.attempt, Created: time.Now().UTC()}
	words := []string{e.Brand, e.Model, e.Key(), fmt.Sprintf("%03d", order+1), t.scenario}
	for n := t.attempt; ; n++ {
		name := evidence.FolderName(words...)
		if n > 1 {
			name = evidence.FolderName(append(words, strconv.Itoa(n))...)
		}
		bundle, err := hr.run.bundles.Create(bundleDir(hr.run.dir, name), head)
		if !errors.Is(err, fs.ErrExist) { // else a kill came between the folder and its entry in the journal
			return bundle, ledger.BundlesName + "/" + name, err
		}
	}
}

// steady says what is wrong with the handset after an attempt: what an attempt
// saw across a boot, or of two handsets, is of neither.
func (hr *handsetRun) steady(ctx context.Context) error {
	rebooted, err := hr.lease.Rebooted(ctx)
	rebooted = rebooted || hr.crossed
	if err == nil && rebooted {
		err = fmt.Errorf("%s: %w", hr.place.Entry.Name(), errRebooted)
	}
	return err
}

// errRebooted is a handset that booted in the midst of an attempt.
var errRebooted = errors.New("the handset rebooted while this was played")

// final keeps an error that no recovery mends: another handset, or a boot loop.
func final(err error) error {
	var n *farm.NotReady
	if errors.As(err, &n) && slices.Contains([]farm.State{farm.Ambiguous, farm.Duplicate, farm.Quarantined}, n.State) {
		return err
	}
	return nil
}
