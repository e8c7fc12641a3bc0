package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/lab/schedule"
	"assay/harness/ledger"
	"assay/harness/strict"
)

// past is what an earlier part of a run did on one handset, beside the jobs that
// it may share with others.
type past struct {
	build   string     // that it ran then; empty: not known
	tried   int        // attempts at its baseline
	based   bool       // the baseline is committed
	pending []pending  // made and, as far as the journal says, not taken back
	held    []standing // changed and, as far as the journal says, not compared since
	changes int
	sealed  []sealedBundle // the baseline's first
}

// sealedBundle is a bundle, relative to the run, and the digest of its manifest.
type sealedBundle struct{ folder, digest string }

// remember goes on from an earlier part of the run.
func (hr *handsetRun) remember(p *past) {
	if p != nil {
		hr.past = *p
	}
}

// Retried says which jobs of a run are played again.
type Retried string

// What can be retried. Whatever it is, what was cut off or never begun is played
// too.
const (
	NotRun  Retried = "not-run"
	Infra   Retried = "infra"   // ended by a fault of the lab; as what was not run, it is never committed
	Flagged Retried = "flagged" // something was flagged in them
	Unknown Retried = "unknown" // some verdict of them is Unknown
)

// Resume goes on with the run in dir: it plays what the plan of that run owes and
// its journal does not show as committed, and again what only names. The evidence
// of every attempt stays. The plan's inventory and scenarios must hold all that
// the run was made with, as it was: see adopt. Its repeats, seed and filter, and which
// handsets share what they owe, are the run's own.
func (r *Runner) Resume(ctx context.Context, plan Plan, dir string, only ...Retried) (Summary, error) {
	release, err := hold(dir) // before the journal is read: what it says must hold until it is written to
	if err != nil {
		return Summary{}, err
	}
	defer release()
	run, err := ledger.Check(dir)
	if err != nil {
		return Summary{}, err
	}
	if err := run.Forged(); err != nil {
		return Summary{}, fmt.Errorf("%w; no handset was touched", err)
	}
	for _, p := range run.Problems {
		r.Log.Warn("not as it was recorded, and counts for nothing", "problem", p)
	}
	record := run.Record
	if err := plan.adopt(record, run.Dir); err != nil {
		return Summary{}, err
	}
	again, err := r.chosen(dir, only)
	if err != nil {
		return Summary{}, err
	}
	if err := r.Claims.Check(); err != nil {
		return Summary{}, err
	}
	places, servers, err := r.listedPlaces(ctx, plan, record)
	if err != nil {
		return Summary{}, err
	}
	journal, err := evidence.OpenJournal(filepath.Join(dir, ledger.JournalName))
	if err != nil {
		return Summary{}, err
	}
	defer journal.Close()
	journal.Told = r.Noted
	account := run.Ledger()
	before := pastsOf(account, run.Entries)
	workers := plan.workers(record.Shares(), places, func(keys []string) map[string]schedule.Played { return playedOf(account, keys, again) })
	return r.play(ctx, part{plan: plan, dir: dir, journal: journal, places: places, servers: servers, workers: workers, before: before})
}

// hold takes the sole right to play the run in dir.
func hold(dir string) (release func() error, err error) {
	release, err = evidence.HoldRun(filepath.Join(dir, ledger.JournalName))
	if err != nil {
		return nil, fmt.Errorf("%w; it plays the run, or goes on with it: wait until it has ended, or end it; no handset was touched", err)
	}
	return release, nil
}

