package ledger

import (
	"os"
	"path/filepath"
	"slices"
	"time"

	"assay/harness/evidence"
)

// Estimate is how long something is expected to take, and what that goes by.
type Estimate struct {
	For  time.Duration
	From string // history, other models, scenario
}

// History is how long jobs took in earlier runs. It decides in what order jobs
// are dealt out and what a plan says, and bears on nothing that is found. The
// zero value knows nothing.
type History struct {
	Runs  int // that were read
	took  map[tookKey][]time.Duration
	lacks map[tookKey]string
}

// tookKey is a scenario on a model, or, with an empty model, on any.
type tookKey struct{ model, scenario string }

// The most that is read of earlier runs.
const (
	mostRuns    = 20
	mostJournal = 64 << 20
)

// ReadHistory reads the newest runs of a folder. What cannot be read as a run is
// passed over: it is no more than a hint that is lost.
func ReadHistory(dir string) History {
	h := History{lacks: map[tookKey]string{}}
	type run struct {
		path   string
		record Record
	}
	var runs []run
	found, _ := os.ReadDir(dir) // a folder that is not there holds no run
	for _, f := range found {
		path := filepath.Join(dir, f.Name())
		if r, err := Read(path); err == nil && len(r.Scenarios) > 0 {
			runs = append(runs, run{path, r})
		}
	}
	slices.SortFunc(runs, func(a, b run) int { return b.record.Started.Compare(a.record.Started) })
	for _, r := range runs[:min(len(runs), mostRuns)] {
		journal := filepath.Join(r.path, JournalName)
		if info, err := os.Stat(journal); err != nil || info.Size() > mostJournal {
			continue
		}
		entries, err := evidence.ReadJournal(journal)
		if err == nil {
			h.learn(r.record, entries)
		}
	}
	return h
}

// learn takes in one run.
func (h *History) learn(r Record, entries []evidence.Entry) {
	models := map[string]string{}
	for _, l := range r.Handsets {
		models[l.Key] = ModelName(l.Brand, l.Model)
	}
	h.Runs++
	began := map[string]time.Time{} // by bundle
	for _, e := range entries {
		key := tookKey{models[e.Serial], e.Scenario}
		switch {
		case e.Kind == evidence.JobStarted:
			began[e.Bundle] = e.Time
		case e.Kind != evidence.JobEnded || e.Outcome == nil:
		case e.Outcome.State == evidence.NotApplicable:
			if h.lacks[key] == "" { // the newest run's word
				h.lacks[key] = e.Outcome.Cause
			}
		case e.Outcome.State.Counts():
			if start, ok := began[e.Bundle]; ok && !e.Time.Before(start) {
				h.Add(e.Scenario, key.model, e.Time.Sub(start))
			}
		}
	}
}

// Add takes in how long one job of that name took on a model, as ModelName names it.
func (h *History) Add(name, model string, took time.Duration) {
	if h.took == nil {
		h.took = map[tookKey][]time.Duration{}
	}
	for _, key := range []tookKey{{model, name}, {"", name}} {
		h.took[key] = append(h.took[key], took)
	}
}

// Took gives how long a job of that name took on a model in earlier runs, or on others;
// false: in none.
func (h History) Took(name, brand, model string) (Estimate, bool) {
	if took := h.took[tookKey{ModelName(brand, model), name}]; len(took) > 0 {
		return Estimate{median(took), "history"}, true
	}
	if took := h.took[tookKey{"", name}]; len(took) > 0 {
		return Estimate{median(took), "other models"}, true
	}
	return Estimate{}, false
}

// Lacked says what a model lacked for a scenario in an earlier run; empty:
// nothing.
func (h History) Lacked(name, brand, model string) string {
	key := tookKey{ModelName(brand, model), name}
	if len(h.took[key]) > 0 {
		return ""
	}
	return h.lacks[key]
}

func median(all []time.Duration) time.Duration {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}
