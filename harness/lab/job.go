package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"assay/harness/lab/logstream"

	"assay/harness/adb"
	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/observe/fact"
	"assay/harness/scenario"
)

// job is one attempt at one scenario on one handset, while it is played.
type job struct {
	on *handsetRun
	attempt
	handset *handset
	clock   *evidence.Clock // last read
	log     *logstream.Stream
	sockets *samples
	steps   *evidence.Recording
	step    int
	dialogs *dialogWatch
	before  farm.Outages // of the adb server when the records were begun

	recording bool // log, sockets and steps
}

// begin wires a handset for one attempt.
func (hr *handsetRun) begin(t attempt) *job {
	j := &job{on: hr, attempt: t}
	j.handset = &handset{lease: hr.lease, limits: hr.run.Limits, budget: hr.run.Limits.budget()}
	j.handset.keeper = j
	return j
}

// changed journals a change before it is made.
func (j *job) changed(what string, undo []string) error {
	return j.on.changed(j.attempt, what, undo)
}

// hold journals how a part of the state stands before it is changed.
func (j *job) hold(part, state string) error { return j.on.hold(j.attempt, part, state) }

// regain brings the handset back, but not while records run: an attempt outlives no
// server then, for what they missed meanwhile is gone.
func (j *job) regain(ctx context.Context, err error, before farm.Outages) bool {
	return !j.recording && j.on.regain(ctx, err, before)
}

// job plays one scenario. The error is the host's; the outcome tells the rest.
func (hr *handsetRun) job(ctx context.Context, s scenario.Scenario, t attempt) (evidence.Outcome, error) {
	j := hr.begin(t)
	ctx, stop := hr.run.whileRunning(ctx)
	defer stop()
	targets, lacks, err := j.targets(ctx, s)
	if err != nil {
		return j.fate(ctx, err)
	}
	if lacks != "" {
		return evidence.Outcome{State: evidence.NotApplicable, Owner: evidence.OwnerHandset, Cause: lacks}, nil
	}
	if len(targets) == 1 {
		j.bundle.SetHead(func(h *evidence.Head) { h.Subject = string(targets[0].Package) })
	}
	return j.fate(ctx, j.play(ctx, s, targets))
}

// targets finds what the scenario is about on this handset, or what the handset
// lacks for it.
func (j *job) targets(ctx context.Context, s scenario.Scenario) ([]scenario.Target, string, error) {
	roles := overrides(j.on.run.plan.Inventory, j.on.lease.Handset.Brand)
	lacks, err := s.Needs.Lacks(ctx, j.handset, roles)
	if err != nil || lacks != "" {
		return nil, lacks, err
	}
	targets, err := scenario.Resolve(ctx, j.handset, s.Subject, roles)
	if errors.Is(err, scenario.ErrNoTarget) {
		return nil, err.Error(), nil
	}
	return targets, "", err
}

// play takes the captures before, plays the steps while log and sockets are
// recorded, puts the handset back, and takes the captures after. Putting it back
// and closing the records have their own time.
func (j *job) play(ctx context.Context, s scenario.Scenario, targets []scenario.Target) error {
	err := j.probeAgain(ctx)
	if err == nil {
		err = j.captures(ctx, s, targets, evidence.Before, collect.Before)
	}
	if err == nil {
		err = j.open(ctx, s)
	}
	if err == nil {
		err = j.watch(ctx, s)
	}
	if err == nil {
		err = j.each(ctx, s.Steps, targets)
	}
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), j.on.run.Limits.cleanup())
	defer cancel()
	switch {
	case j.dialogs == nil:
	case err == nil || unmet(err) || shellRefused(err) || ctx.Err() != nil:
		err = errors.Join(err, j.each(own, s.Finally, targets))
	case evidence.OfDisk(err):
		err = errors.Join(err, j.unrecorded(own, s.Finally, targets))
	}
	undone := j.on.undo(own)
	closed := j.close(own, err == nil || unmet(err))
	j.recording = false
	if err == nil || unmet(err) {
		err = errors.Join(err, j.captures(ctx, s, targets, evidence.After, collect.After))
	}
	if undone == nil || evidence.OfDisk(undone) {
		undone = errors.Join(undone, j.compareOn(ctx))
	}
	return errors.Join(err, undone, closed)
}

