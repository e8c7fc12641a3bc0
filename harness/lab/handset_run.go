package lab

import (
	"context"
	"errors"
	"time"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/lab/schedule"
	"assay/harness/obstacle"
	"assay/harness/scenario"
)

// shift is what all handsets of one run share.
type shift struct {
	*Runner
	plan      Plan
	dir       string
	disk      *disk
	bundles   *evidence.Disk // that holds them
	journal   *evidence.Journal
	room      *farm.Farm
	schedule  *schedule.Schedule
	losses    farm.Collector
	incidents incidents
}

// handsetRun is all that a run does on one handset, from lease to return. One
// goroutine plays it.
type handsetRun struct {
	*shift
	place  farm.Place
	worker *schedule.Worker
	past

	lease    *farm.Lease                 // nil: it has none just now
	refusals map[string]evidence.Outcome // of what the shell was refused so far
	unsaid   *obstacle.Refusal           // of an undo; told once it is known what the job was refused
	handed   map[string]bool             // why the handset was said to need a hand
	probed   probed
	waited   time.Duration
	crossed  bool // the handset booted while its adb server was away
	infra    int
	lost     bool
}

// play leases the handset, takes the baseline, and plays what it is dealt. Its
// error is the host's alone; what befalls the handset is in the journal.
func (b *handsetRun) play(ctx context.Context) error {
	defer b.say("done", true)
	defer b.schedule.Leave(b.worker)
	defer b.letGo()
	for !b.lost {
		if b.lease == nil {
			if ready, err := b.enter(ctx); err != nil || !ready {
				return err
			}
		}
		t := b.next(ctx)
		if t == nil {
			return b.end(ctx)
		}
		if err := b.turn(ctx, t); err != nil {
			return err
		}
		if err := b.fit(ctx); err != nil {
			return err
		}
	}
	return nil
}

// enter leases the handset and takes what has to come before its first job. It
// says whether the handset can be dealt jobs.
func (b *handsetRun) enter(ctx context.Context) (bool, error) {
	lease, err := b.acquire(ctx)
	if err != nil {
		return false, b.giveUp(ctx, err)
	}
	b.lease = lease
	build, ready, err := b.settle(ctx)
	b.schedule.Entered(b.worker, build, ready)
	return ready, err
}

// settle takes back what an earlier part of the run left changed, and takes the
// baseline. It says which build the handset runs.
func (b *handsetRun) settle(ctx context.Context) (build string, ready bool, err error) {
	if err = b.despite(ctx, func() error { build, err = b.ask(ctx); return err }); err != nil {
		return "", false, b.giveUp(ctx, err)
	}
	if err := b.note(evidence.Entry{Kind: evidence.HandsetSeen, Note: "leased", Build: build, Server: b.lease.Entry.Server}); err != nil {
		return "", false, err
	}
	if err := b.despite(ctx, func() error { return b.putBack(ctx) }); err != nil {
		return "", false, b.giveUp(ctx, err)
	}
	if b.based {
		if b.probed.known == nil {
			err = b.recall()
		}
		return build, err == nil, err
	}
	t := schedule.NewBaseline(b.tried)
	outcome, err := b.tries(ctx, t, b.baseline)
	if err != nil || outcome.State == evidence.Infra {
		return "", false, errors.Join(err, b.skipAll(outcome))
	}
	b.based = outcome.State.Counts()
	return build, true, nil
}

// ask says which build a leased handset runs. Among several of one model, one
// that has a notice is not of the same build as one that has none, and one that
// runs another build than when the run began has no part in what they share.
func (b *handsetRun) ask(ctx context.Context) (string, error) {
	build := b.lease.Handset.Build.Fingerprint
	shares := b.worker.Shared()
	if shares {
		notice, err := b.lease.Device.Shell(ctx, "getprop", android.PropNotice)
		if err != nil {
			return "", err
		}
		if notice = oneOf(notice); notice != "" {
			build += " (" + notice + ")"
		}
	}
	if shares && b.build != "" && build != b.build {
		return "", &farm.NotReady{State: farm.Ambiguous, Cause: "the run began with another build: " + oneOf(b.build) + ", and it runs " + oneOf(build),
			Remedy: "put the handset back that was there, or begin a new run", Err: farm.ErrOtherHandset}
	}
	b.build = build
	return build, nil
}

// next waits for the handset's turn, with its lease renewed meanwhile.
func (b *handsetRun) next(ctx context.Context) *schedule.Task {
	if b.draining() || ctx.Err() != nil {
		return nil
	}
	defer b.renewing(ctx)()
	return b.schedule.Next(ctx, b.Drain, b.worker)
}

// turn plays one job.
func (b *handsetRun) turn(ctx context.Context, t *schedule.Task) error {
	b.say("playing "+t.Key.Scenario, false)
	outcome, err := b.tries(ctx, t, func(ctx context.Context, one try) (evidence.Outcome, error) {
		return b.job(ctx, b.plan.scenario(t.Scenario), one)
	})
	done := err == nil && (outcome.State.Counts() || outcome.State == evidence.NotApplicable)
	b.schedule.Finish(b.worker, t, done, err == nil && outcome.State == evidence.Infra)
	return err
}

// end says of a handset that is dealt nothing more why that is, where it is not
// that all is done.
func (b *handsetRun) end(ctx context.Context) error {
	if (b.draining() || ctx.Err() != nil) && b.schedule.Owing(b.worker) {
		return b.notice()
	}
	return nil
}

// letGo gives the handset back.
func (b *handsetRun) letGo() {
	if b.lease != nil {
		b.place.Row = b.lease.Device.Row()
		b.lease.Return()
		b.lease = nil
	}
}

// notice records that the run was ended before the handset had played all.
func (b *handsetRun) notice() error {
	if b.lost {
		return nil
	}
	return b.note(evidence.Entry{Kind: evidence.HandsetSeen, Note: "interrupted"})
}

func (b *handsetRun) note(e evidence.Entry) error {
	e.Serial = b.place.Entry.Key()
	return b.journal.Append(e)
}

func (b *handsetRun) say(text string, over bool) {
	if b.Watch != nil {
		done, all := b.schedule.Progress(b.worker)
		b.Watch(Event{Handset: b.place.Entry.Name(), Key: b.place.Entry.Key(), Text: text, Done: done, Owed: all, Over: over})
	}
}

// faultOf says whose fault an error is, and what a person can do about it.
func faultOf(err error) evidence.Outcome {
	o := evidence.Outcome{State: evidence.Infra, Owner: adb.Owner(err), Cause: oneLine(err), Remedy: adb.Remedy(err)}
	var notReady *farm.NotReady
	if errors.As(err, &notReady) {
		if o.Cause = oneLine(err); o.Owner != adb.OwnerServer {
			o.Owner = "handset"
		}
		if notReady.Remedy != "" {
			o.Remedy = notReady.Remedy
		}
	}
	if errors.Is(err, errSystemDown) {
		o.Owner, o.Remedy = "handset", "wait until the handset has booted; if it restarts again and again, it is broken"
	}
	if errors.Is(err, farm.ErrState) {
		o.Owner, o.Remedy = "host", "make the folder of state writable (--state), then run this handset again with --serial"
	}
	if o.Remedy == "" && adb.Remote(err) {
		o.Remedy = "check its battery and its network; then run this handset again with --serial"
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
