package ledger

import (
	"cmp"
	"slices"

	"assay/harness/evidence"
)

// Key names a job of one handset.
type Key struct {
	Scenario string
	Repeat   int
}

// Ledger is a journal read as an account of what was owed and what came of it.
type Ledger struct {
	Handsets []*Account // in the order of the record
	Shares   []Sharing
	of       map[string]*Account // by key
}

// Account is one handset's.
type Account struct {
	Handset
	rank    int         // in the order of the record
	Build   string      // which it ran when it was leased last; empty: it never was, or the run is of before that was recorded
	Jobs    []Job       // of those that it shares with others: what it began, and what is listed with it
	at      map[Key]int // where a job stands among them
	Missing *Missing
	Owner   evidence.Owner // of the fault for which it is missing
}

// Missing is why a handset was given up, or not worked with.
type Missing struct{ State, Cause, Remedy string }

// Job is one job, by its last attempt, with what came of those before.
type Job struct {
	Scenario  string
	Repeat    int
	Attempt   int
	Bundle    string
	Digest    string // of its manifest, where it ended
	Ended     bool   // its bundle is sealed
	Outcome   evidence.Outcome
	Earlier   []Attempt
	Changes   []string
	left      map[residue]string // and why
	elsewhere bool               // another handset of its model played it, or has it listed
	Moved     string             // key of the handset of its model that played the job in the end; empty: none did, or this one
}

// Key names the job.
func (j Job) Key() Key { return Key{j.Scenario, j.Repeat} }

func (j *Job) leave(l residue, why string) {
	if j.left == nil {
		j.left = map[residue]string{}
	}
	j.left[l] = why
}

// residue is a change that was not taken back, or a part of the state that is not as it
// was. A later attempt makes changes in the same words: only its own is the same.
type residue struct {
	id   int // of the change; below 0: it is a part, by the attempt
	what string
}

// NotUndone tells what was not taken back, in the order of the words.
func (j Job) NotUndone() []string {
	var lines []string
	for l, why := range j.left {
		if l.id > 0 {
			why = l.what + ": " + why
		}
		lines = append(lines, why)
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// Attempt is an attempt that another one followed.
type Attempt struct {
	Number  int
	Bundle  string
	Outcome evidence.Outcome
}

// Committed says whether the job came to an end that is the handset's own.
func (j Job) Committed() bool {
	return j.Ended && (j.Outcome.State.Counts() || j.Outcome.State == evidence.NotApplicable)
}

// Left counts the jobs of scenarios that came to no end of their own, among all: of those
// that handsets share, each once.
func (l Ledger) Left() (left, all int) {
	for _, a := range l.Handsets {
		for _, j := range a.Jobs {
			if j.Scenario == evidence.Baseline || j.Moved != "" {
				continue
			}
			if all++; !j.Committed() {
				left++
			}
		}
	}
	return left, all
}

// Of makes the ledger of a run. It goes through the journal once.
func Of(r Record, entries []evidence.Entry) Ledger {
	l := blank(r)
	for i := range entries {
		if a := l.of[entries[i].Serial]; a != nil {
			a.enter(&entries[i])
		}
	}
	for _, s := range l.Shares {
		for _, q := range l.Queues(s.Handsets) {
			q.share()
		}
	}
	for _, a := range l.Handsets {
		a.close()
	}
	return l
}

// blank is the ledger of a run of which nothing was played.
func blank(r Record) Ledger {
	l := Ledger{Shares: r.Shares(), of: map[string]*Account{}}
	for _, h := range r.Handsets {
		a := &Account{Handset: h, rank: len(l.Handsets), at: make(map[Key]int, r.Repeat*len(r.Scenarios)+1)}
		first := evidence.Baseline
		if len(r.Scenarios) == 0 {
			first = evidence.Imported
		}
		a.owe(Key{first, 1})
		for repeat := 1; repeat <= r.Repeat; repeat++ {
			for _, s := range r.Scenarios {
				a.owe(Key{s.Name, repeat})
			}
		}
		l.Handsets = append(l.Handsets, a)
		l.of[h.Key] = a
	}
	return l
}

func (a *Account) owe(key Key) {
	a.at[key] = len(a.Jobs)
	a.Jobs = append(a.Jobs, Job{Scenario: key.Scenario, Repeat: key.Repeat})
}

func (a *Account) enter(e *evidence.Entry) {
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
		if j.Ended {
			j.Earlier = append(j.Earlier, Attempt{j.Attempt, j.Bundle, j.Outcome})
		}
		j.Attempt, j.Bundle, j.Ended = e.Attempt, e.Bundle, false
		j.Outcome = evidence.Outcome{
			State:  evidence.Interrupted,
			Owner:  evidence.OwnerHost,
			Cause:  "the run was cut off while this was played",
			Remedy: "run the scenario again",
		}
	case evidence.JobEnded:
		j.Ended, j.Digest, j.Outcome = true, e.Digest, *e.Outcome
	case evidence.Changed:
		j.Changes = append(j.Changes, e.Change.What)
	case evidence.UndoFailed:
		j.leave(residue{e.Change.ID, e.Change.What}, e.Note)
	case evidence.Undone:
		delete(j.left, residue{e.Change.ID, e.Change.What})
	case evidence.Remains:
		j.leave(residue{-e.Attempt, e.Part.Name}, e.Part.Left)
	case evidence.AsBefore: // as that attempt found it, which may be as an earlier one left it
		delete(j.left, residue{-e.Attempt, e.Part.Name})
	}
}

func (a *Account) seen(e *evidence.Entry) {
	if e.Build != "" {
		a.Build = e.Build
	}
	a.Missing = nil // what is told last counts: a resumed run may find it again
	if e.Outcome == nil {
		return
	}
	a.Missing = &Missing{State: e.Note, Cause: e.Outcome.Cause, Remedy: e.Outcome.Remedy}
	a.Owner = cmp.Or(e.Outcome.Owner, evidence.OwnerHandset)
}

func (a *Account) find(e *evidence.Entry) *Job {
	if i := a.index(Key{e.Scenario, cmp.Or(e.Repeat, 1)}); i >= 0 {
		return &a.Jobs[i]
	}
	return nil
}

// close drops the jobs that others have taken over, and says of what never began why
// it did not.
func (a *Account) close() {
	a.Jobs = slices.DeleteFunc(a.Jobs, func(j Job) bool { return j.elsewhere })
	a.at = nil // they stand elsewhere now
	for i := range a.Jobs {
		j := &a.Jobs[i]
		if j.Outcome.State != "" {
			continue
		}
		j.Outcome = evidence.Outcome{
			State:  evidence.NotStarted,
			Owner:  evidence.OwnerHost,
			Cause:  "the run ended before it",
			Remedy: "run the scenario again",
		}
		if a.Missing != nil {
			j.Outcome = evidence.Outcome{
				State:  evidence.NotStarted,
				Owner:  a.Owner,
				Cause:  a.Missing.State + ": " + a.Missing.Cause,
				Remedy: a.Missing.Remedy,
			}
		}
	}
}