// captures asks the collectors of one moment.
func (j *job) captures(ctx context.Context, s scenario.Scenario, targets []scenario.Target, phase evidence.Phase, when collect.When) error {
	if err := j.sampleClock(ctx); err != nil {
		return err
	}
	var packages []string
	for _, t := range targets {
		if plausible(string(t.Package)) {
			packages = append(packages, string(t.Package))
		}
	}
	for _, c := range collect.At(when, j.handset.SDK(), s.Collect) {
		for _, subjects := range subjects(c, packages) {
			if err := j.capture(ctx, c, phase, subjects); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *job) capture(ctx context.Context, c collect.Collector, phase evidence.Phase, subjects []string) error {
	if c.Name == viewsSource {
		if err := j.beforeDump(ctx); err != nil {
			return err
		}
	}
	_, err := collect.Take(ctx, j.handset, j.bundle, collect.Request{
		Collector: c, SDK: j.handset.SDK(), Subjects: subjects, Phase: phase, Clock: j.clock, Known: j.on.probed.known,
	})
	return err
}

// sampleClock reads the handset's clock.
func (j *job) sampleClock(ctx context.Context) error {
	clock, err := j.handset.Clock(ctx)
	j.clock = clock
	return err
}

// open begins the records that run beside the steps.
func (j *job) open(ctx context.Context, s scenario.Scenario) error {
	var err error
	sdk := j.handset.SDK()
	j.before, j.recording = j.on.outages(), true
	if j.steps, err = j.bundle.Begin(
		evidence.Capture{Source: "steps", Phase: evidence.During, Command: []string{}, Clock: j.clock},
	); err != nil {
		return err
	}
	for _, c := range collect.At(collect.Sample, sdk, s.Collect) {
		if j.sockets, err = sample(j.handset, j.bundle, c, j.clock, j.on.probed.known); err != nil {
			return err
		}
		j.handset.waiter.sleeper = j.sockets
	}
	for _, c := range collect.At(collect.Stream, sdk, s.Collect) {
		if j.log, err = logstream.Open(context.WithoutCancel(ctx), j.handset, logstream.Options{
			To: j.bundle, Collector: c, Known: j.on.probed.known, Clock: j.clock, Settle: j.on.run.Limits.settle(),
		}); err != nil {
			return err
		}
	}
	return nil
}

// close ends the records. played says that the scenario was not cut off.
func (j *job) close(ctx context.Context, played bool) error {
	j.handset.waiter = waiter{}
	var errs []error
	if j.log != nil {
		log, err := j.log.Close(ctx, played)
		errs = append(errs, err, j.missed(log))
	}
	if j.sockets != nil {
		errs = append(errs, j.sockets.close())
	}
	if j.steps != nil {
		state := evidence.Whole
		if j.steps.Size() == 0 {
			state = evidence.Empty
		}
		_, err := j.steps.End(nil, "", evidence.Coverage{State: state})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// missed says that a log was not read to its end because the adb server died.
func (j *job) missed(log evidence.Capture) error {
	if log.Coverage.State == evidence.Whole || log.Coverage.State == evidence.Empty || !j.on.outages().Since(j.before) {
		return nil
	}
	return fmt.Errorf("%s: %s: %w", j.on.place.Entry.Name(), log.Coverage.Reason, adb.ErrNoServer)
}

// each plays steps on every target. What a target does not answer to ends its
// own steps only.
func (j *job) each(ctx context.Context, steps []scenario.Action, targets []scenario.Target) error {
	var unanswered []error
	for i, t := range targets {
		if len(targets) > 1 {
			j.on.say(fmt.Sprintf("playing %s %d/%d", j.scenario, i+1, len(targets)), false)
		}
		err := j.perform(ctx, steps, t)
		if unmet(err) {
			unanswered = append(unanswered, err)
			continue
		}
		if err != nil {
			return errors.Join(append(unanswered, err)...)
		}
	}
	return errors.Join(unanswered...)
}

// unrecorded plays steps although the host cannot record what becomes of them.
func (j *job) unrecorded(ctx context.Context, steps []scenario.Action, targets []scenario.Target) error {
	var errs []error
	for _, t := range targets {
		for _, a := range steps {
			if _, err := a.Step.Do(ctx, j.handset, t); err != nil {
				errs = append(errs, fmt.Errorf("%s: %s: %w", a.Position, a.Step, err))
				break
			}
		}
	}
	return errors.Join(errs...)
}

func (j *job) perform(ctx context.Context, steps []scenario.Action, t scenario.Target) error {
	for i, a := range steps {
		j.dialogs.begin(steps[i:], t)
		started := time.Now().UTC()
		report, err := a.Step.Do(ctx, j.handset, t)
		if noted := j.mark(ctx, played{a, t, started, report, err}); noted != nil {
			return errors.Join(err, noted)
		}
		if err != nil {
			return fmt.Errorf("%s: %s: %w", a.Position, a.Step, err)
		}
		if err := j.space.spent(); err != nil {
			return err
		}
	}
	return nil
}

// played is a step that was played on a target.
type played struct {
	action  scenario.Action
	target  scenario.Target
	started time.Time
	report  scenario.Report
	failed  error
}

// mark records what became of a step, with the handset's clock and the position
// in the log at its end, and samples the sockets.
func (j *job) mark(ctx context.Context, p played) error {
	j.step++
	r, failed := p.report, p.failed
	var watched error
	if failed == nil || unmet(failed) {
		watched = j.dialogs.over(ctx, r)
	}
	s := fact.Step{Index: j.step, Verb: p.action.Verb, Text: p.action.Text, Package: r.Package, Started: p.started, Ended: time.Now().UTC(),
		Result: fact.StepOK, Detail: r.Detail, Dialog: r.Dialog, Answer: r.Answer, Standing: r.Standing}
	if s.Package == "" {
		s.Package = string(p.target.Package)
	}
	switch {
	case failed != nil:
		s.Result, s.Detail = fact.StepFailed, failed.Error()
	case unmet(watched):
		s.Result, s.Detail = fact.StepFailed, watched.Error()
	case r.NotApplicable:
		s.Result = fact.StepNotApplicable
	}
	j.dialogs.addTo(&s)
	if watched == nil && (failed == nil || unmet(failed)) {
		if err := j.sampleAfterStep(ctx, &s); err != nil {
			return err
		}
	}
	return errors.Join(j.write(s), watched)
}

// stepTime writes times in a fixed width, so that two runs of one story give
// steps of one length.
const stepTime = "2006-01-02T15:04:05.000000Z07:00"

// write adds a step to the attempt's list of them.
func (j *job) write(s fact.Step) error {
	line, err := json.Marshal(struct {
		fact.Step
		Started string `json:"started"`
		Ended   string `json:"ended"`
		Device  string `json:"device"`
		Booted  string `json:"booted"`
	}{s, s.Started.Format(stepTime), s.Ended.Format(stepTime), s.Device.Format(stepTime), s.Booted.Format(stepTime)})
	if err != nil {
		return err
	}
	_, err = j.steps.Write(append(line, '\n'))
	return err
}

// sampleAfterStep reads the handset's clock, finds the position in its log and samples its
// sockets, at the end of a step.
func (j *job) sampleAfterStep(ctx context.Context, s *fact.Step) error {
	var err error
	if j.log == nil {
		err = j.sampleClock(ctx)
	} else {
		j.clock, s.Log, err = j.log.Mark(ctx)
	}
	if err != nil {
		return err
	}
	if j.clock != nil {
		s.Device, s.Booted = j.clock.Device, j.clock.Booted
	}
	if j.sockets == nil {
		return nil
	}
	return j.sockets.sampleOnce(ctx)
}

// fate turns what ended an attempt into its outcome. Only the host's own
// faults are errors: those it shares with no handset.
func (j *job) fate(ctx context.Context, err error) (evidence.Outcome, error) {
	switch {
	case err == nil:
		return evidence.Outcome{State: evidence.Finished}, nil
	case evidence.OfDisk(err):
		return evidence.Outcome{}, err
	case j.on.run.draining() || ctx.Err() != nil:
		return evidence.Outcome{
			State:  evidence.Interrupted,
			Owner:  evidence.OwnerHost,
			Cause:  "the run was stopped",
			Remedy: "run the scenario again",
		}, nil
	}
	if r := j.on.refusal(ctx, err); r != nil {
		return j.on.refusedOutcome(r), nil
	}
	if onlyUnmet(err) {
		return evidence.Outcome{State: evidence.StepFailed, Owner: evidence.OwnerHandset, Cause: evidence.OneLine(err)}, nil
	}
	o := faultOf(err)
	var n *farm.NotReady
	if errors.As(err, &n) && n.State == farm.Held { // locked: no rung of a ladder opens it
		j.on.needsHand(string(n.State), o.Cause, o)
	}
	return o, nil
}
