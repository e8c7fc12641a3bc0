package lab

import (
	"context"
	"errors"
	"fmt"
	"time"

	"assay/harness/adb"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/scenario"
)

// bout is all that a run does on one handset, from lease to return. One
// goroutine plays it.
type bout struct {
	*Runner
	plan    Plan
	dir     string
	journal *evidence.Journal
	room    *farm.Farm
	place   farm.Place

	lease   *farm.Lease
	pending []pending // made and not yet undone
	changes int       // made so far
	bundles int
	probed  probed
	sealed  []string        // bundles of an earlier part of the run, the baseline's first
	tried   map[jobKey]int  // attempts in an earlier part of the run
	skip    map[jobKey]bool // committed there
	done    int
	infra   int
	lost    bool
}

// attempts is how often a job is tried that the lab's faults ended.
const attempts = 2

// play leases the handset, takes the baseline, and plays what is owed. Its error
// is the host's alone; what befalls the handset is in the journal.
func (b *bout) play(ctx context.Context) error {
	defer b.say("done", true)
	lease, err := b.room.Lease(ctx, b.place)
	if err != nil {
		return b.give(ctx, err)
	}
	b.lease = lease
	defer lease.Return()
	if err := b.note(evidence.Entry{Kind: evidence.HandsetSeen, Note: "leased"}); err != nil {
		return err
	}
	if err := b.undo(ctx); err != nil { // what an earlier part of the run left
		return b.give(ctx, err)
	}
	if !b.skip[jobKey{evidence.Baseline, 1}] {
		outcome, err := b.tries(ctx, evidence.Baseline, 1, b.baseline)
		if err != nil || outcome.State == evidence.Infra {
			return errors.Join(err, b.skipAll(ctx, outcome))
		}
	} else if err := b.recall(); err != nil {
		return err
	}
	for repeat := 1; repeat <= b.plan.Repeat; repeat++ {
		for _, s := range b.plan.Scenarios {
			if b.skip[jobKey{s.Name, repeat}] {
				b.done++
				continue
			}
			if b.lost || b.draining() || ctx.Err() != nil {
				return b.notice(ctx)
			}
			b.say("playing "+s.Name, false)
			_, err := b.tries(ctx, s.Name, repeat, func(ctx context.Context, t try) (evidence.Outcome, error) {
				return b.job(ctx, s, t)
			})
			if err != nil {
				return err
			}
			b.done++
		}
	}
	return nil
}

// try is one attempt at one job.
type try struct {
	scenario string
	repeat   int
	attempt  int
	bundle   *evidence.Bundle
	folder   string // of the bundle, relative to the run
}

// tries plays a job until it ends for a reason other than the lab's faults, or
// its attempts are used up. Every attempt keeps its own bundle.
func (b *bout) tries(ctx context.Context, name string, repeat int, do func(context.Context, try) (evidence.Outcome, error)) (evidence.Outcome, error) {
	var outcome evidence.Outcome
	first := b.tried[jobKey{name, repeat}] + 1
	for attempt := first; attempt < first+attempts; attempt++ {
		var err error
		if outcome, err = b.attempt(ctx, try{scenario: name, repeat: repeat, attempt: attempt}, do); err != nil {
			return outcome, err
		}
		if outcome.State != evidence.Infra {
			return outcome, nil
		}
		b.infra++
		if err := b.recover(ctx); err != nil {
			b.lost = true
			return outcome, b.give(ctx, err)
		}
	}
	return outcome, nil
}

func (b *bout) attempt(ctx context.Context, t try, do func(context.Context, try) (evidence.Outcome, error)) (evidence.Outcome, error) {
	b.bundles++
	name := evidence.FolderName(b.place.Entry.Brand, b.place.Entry.Model, b.place.Entry.Key(), fmt.Sprintf("%03d", b.bundles), t.scenario)
	bundle, err := evidence.Create(bundleDir(b.dir, name), evidence.Head{
		Handset: b.lease.Handset, Scenario: t.scenario, Repeat: t.repeat, Attempt: t.attempt, Created: time.Now().UTC(),
	})
	if err != nil {
		return evidence.Outcome{}, err
	}
	t.bundle, t.folder = bundle, bundlesName+"/"+name
	b.Log.Info("playing", "handset", b.place.Entry.Name(), "scenario", t.scenario, "attempt", t.attempt)
	if err := b.note(t.entry(evidence.JobStarted)); err != nil {
		return evidence.Outcome{}, err
	}
	outcome, err := do(ctx, t)
	if err != nil {
		return outcome, errors.Join(err, bundle.Abandon())
	}
	if counts(outcome.State) {
		if err := b.rebooted(ctx); err != nil && ctx.Err() == nil {
			outcome = faultOf(err)
		}
	}
	if _, err := bundle.Seal(outcome); err != nil {
		return outcome, err
	}
	ended := t.entry(evidence.JobEnded)
	ended.Outcome = &outcome
	return outcome, b.note(ended)
}

