package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"assay/harness/adb"
	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/observe/fact"
	"assay/harness/scenario"
)

// forever stands for no deadline: a stream ends when it is told to.
const forever = -1

// job is one attempt at one scenario on one handset, while it is played.
type job struct {
	*handsetRun
	try
	handset *handset
	clock   *evidence.Clock // last read
	log     *stream
	sockets *samples
	steps   *evidence.Recording
	step    int
	lookout *lookout
	before  farm.Outages // of the adb server when the records were begun
}

// begin wires a handset for one attempt.
func (b *handsetRun) begin(t try) *job {
	j := &job{handsetRun: b, try: t}
	j.handset = &handset{lease: b.lease, limits: b.Limits, budget: b.Limits.budget()}
	j.handset.regain = b.regain
	j.handset.change = func(what string, undo []string) error { return b.changed(t, what, undo) }
	j.handset.hold = func(part, state string) error { return b.hold(t, part, state) }
	j.handset.beforeDump = j.beforeDump
	return j
}

// job plays one scenario. The error is the host's; the outcome tells the rest.
func (b *handsetRun) job(ctx context.Context, s scenario.Scenario, t try) (evidence.Outcome, error) {
	j := b.begin(t)
	ctx, stop := b.whileRunning(ctx)
	defer stop()
	targets, lacks, err := j.targets(ctx, s)
	if err != nil {
		return j.fate(ctx, err)
	}
	if lacks != "" {
		return evidence.Outcome{State: evidence.NotApplicable, Owner: "handset", Cause: lacks}, nil
	}
	if len(targets) == 1 {
		j.bundle.SetHead(func(h *evidence.Head) { h.Subject = string(targets[0].Package) })
	}
	return j.fate(ctx, j.play(ctx, s, targets))
}

// targets finds what the scenario is about on this handset, or what the handset
// lacks for it.
func (j *job) targets(ctx context.Context, s scenario.Scenario) ([]scenario.Target, string, error) {
	roles := overrides(j.plan.Inventory, j.lease.Handset.Brand)
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
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), j.Limits.cleanup())
	defer cancel()
	switch {
	case j.lookout == nil:
	case err == nil || unmet(err) || shellRefused(err) || ctx.Err() != nil:
		err = errors.Join(err, j.each(own, s.Finally, targets))
	case onHost(err):
		err = errors.Join(err, j.unrecorded(own, s.Finally, targets))
	}
	undone := j.undo(own)
	closed := j.close(own, err == nil || unmet(err))
	j.handset.regain = j.regain
	if err == nil || unmet(err) {
		err = errors.Join(err, j.captures(ctx, s, targets, evidence.After, collect.After))
	}
	if undone == nil || onHost(undone) {
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
			if err := j.take(ctx, c, phase, subjects); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *job) take(ctx context.Context, c collect.Collector, phase evidence.Phase, subjects []string) error {
	if c.Name == viewsSource {
		if err := j.beforeDump(ctx); err != nil {
			return err
		}
	}
	_, err := collect.Take(ctx, j.handset, j.bundle, collect.Request{
		Collector: c, SDK: j.handset.SDK(), Subjects: subjects, Phase: phase, Clock: j.clock, Known: j.probed.known,
	})
	return err
}

// sampleClock reads the handset's clock.
func (j *job) sampleClock(ctx context.Context) error {
	clock, err := j.handset.clock(ctx)
	j.clock = clock
	return err
}

// open begins the records that run beside the steps.
func (j *job) open(ctx context.Context, s scenario.Scenario) error {
	var err error
	sdk := j.handset.SDK()
	// While records run an attempt outlives no server: what they missed meanwhile is gone.
	j.before, j.handset.regain = j.outages(), nil
	if j.steps, err = j.bundle.Begin(evidence.Capture{Source: "steps", Phase: evidence.During, Command: []string{}, Clock: j.clock}); err != nil {
		return err
	}
	for _, c := range collect.At(collect.Sample, sdk, s.Collect) {
		if j.sockets, err = sample(j.handset, j.bundle, c, j.clock, j.probed.known); err != nil {
			return err
		}
		j.handset.rest = j.sockets.rest
	}
	for _, c := range collect.At(collect.Stream, sdk, s.Collect) {
		if j.log, err = listen(context.WithoutCancel(ctx), j.handset, j.bundle, c, j.clock, j.probed.known); err != nil {
			return err
		}
	}
	return nil
}

