package lab

import (
	"cmp"
	"slices"

	"assay/harness/evidence"
	"assay/harness/finding"
)

// ledger is a journal read as an account of what was owed and what came of it.
type ledger struct {
	handsets []*account // in the order of the record
	shares   []Sharing
}

// account is one handset's.
type account struct {
	Listed
	build   string // which it ran when it was leased last; empty: it never was, or the run is of before that was recorded
	jobs    []owed // of those that it shares with others: what it began, and what is listed with it
	missing *finding.Missing
	owner   string // of the fault for which it is missing
}

// owed is one job, by its last attempt, with what came of those before.
type owed struct {
	scenario  string
	repeat    int
	attempt   int
	bundle    string
	ended     bool // its bundle is sealed
	outcome   evidence.Outcome
	earlier   []attempted
	changes   []string
	notUndone []left
	moved     string // key of the handset of its model that played the job in the end; empty: none did, or this one
}

// left is a change that was not taken back.
type left struct {
	change evidence.Change
	why    string
}

func (l left) String() string { return l.change.What + ": " + l.why }

// leftBehind tells what was not taken back, in the order of the words.
func (o owed) leftBehind() []string {
	var lines []string
	for _, l := range o.notUndone {
		lines = append(lines, l.String())
	}
	slices.Sort(lines)
	return lines
}

// attempted is an attempt that another one followed.
type attempted struct {
	attempt int
	bundle  string
	outcome evidence.Outcome
}

// committed says whether the job came to an end that is the handset's own.
func (o owed) committed() bool {
	return o.ended && (counts(o.outcome.State) || o.outcome.State == evidence.NotApplicable)
}

// read makes the ledger of a run.
func read(r Record, entries []evidence.Entry) ledger {
	l := ledger{shares: r.shares()}
	for _, h := range r.Handsets {
		a := &account{Listed: h}
		a.jobs = append(a.jobs, owed{scenario: evidence.Baseline, repeat: 1})
		for repeat := 1; repeat <= r.Repeat; repeat++ {
			for _, s := range r.Scenarios {
				a.jobs = append(a.jobs, owed{scenario: s.Name, repeat: repeat})
			}
		}
		if len(r.Scenarios) == 0 {
			a.jobs[0].scenario = evidence.Imported
		}
		for _, e := range entries {
			if e.Serial == h.Key {
				a.enter(e)
			}
		}
		l.handsets = append(l.handsets, a)
	}
	for _, s := range l.shares {
		for _, q := range l.queues(s.Handsets) {
			q.share()
		}
	}
	for _, a := range l.handsets {
		a.settle()
	}
	return l
}

func (a *account) enter(e evidence.Entry) {
	if e.Kind == evidence.HandsetSeen {
		a.seen(e)
		return
	}
	j := a.find(e)
	if j == nil {
		return
	}
	switch e.Kind {
	case evidence.JobStarted:
		if j.ended {
			j.earlier = append(j.earlier, attempted{j.attempt, j.bundle, j.outcome})
		}
		j.attempt, j.bundle, j.ended = e.Attempt, e.Bundle, false
		j.outcome = evidence.Outcome{State: evidence.Interrupted, Owner: "host", Cause: "the run was cut off while this was played", Remedy: "run the scenario again"}
	case evidence.JobEnded:
		j.ended, j.outcome = true, *e.Outcome
	case evidence.Changed:
		j.changes = append(j.changes, e.Change.What)
	case evidence.UndoFailed:
		j.notUndone = append(j.notUndone, left{*e.Change, e.Note})
	case evidence.Undone:
		// A later attempt makes changes in the same words: only its own is taken back.
		j.notUndone = slices.DeleteFunc(j.notUndone, func(l left) bool { return l.change.ID == e.Change.ID && l.change.What == e.Change.What })
	}
}

func (a *account) seen(e evidence.Entry) {
	if e.Build != "" {
		a.build = e.Build
	}
	a.missing = nil // what is told last counts: a resumed run may find it again
	if e.Outcome == nil {
		return
	}
	a.missing = &finding.Missing{State: e.Note, Cause: e.Outcome.Cause, Remedy: e.Outcome.Remedy}
	a.owner = cmp.Or(e.Outcome.Owner, "handset")
}

func (a *account) find(e evidence.Entry) *owed {
	for i := range a.jobs {
		if a.jobs[i].scenario == e.Scenario && a.jobs[i].repeat == cmp.Or(e.Repeat, 1) {
			return &a.jobs[i]
		}
	}
	return nil
}

// settle says of what never began why it did not.
func (a *account) settle() {
	for i := range a.jobs {
		j := &a.jobs[i]
		if j.outcome.State != "" {
			continue
		}
		j.outcome = evidence.Outcome{State: evidence.NotStarted, Owner: "host", Cause: "the run ended before it", Remedy: "run the scenario again"}
		if a.missing != nil {
			j.outcome = evidence.Outcome{State: evidence.NotStarted, Owner: a.owner, Cause: a.missing.State + ": " + a.missing.Cause, Remedy: a.missing.Remedy}
		}
	}
}
