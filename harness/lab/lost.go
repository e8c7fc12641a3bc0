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
func (hr *handsetRun) recover(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hr.run.patience())
	defer cancel()
	ctx, stop := hr.run.whileRunning(ctx)
	defer stop()
	hr.say("lost: bringing it back", false)
	if hr.lease.Cause() != nil {
		if err := hr.leaseAnew(ctx); err != nil {
			return err
		}
	}
	if err := hr.climb(ctx); err != nil {
		return err
	}
	return hr.despite(ctx, func() error { return hr.putBack(ctx) })
}

// climb brings the handset back, after its adb server where that is what was lost.
func (hr *handsetRun) climb(ctx context.Context) error {
	ladder := &farm.Ladder{Farm: hr.run.farm, Inventory: hr.run.plan.Inventory}
	for n := 0; ; n++ {
		var err error
		if hr.lease != nil {
			err = ladder.Climb(ctx, hr.lease, hr.climbed)
		} else {
			hr.place, err = ladder.Revive(ctx, hr.place, hr.climbed)
		}
		if err == nil || n >= sparedDeaths || adb.Owner(err) != adb.OwnerServer ||
			hr.run.farm.Await(ctx, hr.place.Entry.Server, hr.run.patience()) != nil {
			return err
		}
	}
}

func (hr *handsetRun) leaseAnew(ctx context.Context) error {
	hr.lease.Return()
	place := hr.place
	place.Row = hr.lease.Device.Row()
	hr.place = place
	err := hr.despite(ctx, func() error {
		lease, err := hr.run.farm.Lease(ctx, hr.place)
		if err == nil {
			hr.lease = lease
		}
		return err
	})
	if err != nil {
		return err
	}
	return hr.despite(ctx, func() error { _, err := hr.ask(ctx); return err })
}

// climbed journals one try at a rung of the ladder.
func (hr *handsetRun) climbed(r farm.Rung, o farm.Outcome) error {
	if hr.lease != nil {
		_ = hr.lease.Renew() // where it is over, the next attempt is told
	}
	e := evidence.Entry{Kind: evidence.Recovering, Note: r.Name + ": " + r.About}
	switch {
	case o.Skipped != "":
		e.Note += "; skipped: " + o.Skipped
	case o.Err != nil:
		e.Note += "; " + evidence.OneLine(o.Err)
	default:
		e.Note += "; " + string(o.State)
	}
	if o.Cause != "" {
		e.Note += ": " + o.Cause
	}
	hr.run.Log.Info("recovering", "handset", hr.place.Entry.Name(), "rung", r.Name, "state", o.State)
	return hr.note(e)
}

// giveUp records why the handset is given up, and that what it owed was not run.
// That the host's disk is full is no fault of the handset.
func (hr *handsetRun) giveUp(ctx context.Context, why error) error {
	if isFull(why) {
		return why
	}
	if errors.Is(why, errStopped) || ctx.Err() != nil && hr.lease == nil {
		return hr.notice()
	}
	if hr.past.based && len(hr.past.pending) == 0 && held(why) && !hr.run.schedule.Owing(hr.worker) {
		return hr.note(evidence.Entry{Kind: evidence.HandsetSeen, Note: string(farm.Held) + ", with nothing left to do"})
	}
	hr.lost = true
	outcome := faultOf(why)
	outcome.State = evidence.NotStarted
	hr.run.Log.Error("handset given up", "handset", hr.place.Entry.Name(), "cause", outcome.Cause, "remedy", outcome.Remedy)
	state := string(farm.Offline)
	var notReady *farm.NotReady
	if errors.As(why, &notReady) {
		state = string(notReady.State)
	}
	hr.needsHand(state, outcome.Cause, outcome)
	err := hr.note(evidence.Entry{Kind: evidence.HandsetSeen, Note: state, Outcome: &outcome})
	for _, c := range hr.past.pending {
		e := c.try.entry(evidence.UndoFailed)
		e.Change, e.Note = &c.change, "the handset is gone"
		err = errors.Join(err, hr.note(e))
	}
	for _, h := range hr.past.held {
		e := h.try.entry(evidence.Remains)
		e.Part = &evidence.Part{Name: h.part, Left: h.part + ": it is not known whether it is as it was: the handset is gone"}
		err = errors.Join(err, hr.note(e))
	}
	return err
}

// skipAll records that a handset whose baseline could not be taken is given up.
func (hr *handsetRun) skipAll(outcome evidence.Outcome) error {
	if hr.lost || outcome.State != evidence.Infra {
		return nil
	}
	hr.lost = true
	state, reason := string(farm.Offline), outcome.Cause
	if hr.ofRefusal(outcome) {
		state, reason = refusedState, outcome.Remedy
	}
	outcome.State = evidence.NotStarted
	hr.needsHand(state, reason, outcome)
	return hr.note(evidence.Entry{Kind: evidence.HandsetSeen, Note: state, Outcome: &outcome})
}