// close ends the records. played says that the scenario was not cut off.
func (j *job) close(ctx context.Context, played bool) error {
	j.handset.rest = nil
	var errs []error
	if j.log != nil {
		log, err := j.log.close(ctx, played)
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
	if log.Coverage.State == evidence.Whole || log.Coverage.State == evidence.Empty || !j.outages().Since(j.before) {
		return nil
	}
	return fmt.Errorf("%s: %s: %w", j.place.Entry.Name(), log.Coverage.Reason, adb.ErrNoServer)
}

// each plays steps on every target. What a target does not answer to ends its
// own steps only.
func (j *job) each(ctx context.Context, steps []scenario.Action, targets []scenario.Target) error {
	var unanswered []error
	for i, t := range targets {
		if len(targets) > 1 {
			j.say(fmt.Sprintf("playing %s %d/%d", j.scenario, i+1, len(targets)), false)
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
		j.lookout.begin(steps[i:], t)
		started := time.Now().UTC()
		report, err := a.Step.Do(ctx, j.handset, t)
		if noted := j.mark(ctx, a, t, started, report, err); noted != nil {
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

// mark records what became of a step, with the handset's clock and the position
// in the log at its end, and samples the sockets.
func (j *job) mark(ctx context.Context, a scenario.Action, t scenario.Target, started time.Time, r scenario.Report, failed error) error {
	j.step++
	var watched error
	if failed == nil || unmet(failed) {
		watched = j.lookout.over(ctx, r)
	}
	s := fact.Step{Index: j.step, Verb: a.Verb, Text: a.Text, Package: r.Package, Started: started, Ended: time.Now().UTC(),
		Result: "ok", Detail: r.Detail, Dialog: r.Dialog, Answer: r.Answer, Standing: r.Standing}
	if s.Package == "" {
		s.Package = string(t.Package)
	}
	switch {
	case failed != nil:
		s.Result, s.Detail = "failed", failed.Error()
	case unmet(watched):
		s.Result, s.Detail = "failed", watched.Error()
	case r.NotApplicable:
		s.Result = "not applicable"
	}
	j.lookout.tell(&s)
	if watched == nil && (failed == nil || unmet(failed)) {
		if err := j.look(ctx, &s); err != nil {
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

// look reads the handset's clock, finds the position in its log and samples its
// sockets, at the end of a step.
func (j *job) look(ctx context.Context, s *fact.Step) error {
	var err error
	if j.log == nil {
		err = j.sampleClock(ctx)
	} else {
		j.clock, s.Log, err = j.log.mark(ctx)
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
	return j.sockets.take(ctx)
}

// fate turns what ended an attempt into its outcome. Only the host's own
// faults are errors: those it shares with no handset.
func (j *job) fate(ctx context.Context, err error) (evidence.Outcome, error) {
	switch {
	case err == nil:
		return evidence.Outcome{State: evidence.Finished}, nil
	case onHost(err):
		return evidence.Outcome{}, err
	case j.draining() || ctx.Err() != nil:
		return evidence.Outcome{State: evidence.Interrupted, Owner: "host", Cause: "the run was stopped", Remedy: "run the scenario again"}, nil
	}
	if r := j.refusal(ctx, err); r != nil {
		return j.refusedOutcome(r), nil
	}
	if onlyUnmet(err) {
		return evidence.Outcome{State: evidence.StepFailed, Owner: "handset", Cause: oneLine(err)}, nil
	}
	o := faultOf(err)
	var n *farm.NotReady
	if errors.As(err, &n) && n.State == farm.Held { // locked: no rung of a ladder opens it
		j.needsHand(string(n.State), o.Cause, o)
	}
	return o, nil
}
