package lab

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"assay/harness/evidence"
	"assay/harness/scenario"
)

// Estimate is how long something is expected to take, and what that goes by.
type Estimate struct {
	For  time.Duration
	From string // history, other models, scenario
}

// Where nothing is known of earlier runs: what a job takes beside the waits that
// its scenario asks for, what a baseline takes, and how many apps "each:
// launchable" finds.
const (
	besideWaits   = 2 * time.Minute
	baselineTakes = 2 * time.Minute
	launchables   = 30
)

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
	h := History{took: map[tookKey][]time.Duration{}, lacks: map[tookKey]string{}}
	type run struct {
		path   string
		record Record
	}
	var runs []run
	found, _ := os.ReadDir(dir) // a folder that is not there holds no run
	for _, f := range found {
		path := filepath.Join(dir, f.Name())
		if r, err := ReadRecord(path); err == nil && len(r.Scenarios) > 0 {
			runs = append(runs, run{path, r})
		}
	}
	slices.SortFunc(runs, func(a, b run) int { return b.record.Started.Compare(a.record.Started) })
	for _, r := range runs[:min(len(runs), mostRuns)] {
		journal := filepath.Join(r.path, journalName)
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
		models[l.Key] = modelName(l.Brand, l.Model)
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
		case counts(e.Outcome.State):
			if start, ok := began[e.Bundle]; ok && !e.Time.Before(start) {
				h.took[key] = append(h.took[key], e.Time.Sub(start))
				h.took[tookKey{"", e.Scenario}] = append(h.took[tookKey{"", e.Scenario}], e.Time.Sub(start))
			}
		}
	}
}

func modelName(brand, model string) string { return strings.ToLower(brand) + " " + model }

// job estimates one scenario on a model.
func (h History) job(s scenario.Scenario, brand, model string) Estimate {
	if e, ok := h.named(s.Name, brand, model); ok {
		return e
	}
	waits := s.Waits()
	if s.Subject.Each != "" {
		waits *= launchables
	}
	return Estimate{waits + besideWaits, "scenario"}
}

// baseline estimates the baseline of a model.
func (h History) baseline(brand, model string) Estimate {
	if e, ok := h.named(evidence.Baseline, brand, model); ok {
		return e
	}
	return Estimate{baselineTakes, "scenario"}
}

func (h History) named(name, brand, model string) (Estimate, bool) {
	if took := h.took[tookKey{modelName(brand, model), name}]; len(took) > 0 {
		return Estimate{median(took), "history"}, true
	}
	if took := h.took[tookKey{"", name}]; len(took) > 0 {
		return Estimate{median(took), "other models"}, true
	}
	return Estimate{}, false
}

// lacked says what a model lacked for a scenario in an earlier run; empty:
// nothing.
func (h History) lacked(name, brand, model string) string {
	key := tookKey{modelName(brand, model), name}
	if len(h.took[key]) > 0 {
		return ""
	}
	return h.lacks[key]
}

func median(all []time.Duration) time.Duration {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}
