package ledger

import (
	"cmp"
	"slices"

	"assay/harness/evidence"
)

// Sharers is the accounts of the handsets that share one queue: of one model,
// and, as far as is known, of one build.
type Sharers []*Account

// Queues parts the handsets of a model by build. Those that never said which
// build they run stand with the first that did.
func (l Ledger) Queues(keys []string) map[string]Sharers {
	var all Sharers
	for _, key := range keys {
		if a := l.of[key]; a != nil {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(x, y *Account) int { return cmp.Compare(x.rank, y.rank) })
	first := ""
	if len(keys) > 1 {
		if i := slices.IndexFunc(all, func(a *Account) bool { return a.Build != "" }); i >= 0 {
			first = all[i].Build
		}
	}
	queues := map[string]Sharers{}
	for _, a := range all {
		build := first
		if len(keys) > 1 && a.Build != "" {
			build = a.Build
		}
		queues[build] = append(queues[build], a)
	}
	return queues
}

// share leaves each job with the handset that played it, and says of those that
// another had tried where it went. What nobody began is listed once: with the
// first handset that was there, or with the first.
func (all Sharers) share() {
	if len(all) < 2 {
		return
	}
	for _, key := range all[0].keys() {
		last := all.last(key)
		if last == nil {
			i := slices.IndexFunc(all, func(a *Account) bool { return a.Missing == nil })
			last = all[max(i, 0)]
		}
		for _, a := range all {
			i := a.index(key)
			switch {
			case a == last:
			case a.Jobs[i].Attempt == 0:
				a.Jobs[i].elsewhere = true
			case !a.Jobs[i].Committed():
				a.Jobs[i].Moved = last.Key
			}
		}
	}
}

// last gives the handset whose attempt at a job counts: the last that came to an
// end of its own, else the last; nil where nobody began it.
func (all Sharers) last(key Key) *Account {
	var last *Account
	var best Job
	for _, a := range all {
		i := a.index(key)
		if i < 0 || a.Jobs[i].Attempt == 0 {
			continue
		}
		j := a.Jobs[i]
		if last == nil || j.Committed() && !best.Committed() || j.Committed() == best.Committed() && j.Attempt > best.Attempt {
			last, best = a, j
		}
	}
	return last
}

// keys are the jobs of the account but the baseline, which is each handset's own.
func (a *Account) keys() []Key {
	var keys []Key
	for _, j := range a.Jobs {
		if j.Scenario != evidence.Baseline {
			keys = append(keys, j.Key())
		}
	}
	return keys
}

// index is where a job stands in the account, until that is settled; -1: nowhere.
func (a *Account) index(key Key) int {
	if i, ok := a.at[key]; ok {
		return i
	}
	return -1
}
