package lab

import (
	"context"
	"errors"
	"slices"
	"strings"

	"assay/harness/evidence"
	"assay/harness/scenario"
)

// standing is a part of the handset's state that is to be compared with how it stood,
// and the attempt that was about to change it.
type standing struct {
	part, was string
	try       attempt
}

// hold journals how a part stands before it is changed the first time.
func (hr *handsetRun) hold(t attempt, part, state string) error {
	if slices.ContainsFunc(hr.past.held, func(h standing) bool { return h.part == part }) {
		return nil
	}
	e := t.entry(evidence.Held)
	e.Part = &evidence.Part{Name: part, Was: state}
	if err := hr.note(e); err != nil {
		return err
	}
	hr.past.held = append(hr.past.held, standing{part, state, t})
	return nil
}

// hold reads one entry of a journal about a part.
func (p *past) hold(e *evidence.Entry) {
	p.held = slices.DeleteFunc(p.held, func(h standing) bool { return h.part == e.Part.Name })
	if e.Kind == evidence.Held {
		t := attempt{scenario: e.Scenario, repeat: e.Repeat, attempt: e.Attempt, folder: e.Bundle}
		p.held = append(p.held, standing{e.Part.Name, e.Part.Was, t})
	}
}

// compare says of each part that was changed whether it is as it was, now that all
// was taken back. The error is the transport's, or of a handset whose system is not
// up: what could not be asked for is compared later. It may also be the host's disk's:
// what dumps of the views changed is put back all the same.
func (hr *handsetRun) compare(ctx context.Context) error {
	h := &handset{lease: hr.lease, limits: hr.run.Limits}
	var untold error
	for len(hr.past.held) > 0 {
		one := hr.past.held[0]
		left, unnoted, err := hr.remains(ctx, h, one)
		untold = errors.Join(untold, unnoted)
		if errors.Is(err, scenario.ErrNoPart) { // a journal may say anything
			left, err = []string{"not asked for: " + err.Error()}, nil
		}
		if err != nil {
			return errors.Join(err, untold)
		}
		e := one.try.entry(evidence.AsBefore)
		e.Part = &evidence.Part{Name: one.part}
		if len(left) > 0 {
			e.Kind, e.Part.Left = evidence.Remains, strings.Join(left, "; ")
			hr.run.Log.Warn("not as before", "handset", hr.place.Entry.Name(), "scenario", one.try.scenario, "remains", e.Part.Left)
		}
		hr.past.held = hr.past.held[1:]
		untold = errors.Join(untold, hr.note(e))
	}
	return untold
}

// remains says what of a part is not as it was. What a dump of the views has changed
// is put back first; unnoted is why the journal could not be told of that.
func (hr *handsetRun) remains(ctx context.Context, h *handset, one standing) (left []string, unnoted, err error) {
	left, err = scenario.Remains(ctx, h, one.part, one.was)
	back := scenario.PutBack(one.part, one.was)
	if err != nil || len(left) == 0 || back == nil {
		return left, nil, err
	}
	unnoted = hr.changed(one.try, one.part+", which dumps of the views rewrite, is put back", nil)
	if _, err := h.Shell(ctx, back...); err != nil && !refused(err) {
		return nil, unnoted, err
	}
	left, err = scenario.Remains(ctx, h, one.part, one.was)
	return left, unnoted, err
}

// beforeDump journals how the screen's rotation is set, before the views are dumped.
func (j *job) beforeDump(ctx context.Context) error {
	for _, part := range scenario.Rotation {
		if slices.ContainsFunc(j.on.past.held, func(h standing) bool { return h.part == part }) {
			continue
		}
		state, known, err := scenario.Standing(ctx, j.handset, part)
		if err != nil {
			return err
		}
		if known {
			err = j.hold(part, state)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// viewsSource is the collector that dumps the views.
const viewsSource = "ui-hierarchy"

// compareOn compares in a time of its own: it comes after all captures.
func (j *job) compareOn(ctx context.Context) error {
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), j.on.run.Limits.cleanup())
	defer cancel()
	return j.on.compare(own)
}

// putBack takes back what is pending, and compares.
func (hr *handsetRun) putBack(ctx context.Context) error {
	err := hr.undo(ctx)
	if err == nil || evidence.OfDisk(err) {
		err = errors.Join(err, hr.compare(ctx))
	}
	return err
}
