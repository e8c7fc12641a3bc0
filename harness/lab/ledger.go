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
	of       map[string]*account // by key
}

// account is one handset's.
type account struct {
	Listed
	rank    int            // in the order of the record
	build   string         // which it ran when it was leased last; empty: it never was, or the run is of before that was recorded
	jobs    []owed         // of those that it shares with others: what it began, and what is listed with it
	at      map[jobKey]int // where a job stands among them
	missing *finding.Missing
	owner   string // of the fault for which it is missing
}

// owed is one job, by its last attempt, with what came of those before.
type owed struct {
	scenario  string
	repeat    int
	attempt   int
	bundle    string
	digest    string // of its manifest, where it ended
	ended     bool   // its bundle is sealed
	outcome   evidence.Outcome
	earlier   []attempted
	changes   []string
	notUndone map[left]string // and why
	elsewhere bool            // another handset of its model played it, or has it listed
	moved     string          // key of the handset of its model that played the job in the end; empty: none did, or this one
}

func (o *owed) leave(l left, why string) {
	if o.notUndone == nil {
		o.notUndone = map[left]string{}
	}
	o.notUndone[l] = why
}

// left is a change that was not taken back, or a part of the state that is not as it
// was. A later attempt makes changes in the same words: only its own is the same.
type left struct {
	id   int // of the change; below 0: it is a part, by the attempt
	what string
}

// leftBehind tells what was not taken back, in the order of the words.
func (o owed) leftBehind() []string {
	var lines []string
	for l, why := range o.notUndone {
		if l.id > 0 {
			why = l.what + ": " + why
		}
		lines = append(lines, why)
	}
	slices.Sort(lines)
	return slices.Compact(lines)
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

// read makes the ledger of a run. It goes through the journal once.
func read(r Record, entries []evidence.Entry) ledger {
	l := blank(r)
	for i := range entries {
		if a := l.of[entries[i].Serial]; a != nil {
			a.enter(&entries[i])
		}
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

// blank is the ledger of a run of which nothing was played.
func blank(r Record) ledger {
	l := ledger{shares: r.shares(), of: map[string]*account{}}
	for _, h := range r.Handsets {
		a := &account{Listed: h, rank: len(l.handsets), at: make(map[jobKey]int, r.Repeat*len(r.Scenarios)+1)}
		first := evidence.Baseline
		if len(r.Scenarios) == 0 {
			first = evidence.Imported
		}
		a.owe(jobKey{first, 1})
		for repeat := 1; repeat <= r.Repeat; repeat++ {
			for _, s := range r.Scenarios {
				a.owe(jobKey{s.Name, repeat})
			}
		}
		l.handsets = append(l.handsets, a)
		l.of[h.Key] = a
	}
	return l
}

func (a *account) owe(key jobKey) {
	a.at[key] = len(a.jobs)
	a.jobs = append(a.jobs, owed{scenario: key.scenario, repeat: key.repeat})
}

func (a *account) enter(e *evidence.Entry) {
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
		j.ended, j.digest, j.outcome = true, e.Digest, *e.Outcome
	case evidence.Changed:
		j.changes = append(j.changes, e.Change.What)
	case evidence.UndoFailed:
		j.leave(left{e.Change.ID, e.Change.What}, e.Note)
	case evidence.Undone:
		delete(j.notUndone, left{e.Change.ID, e.Change.What})
	case evidence.Remains:
		j.leave(left{-e.Attempt, e.Part.Name}, e.Part.Left)
	case evidence.AsBefore: // as that attempt found it, which may be as an earlier one left it
		delete(j.notUndone, left{-e.Attempt, e.Part.Name})
	}
}

func (a *account) seen(e *evidence.Entry) {
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

func (a *account) find(e *evidence.Entry) *owed {
	if i := a.index(jobKey{e.Scenario, cmp.Or(e.Repeat, 1)}); i >= 0 {
		return &a.jobs[i]
	}
	return nil
}

// settle drops the jobs that others have taken over, and says of what never began why
// it did not.
func (a *account) settle() {
	a.jobs = slices.DeleteFunc(a.jobs, func(j owed) bool { return j.elsewhere })
	a.at = nil // they stand elsewhere now
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
