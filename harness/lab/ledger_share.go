package lab

import (
	"cmp"
	"slices"

	"assay/harness/evidence"
)

// sharers is the accounts of the handsets that share one queue: of one model,
// and, as far as is known, of one build.
type sharers []*account

// queues parts the handsets of a model by build. Those that never said which
// build they run stand with the first that did.
func (l ledger) queues(keys []string) map[string]sharers {
	var all sharers
	for _, key := range keys {
		if a := l.of[key]; a != nil {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(x, y *account) int { return cmp.Compare(x.rank, y.rank) })
	first := ""
	if len(keys) > 1 {
		if i := slices.IndexFunc(all, func(a *account) bool { return a.build != "" }); i >= 0 {
			first = all[i].build
		}
	}
	queues := map[string]sharers{}
	for _, a := range all {
		build := first
		if len(keys) > 1 && a.build != "" {
			build = a.build
		}
		queues[build] = append(queues[build], a)
	}
	return queues
}

// share leaves each job with the handset that played it, and says of those that
// another had tried where it went. What nobody began is listed once: with the
// first handset that was there, or with the first.
func (all sharers) share() {
	if len(all) < 2 {
		return
	}
	for _, key := range all[0].keys() {
		last := all.last(key)
		if last == nil {
			i := slices.IndexFunc(all, func(a *account) bool { return a.missing == nil })
			last = all[max(i, 0)]
		}
		for _, a := range all {
			i := a.index(key)
			switch {
			case a == last:
			case a.jobs[i].attempt == 0:
				a.jobs[i].elsewhere = true
			case !a.jobs[i].committed():
				a.jobs[i].moved = last.Key
			}
		}
	}
}

// last gives the handset whose attempt at a job counts: the last that came to an
// end of its own, else the last; nil where nobody began it.
func (all sharers) last(key jobKey) *account {
	var last *account
	var best owed
	for _, a := range all {
		i := a.index(key)
		if i < 0 || a.jobs[i].attempt == 0 {
			continue
		}
		j := a.jobs[i]
		if last == nil || j.committed() && !best.committed() || j.committed() == best.committed() && j.attempt > best.attempt {
			last, best = a, j
		}
	}
	return last
}

// keys are the jobs of the account but the baseline, which is each handset's own.
func (a *account) keys() []jobKey {
	var keys []jobKey
	for _, j := range a.jobs {
		if j.scenario != evidence.Baseline {
			keys = append(keys, jobKey{j.scenario, j.repeat})
		}
	}
	return keys
}

// index is where a job stands in the account, until that is settled; -1: nowhere.
func (a *account) index(key jobKey) int {
	if i, ok := a.at[key]; ok {
		return i
	}
	return -1
}
