package lab

import (
	"context"
	"errors"
	"strings"
	"time"

	"assay/harness/evidence"
	"assay/harness/obstacle"
)

// refusedState is what the journal says of a handset that was given up because its
// shell is refused what the baseline needs.
const refusedState = "refused"

// shellRefused says whether an error tells that adb's shell was refused what Android
// gives it, aloud or in silence.
func shellRefused(err error) bool {
	var r *obstacle.Refusal
	return errors.As(err, &r)
}

// refusal gives what the shell was refused, where an error holds that and nothing
// else but expectations that were not met. A silent one counts where the handset's
// maker is known for it, and the handset does not show otherwise.
func (hr *handsetRun) refusal(ctx context.Context, err error) *obstacle.Refusal {
	var r *obstacle.Refusal
	if !errors.As(err, &r) || !only(err, func(e error) bool { return unmet(e) || shellRefused(e) }) {
		return nil
	}
	if !r.Silent {
		return r
	}
	row, known := obstacle.For(r, hr.makers()...)
	if !known || row.Look != nil && !hr.shows(ctx, *row.Look) {
		return nil
	}
	return r
}

// shows asks the handset whether a look shows the obstacle; one that does not
// answer shows nothing.
func (hr *handsetRun) shows(ctx context.Context, l obstacle.Look) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime)
	defer cancel()
	_, there, err := l.There(ctx, hr.shell().Shell)
	return err == nil && there
}

// shell runs commands that are no part of a job.
func (hr *handsetRun) shell() *handset { return &handset{lease: hr.lease, limits: hr.run.Limits} }

const lookTime = 20 * time.Second

func (hr *handsetRun) makers() []string {
	h := hr.lease.Handset
	return []string{h.Manufacturer, h.Brand, hr.place.Entry.Brand}
}

// refusedOutcome is how an attempt ends that the shell's refusal ended: the same for
// all jobs of the handset, with the words that it said first. It is told aloud once,
// whatever else the same switch would let through.
func (hr *handsetRun) refusedOutcome(r *obstacle.Refusal) evidence.Outcome {
	if o, told := hr.refusals[r.Cause()]; told {
		return o
	}
	o := evidence.Outcome{State: evidence.Infra, Owner: evidence.OwnerHandset, Cause: causeOf(r), Remedy: obstacle.Remedy(r, hr.makers()...)}
	if hr.refusals == nil {
		hr.refusals = map[string]evidence.Outcome{}
	}
	hr.refusals[r.Cause()] = o
	if hr.needsHand(refusedState, o.Remedy, o) {
		hr.run.Log.Error("adb's shell is refused", "handset", hr.place.Entry.Name(), "cause", o.Cause, "remedy", o.Remedy)
	}
	return o
}

// sayUndoRefused tells of a change that could not be taken back because the shell
// was refused it, where that has not been told of the handset yet.
func (hr *handsetRun) sayUndoRefused() {
	if hr.unsaid != nil {
		hr.refusedOutcome(hr.unsaid)
		hr.unsaid = nil
	}
}

// causeOf begins with what was refused, and ends in the handset's words, or in what
// was seen where it has none.
func causeOf(r *obstacle.Refusal) string {
	told := evidence.OneLine(r)
	if strings.HasPrefix(told, r.Cause()) {
		return told
	}
	return r.Cause() + ": " + told
}

// ofRefusal says whether an outcome is that of a refusal: what neither another
// attempt nor the recovery ladder mends.
func (hr *handsetRun) ofRefusal(o evidence.Outcome) bool {
	for _, told := range hr.refusals {
		if o == told {
			return true
		}
	}
	return false
}

// Hand is a handset that needs a person's hand.
type Hand struct {
	Key    string // as the journal names it
	Brand  string
	Model  string
	State  string // unauthorized, offline, quarantined, refused …
	Cause  string
	Remedy string
}

// needsHand tells that the handset needs a person's hand, each reason once, and says
// whether it was the first time.
func (hr *handsetRun) needsHand(state, reason string, o evidence.Outcome) bool {
	if hr.handed[reason] {
		return false
	}
	if hr.handed == nil {
		hr.handed = map[string]bool{}
	}
	hr.handed[reason] = true
	if hr.run.Hand != nil {
		e := hr.place.Entry
		hr.run.Hand(Hand{Key: e.Key(), Brand: e.Brand, Model: e.Model, State: state, Cause: o.Cause, Remedy: o.Remedy})
	}
	return true
}
