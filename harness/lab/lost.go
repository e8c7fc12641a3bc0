package lab

import (
	"context"
	"errors"

	"assay/harness/adb"
	"assay/harness/evidence"
	"assay/harness/farm"
)

// recover brings a handset that was lost back by the farm's ladder, each rung in
// the journal, and puts it back as it was found. A lease that is over is had
// anew: somebody else may have the handset by now.
func (b *handsetRun) recover(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.patience())
	defer cancel()
	ctx, stop := b.whileRunning(ctx)
	defer stop()
	b.say("lost: bringing it back", false)
	if b.lease.Cause() != nil {
		if err := b.leaseAnew(ctx); err != nil {
			return err
		}
	}
	if err := b.climb(ctx); err != nil {
		return err
	}
	return b.despite(ctx, func() error { return b.putBack(ctx) })
}

// climb brings the handset back, after its adb server where that is what was lost.
func (b *handsetRun) climb(ctx context.Context) error {
	ladder := &farm.Ladder{Farm: b.room, Inventory: b.plan.Inventory}
	for n := 0; ; n++ {
		err := error(nil)
		if b.lease != nil {
			err = ladder.Climb(ctx, b.lease, b.climbed)
		} else {
			b.place, err = ladder.Revive(ctx, b.place, b.climbed)
		}
		if err == nil || n >= sparedDeaths || adb.Owner(err) != adb.OwnerServer || b.room.Await(ctx, b.place.Entry.Server, b.patience()) != nil {
			return err
		}
	}
}

func (b *handsetRun) leaseAnew(ctx context.Context) error {
	b.lease.Return()
	place := b.place
	place.Row = b.lease.Device.Row()
	b.place = place
	err := b.despite(ctx, func() error {
		lease, err := b.room.Lease(ctx, b.place)
		if err == nil {
			b.lease = lease
		}
		return err
	})
	if err != nil {
		return err
	}
	return b.despite(ctx, func() error { _, err := b.ask(ctx); return err })
}

// climbed journals one try at a rung of the ladder.
func (b *handsetRun) climbed(r farm.Rung, o farm.Outcome) error {
	if b.lease != nil {
		_ = b.lease.Renew() // where it is over, the next attempt is told
	}
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

// giveUp records why the handset is given up, and that what it owed was not run.
// That the host's disk is full is no fault of the handset.
func (b *handsetRun) giveUp(ctx context.Context, why error) error {
	if isFull(why) {
		return why
	}
	if errors.Is(why, errStopped) || ctx.Err() != nil && b.lease == nil {
		return b.notice()
	}
	if b.based && len(b.pending) == 0 && held(why) && !b.schedule.Owing(b.worker) {
		return b.note(evidence.Entry{Kind: evidence.HandsetSeen, Note: string(farm.Held) + ", with nothing left to do"})
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
	b.needsHand(state, outcome.Cause, outcome)
	err := b.note(evidence.Entry{Kind: evidence.HandsetSeen, Note: state, Outcome: &outcome})
	for _, c := range b.pending {
		e := c.try.entry(evidence.UndoFailed)
		e.Change, e.Note = &c.change, "the handset is gone"
		err = errors.Join(err, b.note(e))
	}
	for _, h := range b.held {
		e := h.try.entry(evidence.Remains)
		e.Part = &evidence.Part{Name: h.part, Left: h.part + ": it is not known whether it is as it was: the handset is gone"}
		err = errors.Join(err, b.note(e))
	}
	return err
}

// skipAll records that a handset whose baseline could not be taken is given up.
func (b *handsetRun) skipAll(outcome evidence.Outcome) error {
	if b.lost || outcome.State != evidence.Infra {
		return nil
	}
	b.lost = true
	state, reason := string(farm.Offline), outcome.Cause
	if b.ofRefusal(outcome) {
		state, reason = refusedState, outcome.Remedy
	}
	outcome.State = evidence.NotStarted
	b.needsHand(state, reason, outcome)
	return b.note(evidence.Entry{Kind: evidence.HandsetSeen, Note: state, Outcome: &outcome})
}
