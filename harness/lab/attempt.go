package lab

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"assay/harness/adb"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/lab/schedule"
	"assay/harness/ledger"
)

// try is one attempt at one job.
type try struct {
	scenario string
	repeat   int
	attempt  int
	bundle   *evidence.Bundle
	folder   string // of the bundle, relative to the run
	space    *allowance
}

func (t try) entry(kind evidence.Kind) evidence.Entry {
	return evidence.Entry{Kind: kind, Scenario: t.scenario, Repeat: t.repeat, Attempt: t.attempt, Bundle: t.folder}
}

// attempts is how often a handset tries a job that the lab's faults ended.
const attempts = 2

// tries plays a job until it ends for a reason other than the lab's faults, or
// its attempts are used up. Every attempt keeps its own bundle. What a hub lost
// together with others costs no attempt, and no more does what an adb server's death
// ended. What the shell is refused is tried once.
func (b *handsetRun) tries(ctx context.Context, t *schedule.Task, do func(context.Context, try) (evidence.Outcome, error)) (evidence.Outcome, error) {
	var outcome evidence.Outcome
	var losses []farm.Loss
	for died := 0; ; {
		t.Attempts++
		before := b.outages()
		var fatal, err error
		if outcome, fatal, err = b.attempt(ctx, t, do); err != nil || outcome.State != evidence.Infra {
			return outcome, err
		}
		b.infra++
		if b.ofRefusal(outcome) {
			return outcome, nil
		}
		loss := b.lostNow()
		if fatal == nil {
			fatal = b.recover(ctx)
		}
		if fatal != nil {
			b.lost = true
			return outcome, b.giveUp(ctx, fatal)
		}
		if died < sparedDeaths && (outcome.Owner == adb.OwnerServer || b.outages().Since(before)) {
			died++
			b.losses.Forget(loss)
			if b.draining() {
				return outcome, nil
			}
			continue
		}
		losses = append(losses, loss)
		spent, err := b.spent(ctx, losses)
		if err != nil || spent >= attempts || b.draining() {
			return outcome, err
		}
	}
}

// attempt plays a job once. fatal is why the handset cannot be worked with any
// more, where that is known already.
func (b *handsetRun) attempt(ctx context.Context, of *schedule.Task, do func(context.Context, try) (evidence.Outcome, error)) (outcome evidence.Outcome, fatal, err error) {
	t := try{scenario: of.Key.Scenario, repeat: of.Repeat, attempt: of.Attempts}
	if err := b.disk.ready(); err != nil {
		return outcome, nil, err
	}
	bundle, folder, err := b.newBundle(t, of.Order)
	if err != nil {
		return outcome, nil, err
	}
	t.bundle, t.folder, t.space = bundle, folder, &allowance{disk: b.disk, name: t.scenario}
	bundle.Room = t.space.ask
	died := b.outages()
	b.crossed = false
	b.Log.Info("playing", "handset", b.place.Entry.Name(), "scenario", t.scenario, "attempt", t.attempt)
	if err := b.note(t.entry(evidence.JobStarted)); err != nil {
		return outcome, nil, errors.Join(err, bundle.Abandon())
	}
	leased, stop := b.whileLeased(ctx)
	outcome, err = do(leased, t)
	stop()
	b.sayUndoRefused()
	if err != nil {
		return outcome, nil, errors.Join(err, bundle.Abandon())
	}
	switch {
	case outcome.State.Counts():
		if fatal = b.steady(ctx); fatal != nil && ctx.Err() == nil {
			outcome = faultOf(fatal)
		}
	case outcome.State == evidence.Interrupted && !b.draining() && ctx.Err() == nil:
		outcome = faultOf(b.lease.Cause())
		outcome.Owner = "harness"
	}
	b.blameServer(&outcome, died)
	sealed, err := bundle.Seal(outcome)
	if err != nil {
		return outcome, nil, err
	}
	ended := t.entry(evidence.JobEnded)
	ended.Outcome, ended.Digest = &outcome, sealed.Digest
	return outcome, final(fatal), b.note(ended)
}

// newBundle makes an attempt's folder, named after the job's number in the plan
// and not after when it was played: what a report cites must not depend on that.
func (b *handsetRun) newBundle(t try, order int) (*evidence.Bundle, string, error) {
	e := b.place.Entry
	head := evidence.Head{Handset: b.lease.Handset, Scenario: t.scenario, Repeat: t.repeat, Attempt: t.attempt, Created: time.Now().UTC()}
	words := []string{e.Brand, e.Model, e.Key(), fmt.Sprintf("%03d", order+1), t.scenario}
	for n := t.attempt; ; n++ {
		name := evidence.FolderName(words...)
		if n > 1 {
			name = evidence.FolderName(append(words, strconv.Itoa(n))...)
		}
		bundle, err := b.bundles.Create(bundleDir(b.dir, name), head)
		if !errors.Is(err, fs.ErrExist) { // else a kill came between the folder and its entry in the journal
			return bundle, ledger.BundlesName + "/" + name, err
		}
	}
}

// steady says what is wrong with the handset after an attempt: what an attempt
// saw across a boot, or of two handsets, is of neither.
func (b *handsetRun) steady(ctx context.Context) error {
	rebooted, err := b.lease.Rebooted(ctx)
	rebooted = rebooted || b.crossed
	if err == nil && rebooted {
		err = fmt.Errorf("%s: %w", b.place.Entry.Name(), errRebooted)
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