// playedOf says what was done of each queue of a model. What is played again is
// the handset's that had played it, as long as it is there: what differs is then
// its own.
func playedOf(l ledger.Ledger, keys []string, again func(ledger.Account, ledger.Job) bool) map[string]schedule.Played {
	all := map[string]schedule.Played{}
	for build, sharers := range l.Queues(keys) {
		p := schedule.Played{Tried: map[ledger.Key]int{}, Skip: map[ledger.Key]bool{}, Home: map[ledger.Key]string{}}
		for _, a := range sharers {
			for _, j := range a.Jobs {
				key := j.Key()
				p.Tried[key] = max(p.Tried[key], j.Attempt)
				switch {
				case !j.Committed():
				case again(*a, j):
					p.Home[key] = a.Key
				default:
					p.Skip[key] = true
				}
			}
		}
		for key := range p.Home {
			delete(p.Skip, key)
		}
		all[build] = p
	}
	return all
}

// pastsOf reads what was done on each handset, by key. It goes through the journal once:
// a handset's changes stand there in the order of their numbers.
func pastsOf(l ledger.Ledger, entries []evidence.Entry) map[string]*past {
	all := make(map[string]*past, len(l.Handsets))
	for _, a := range l.Handsets {
		all[a.Key] = pastOf(a)
	}
	for i := range entries {
		e := &entries[i]
		p := all[e.Serial]
		if p != nil && e.Part != nil {
			p.hold(e)
		}
		if p == nil || e.Change == nil {
			continue
		}
		p.changes = max(p.changes, e.Change.ID)
		switch {
		case e.Kind == evidence.Changed && len(e.Change.Undo) > 0:
			t := attempt{scenario: e.Scenario, repeat: e.Repeat, attempt: e.Attempt, folder: e.Bundle}
			p.pending = append(p.pending, pending{change: *e.Change, try: t, told: true})
		case e.Kind == evidence.Undone:
			at, found := slices.BinarySearchFunc(p.pending, e.Change.ID, func(c pending, id int) int { return cmp.Compare(c.change.ID, id) })
			if found {
				p.pending[at].over = true
			}
		}
	}
	for _, p := range all {
		p.pending = slices.DeleteFunc(p.pending, func(c pending) bool { return c.over })
	}
	return all
}

// pastOf reads one handset's account.
func pastOf(a *ledger.Account) *past {
	p := &past{build: a.Build}
	for _, j := range a.Jobs {
		if j.Ended {
			p.sealed = append(p.sealed, sealedBundle{j.Bundle, j.Digest})
		}
		if j.Scenario == evidence.Baseline {
			p.tried, p.based = j.Attempt, j.Committed()
		}
	}
	return p
}

// CheckRetried says which of the words are none.
func CheckRetried(only []Retried) error {
	for _, o := range only {
		if !slices.Contains([]Retried{NotRun, Infra, Flagged, Unknown}, o) {
			return fmt.Errorf("--only %q: give infra, flagged, unknown or not-run%s", o,
				strict.Meant(string(o), []string{string(Infra), string(Flagged), string(Unknown), string(NotRun)}))
		}
	}
	return nil
}

// chosen says which committed jobs are to be played again.
func (r *Runner) chosen(dir string, only []Retried) (func(ledger.Account, ledger.Job) bool, error) {
	if err := CheckRetried(only); err != nil {
		return nil, err
	}
	verdicts := map[finding.Verdict]bool{}
	if slices.Contains(only, Flagged) {
		verdicts[finding.Flagged] = true
	}
	if slices.Contains(only, Unknown) {
		verdicts[finding.Unknown] = true
	}
	found := map[string]bool{}
	if len(verdicts) > 0 {
		if r.Judge == nil {
			return nil, errors.New("this runner knows no verdicts: what was flagged or is unknown cannot be chosen")
		}
		j, err := r.Judge(dir)
		if err != nil {
			return nil, err
		}
		for _, f := range j.Findings {
			if verdicts[f.Verdict] {
				found[fmt.Sprint(f.Handset.Serial, "\x00", f.Scenario, "\x00", f.Repeat)] = true
			}
		}
	}
	return func(a ledger.Account, j ledger.Job) bool {
		serial, _, _ := strings.Cut(a.Key, "@")
		return found[fmt.Sprint(serial, "\x00", j.Scenario, "\x00", j.Repeat)]
	}, nil
}
