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
	"assay/harness/ledger"
	"assay/harness/obstacle"
	"assay/harness/scenario"
)

// run is what all handsets of one run share.
type run struct {
	*Runner
	plan      Plan
	dir       string
	disk      *disk
	bundles   *evidence.Disk // that holds them
	journal   *evidence.Journal
	farm      *farm.Farm
	schedule  *schedule.Schedule
	losses    farm.Collector
	incidents incidents
}

// handsetRun is all that a run does on one handset, from lease to return. One
// goroutine plays it.
type handsetRun struct {
	run    *run
	place  farm.Place
	worker *schedule.Worker
	past   past

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
func (hr *handsetRun) play(ctx context.Context) error {
	defer hr.say("done", true)
	defer hr.run.schedule.Leave(hr.worker)
	defer hr.letGo()
	for !hr.lost {
		if hr.lease == nil {
			if ready, err := hr.enter(ctx); err != nil || !ready {
				return err
			}
		}
		t := hr.next(ctx)
		if t == nil {
			return hr.end(ctx)
		}
		if err := hr.turn(ctx, t); err != nil {
			return err
		}
		if err := hr.fit(ctx); err != nil {
			return err
		}
	}
	return nil
}

// enter leases the handset and takes what has to come before its first job. It
// says whether the handset can be dealt jobs.
func (hr *handsetRun) enter(ctx context.Context) (bool, error) {
	lease, err := hr.acquire(ctx)
	if err != nil {
		return false, hr.giveUp(ctx, err)
	}
	hr.lease = lease
	build, ready, err := hr.prepare(ctx)
	hr.run.schedule.Entered(hr.worker, build, ready)
	return ready, err
}

// prepare takes back what an earlier part of the run left changed, and takes the
// baseline. It says which build the handset runs.
func (hr *handsetRun) prepare(ctx context.Context) (build string, ready bool, err error) {
	if err = hr.despite(ctx, func() error { build, err = hr.ask(ctx); return err }); err != nil {
		return "", false, hr.giveUp(ctx, err)
	}
	if err := hr.note(
		evidence.Entry{Kind: evidence.HandsetSeen, Note: ledger.LeasedNote, Build: build, Server: hr.lease.Entry.Server},
	); err != nil {
		return "", false, err
	}
	if err := hr.despite(ctx, func() error { return hr.putBack(ctx) }); err != nil {
		return "", false, hr.giveUp(ctx, err)
	}
	if hr.past.based {
		if hr.probed.known == nil {
			err = hr.recall()
		}
		return build, err == nil, err
	}
	t := schedule.NewBaseline(hr.past.tried)
	outcome, err := hr.tries(ctx, t, hr.baseline)
	if err != nil || outcome.State == evidence.Infra {
		return "", false, errors.Join(err, hr.skipAll(outcome))
	}
	hr.past.based = outcome.State.Counts()
	return build, true, nil
}

// ask says which build a leased handset runs. Among several of one model, one
// that has a notice is not of the same build as one that has none, and one that
// runs another build than when the run began has no part in what they share.
func (hr *handsetRun) ask(ctx context.Context) (string, error) {
	build := hr.lease.Handset.Build.Fingerprint
	shares := hr.worker.Shared()
	if shares {
		notice, err := hr.lease.Device.Shell(ctx, "getprop", android.PropNotice)
		if err != nil {
			return "", err
		}
		if notice = oneOf(notice); notice != "" {
			build += " (" + notice + ")"
		}
	}
	if shares && hr.past.build != "" && build != hr.past.build {
		return "", &farm.NotReady{
			State:  farm.Ambiguous,
			Cause:  "the run began with another build: " + oneOf(hr.past.build) + ", and it runs " + oneOf(build),
			Remedy: "put the handset back that was there, or begin a new run",
			Err:    farm.ErrOtherHandset,
		}
	}
	hr.past.build = build
	return build, nil
}

// next waits for the handset's turn, with its lease renewed meanwhile.
func (hr *handsetRun) next(ctx context.Context) *schedule.Task {
	if hr.run.draining() || ctx.Err() != nil {
		return nil
	}
	defer hr.renewing(ctx)()
	return hr.run.schedule.Next(ctx, hr.run.Drain, hr.worker)
}

// turn plays one job.
func (hr *handsetRun) turn(ctx context.Context, t *schedule.Task) error {
	hr.say("playing "+t.Key.Scenario, false)
	outcome, err := hr.tries(ctx, t, func(ctx context.Context, one attempt) (evidence.Outcome, error) {
		return hr.job(ctx, hr.run.plan.scenario(t.Scenario), one)
	})
	done := err == nil && (outcome.State.Counts() || outcome.State == evidence.NotApplicable)
	hr.run.schedule.Finish(hr.worker, t, done, err == nil && outcome.State == evidence.Infra)
	return err
}

// end says of a handset that is dealt nothing more why that is, where it is not
// that all is done.
func (hr *handsetRun) end(ctx context.Context) error {
	if (hr.run.draining() || ctx.Err() != nil) && hr.run.schedule.Owing(hr.worker) {
		return hr.notice()
	}
	return nil
}

// letGo gives the handset back.
func (hr *handsetRun) letGo() {
	if hr.lease != nil {
		hr.place.Row = hr.lease.Device.Row()
		hr.lease.Return()
		hr.lease = nil
	}
}

// notice records that the run was ended before the handset had played all.
func (hr *handsetRun) notice() error {
	if hr.lost {
		return nil
	}
	return hr.note(evidence.Entry{Kind: evidence.HandsetSeen, Note: ledger.InterruptedNote})
}

func (hr *handsetRun) note(e evidence.Entry) error {
	e.Serial = hr.place.Entry.Key()
	return hr.run.journal.Append(e)
}

func (hr *handsetRun) say(text string, over bool) {
	if hr.run.Watch != nil {
		done, all := hr.run.schedule.Progress(hr.worker)
		hr.run.Watch(Event{Handset: hr.place.Entry.Name(), Key: hr.place.Entry.Key(), Text: text, Done: done, Owed: all, Over: over})
	}
}

// faultOf says whose fault an error is, and what a person can do about it.
func faultOf(err error) evidence.Outcome {
	o := evidence.Outcome{State: evidence.Infra, Owner: evidence.Owner(adb.Owner(err)), Cause: evidence.OneLine(err), Remedy: adb.Remedy(err)}
	var notReady *farm.NotReady
	if errors.As(err, &notReady) {
		if o.Cause = evidence.OneLine(err); o.Owner != evidence.OwnerServer {
			o.Owner = evidence.OwnerHandset
		}
		if notReady.Remedy != "" {
			o.Remedy = notReady.Remedy
		}
	}
	if errors.Is(err, errSystemDown) {
		o.Owner, o.Remedy = evidence.OwnerHandset, "wait until the handset has booted; if it restarts again and again, it is broken"
	}
	if errors.Is(err, farm.ErrState) {
		o.Owner, o.Remedy = evidence.OwnerHost, "make the folder of state writable (--state), then run this handset again with --serial"
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