func (t try) entry(kind evidence.Kind) evidence.Entry {
	return evidence.Entry{Kind: kind, Scenario: t.scenario, Repeat: t.repeat, Attempt: t.attempt, Bundle: t.folder}
}

// recover brings a handset that was lost back by the farm's ladder, each rung in
// the journal, and puts it back as it was found.
func (b *bout) recover(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.patience())
	defer cancel()
	ctx, stop := b.whileRunning(ctx)
	defer stop()
	b.say("lost: bringing it back", false)
	ladder := &farm.Ladder{Farm: b.room, Inventory: b.plan.Inventory}
	if err := ladder.Climb(ctx, b.lease, b.climbed); err != nil {
		return err
	}
	return b.undo(ctx)
}

// climbed journals one try at a rung of the ladder.
func (b *bout) climbed(r farm.Rung, o farm.Outcome) error {
	e := evidence.Entry{Kind: evidence.Recovering, Note: r.Name + ": " + r.About}
	switch {
	case o.Skipped != "":
		e.Note += "; skipped: " + o.Skipped
	case o.Err != nil:
		e.Note += "; " + oneLine(o.Err)
	default:
		e.Note += "; " + string(o.State)
	}
	if o.Cause != "" {
		e.Note += ": " + o.Cause
	}
	b.Log.Info("recovering", "handset", b.place.Entry.Name(), "rung", r.Name, "state", o.State)
	return b.note(e)
}

// rebooted says whether the handset has booted since it was leased or last
// asked; what an attempt saw across a boot is of two handsets.
func (b *bout) rebooted(ctx context.Context) error {
	v, err := b.lease.Check(ctx)
	if err != nil {
		return err
	}
	before := b.lease.BootID
	b.lease.BootID = v.BootID
	if before != "" && v.BootID != "" && v.BootID != before {
		return fmt.Errorf("%s: %w", b.place.Entry.Name(), errRebooted)
	}
	return nil
}

// errRebooted is a handset that booted in the midst of an attempt.
var errRebooted = errors.New("the handset rebooted while this was played")

// give records why the handset is given up, and that what it owed was not run.
func (b *bout) give(ctx context.Context, why error) error {
	if ctx.Err() != nil && b.lease == nil {
		return b.notice(ctx)
	}
	b.lost = true
	outcome := faultOf(why)
	outcome.State = evidence.NotStarted
	b.Log.Error("handset given up", "handset", b.place.Entry.Name(), "cause", outcome.Cause, "remedy", outcome.Remedy)
	state := string(farm.Offline)
	var notReady *farm.NotReady
	if errors.As(why, &notReady) {
		state = string(notReady.State)
	}
	err := b.note(evidence.Entry{Kind: evidence.HandsetSeen, Note: state, Outcome: &outcome})
	for _, c := range b.pending {
		e := c.try.entry(evidence.UndoFailed)
		e.Change, e.Note = &c.change, "the handset is gone"
		err = errors.Join(err, b.note(e))
	}
	return err
}

// skipAll records that a handset whose baseline could not be taken is given up.
func (b *bout) skipAll(ctx context.Context, outcome evidence.Outcome) error {
	if b.lost || outcome.State != evidence.Infra {
		return nil
	}
	b.lost = true
	outcome.State = evidence.NotStarted
	return b.note(evidence.Entry{Kind: evidence.HandsetSeen, Note: string(farm.Offline), Outcome: &outcome})
}

// notice records that the run was ended before the handset had played all.
func (b *bout) notice(context.Context) error {
	if b.lost {
		return nil
	}
	return b.note(evidence.Entry{Kind: evidence.HandsetSeen, Note: "interrupted"})
}

func (b *bout) note(e evidence.Entry) error {
	e.Serial = b.place.Entry.Key()
	return b.journal.Append(e)
}

func (b *bout) say(text string, over bool) {
	if b.Watch != nil {
		b.Watch(Event{Handset: b.place.Entry.Name(), Key: b.place.Entry.Key(), Text: text,
			Done: b.done, Owed: b.plan.Repeat * len(b.plan.Scenarios), Over: over})
	}
}

// faultOf says whose fault an error is, and what a person can do about it.
func faultOf(err error) evidence.Outcome {
	o := evidence.Outcome{State: evidence.Infra, Owner: adb.Owner(err), Cause: oneLine(err), Remedy: adb.Remedy(err)}
	var notReady *farm.NotReady
	if errors.As(err, &notReady) {
		o.Owner, o.Cause = "handset", oneLine(err)
		if notReady.Remedy != "" {
			o.Remedy = notReady.Remedy
		}
	}
	if o.Remedy == "" {
		o.Remedy = "check cable, hub port and battery; then run this handset again with --serial"
	}
	return o
}

// unmet says that the handset answered, but not as the scenario expects.
func unmet(err error) bool {
	return errors.Is(err, scenario.ErrExpectation)
}
