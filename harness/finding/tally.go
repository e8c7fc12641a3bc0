package finding

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
)

// Info is what a judgement says of the run itself.
type Info struct {
	Run   string    // the run's name
	Taken time.Time // when it began
	Tool  string    // version that took the evidence
}

// Tally makes a judgement of cases that are added one by one, in any order, and
// not kept. The zero value is not ready; use NewTally.
type Tally struct {
	info     Info
	rules    []Rule
	jobs     []Job
	missing  []Missing
	problems []string
	findings []Finding
	seen     map[attempt]bool
	dialogs  map[attempt][]Dialog
	models   map[modelKey]*shelf
	rows     rows
}

// modelKey is what makes two handsets stand in one row. A handset with a notice
// never shares one with a handset without.
type modelKey struct{ brand, model, notice string }

// attempt is one case, by what is owed.
type attempt struct {
	serial   android.Serial
	model    modelKey
	scenario string
	repeat   int
}

// shelf is the handsets of one model.
type shelf struct {
	handsets map[android.Serial]android.Handset
}

// NewTally begins a judgement by all the rules.
func NewTally(info Info) *Tally {
	return &Tally{
		info: info, rules: All,
		seen: map[attempt]bool{}, dialogs: map[attempt][]Dialog{}, models: map[modelKey]*shelf{}, rows: newRows(),
	}
}

// Add judges one case and keeps its findings and rows, not the case. Add those of
// attempts that finished or whose step failed, and no others: a fault of the lab
// bears on no verdict.
func (t *Tally) Add(c *Case) {
	if text := noticeIn(c); text != "" {
		c.Handset.Notice = text
	}
	at := attemptOf(c.Handset, c.Scenario, c.Repeat)
	t.seen[at], t.dialogs[at] = true, dialogsOf(c)
	t.shelve(c.Handset)
	t.findings = append(t.findings, Judge(c, t.rules)...)
	t.rows.add(c)
}

// Job enters one scenario that was owed on one handset, and what became of it.
// Of several entries for the same one the last attempt counts.
func (t *Tally) Job(j Job) { t.jobs = append(t.jobs, j) }

// Unstable compares two finished attempts at one job. What was flagged in the
// earlier alone is a finding all the same; the difference is told, a line each.
func (t *Tally) Unstable(earlier *Case, attempt int, last *Case) []string {
	was, is := flaggedIn(earlier, t.rules), flaggedIn(last, t.rules)
	var told []string
	for key, f := range was {
		if _, still := is[key]; !still {
			t.findings = append(t.findings, f)
			told = append(told, fmt.Sprintf("flagged in attempt %d alone: %s", attempt, key))
		}
	}
	for key := range is {
		if _, before := was[key]; !before {
			told = append(told, fmt.Sprintf("not flagged in attempt %d: %s", attempt, key))
		}
	}
	slices.Sort(told)
	return told
}

// flaggedIn gives what is flagged in a case, by rule and package.
func flaggedIn(c *Case, rules []Rule) map[string]Finding {
	found := map[string]Finding{}
	for _, f := range Judge(c, rules) {
		if f.Verdict == Flagged {
			found[strings.TrimSpace(f.Rule+" "+string(f.Package))] = f
		}
	}
	return found
}

// Missing enters a handset that the inventory lists and the run could not use.
func (t *Tally) Missing(m Missing) { t.missing = append(t.missing, m) }

// Problem enters evidence that could not be read.
func (t *Tally) Problem(text string) { t.problems = append(t.problems, bounded(text)) }

// Judgement sums up what was added. The same additions give the same judgement,
// whatever their order.
func (t *Tally) Judgement() Judgement {
	j := Judgement{
		Run: t.info.Run, Taken: t.info.Taken, Tool: t.info.Tool,
		Jobs:     slices.Clone(t.jobs),
		Findings: slices.Clone(t.findings),
		Grants:   t.rows.grantRows(),
		Uses:     t.rows.useRows(),
		Leaks:    t.rows.leakRows(),
		Coverage: t.rows.coverageRows(),
		Missing:  slices.Clone(t.missing),
		Problems: slices.Clone(t.problems),
	}
	for i, job := range j.Jobs {
		j.Jobs[i].Dialogs = t.dialogs[attemptOf(t.known(job.Handset), job.Scenario, job.Repeat)]
	}
	slices.SortFunc(j.Jobs, compareJobs)
	slices.SortFunc(j.Findings, compareFindings)
	slices.SortFunc(j.Missing, func(a, b Missing) int {
		return cmp.Or(compareHandsets(a.Handset, b.Handset), cmp.Compare(a.State, b.State), cmp.Compare(a.Cause, b.Cause))
	})
	slices.Sort(j.Problems)
	j.Problems = slices.Compact(j.Problems)
	j.Models = t.table()
	return j
}

// table is the headline table: a row for each model that was tried or is missing.
func (t *Tally) table() []Model {
	shelves := make(map[modelKey]*shelf, len(t.models))
	for key, s := range t.models {
		shelves[key] = &shelf{maps.Clone(s.handsets)}
	}
	cells := t.cells(shelves)
	table := make([]Model, 0, len(shelves))
	for key, s := range shelves {
		m := s.model()
		m.Cells = make(map[string]Cell, len(t.rules))
		for _, r := range t.rules {
			m.Cells[r.ID] = cells.cell(key, r)
		}
		table = append(table, m)
	}
	slices.SortFunc(table, func(a, b Model) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Brand), strings.ToLower(b.Brand)), cmp.Compare(a.Model, b.Model), cmp.Compare(a.Notice, b.Notice))
	})
	return table
}

// cells gathers what bears on each cell: findings, jobs that did not finish, and
// handsets that were not there. Models that nothing was read of join shelves.
func (t *Tally) cells(shelves map[modelKey]*shelf) tallied {
	cells := tallied{}
	for _, f := range t.findings {
		cells.of(keyFor(f.Handset), f.Rule).add(f)
	}
	for _, j := range LastAttempts(t.jobs) {
		h := t.known(j.Handset)
		key := keyFor(h)
		if shelves[key] == nil {
			shelves[key] = newShelf()
		}
		shelves[key].handsets[h.Serial] = h
		for _, r := range t.rules {
			if r.asked(j.Scenario) {
				cells.of(key, r.ID).owe(j, t.seen[attemptOf(h, j.Scenario, j.Repeat)])
			}
		}
	}
	tried := maps.Clone(shelves)
	for _, m := range t.missing {
		h := t.known(m.Handset)
		key := keyFor(h)
		if h.Model == "" || tried[key] != nil {
			continue // another handset answers for the model
		}
		if shelves[key] == nil {
			shelves[key] = newShelf()
		}
		shelves[key].handsets[h.Serial] = h
		for _, r := range t.rules {
			cells.of(key, r.ID).doubt(fmt.Sprintf("%s: %s", h.Serial, m.State))
		}
	}
	return cells
}

// known gives the handset as its own evidence names it, where there is one of
// that serial only; the inventory may have written it otherwise.
func (t *Tally) known(h android.Handset) android.Handset {
	var same []android.Handset
	for _, s := range t.models {
		if k, ok := s.handsets[h.Serial]; ok {
			same = append(same, k)
		}
	}
	if len(same) == 1 {
		return same[0]
	}
	return h
}

func (t *Tally) shelve(h android.Handset) *shelf {
	key := keyFor(h)
	if t.models[key] == nil {
		t.models[key] = newShelf()
	}
	t.models[key].handsets[h.Serial] = h
	return t.models[key]
}

func newShelf() *shelf {
	return &shelf{handsets: map[android.Serial]android.Handset{}}
}

func keyFor(h android.Handset) modelKey {
	return modelKey{strings.ToLower(h.Brand), h.Model, h.Notice}
}

func attemptOf(h android.Handset, scenario string, repeat int) attempt {
	return attempt{h.Serial, keyFor(h), scenario, repeat}
}

func compareJobs(a, b Job) int {
	return cmp.Or(compareHandsets(a.Handset, b.Handset), cmp.Compare(a.Scenario, b.Scenario),
		cmp.Compare(a.Repeat, b.Repeat), cmp.Compare(a.Attempt, b.Attempt), cmp.Compare(a.Bundle, b.Bundle))
}

// LastAttempts keeps of each job what became of it in the end. What another
// handset of the model played in the end is its job.
func LastAttempts(jobs []Job) []Job {
	last := map[attempt]Job{}
	for _, j := range jobs {
		key := attemptOf(j.Handset, j.Scenario, j.Repeat)
		if old, ok := last[key]; !ok || j.Attempt >= old.Attempt {
			last[key] = j
		}
	}
	maps.DeleteFunc(last, func(_ attempt, j Job) bool { return j.Moved != "" })
	return slices.SortedFunc(maps.Values(last), compareJobs)
}

// model sums up the shelf.
func (s *shelf) model() Model {
	handsets := slices.SortedFunc(maps.Values(s.handsets), compareHandsets)
	m := Model{Handsets: handsets}
	var releases []string
	for _, h := range handsets {
		if m.Brand == "" || h.Brand < m.Brand {
			m.Brand = h.Brand
		}
		m.Model, m.Notice = h.Model, h.Notice
		if h.Build.Release != "" && !slices.Contains(releases, h.Build.Release) {
			releases = append(releases, h.Build.Release)
		}
	}
	slices.Sort(releases)
	m.Release = strings.Join(releases, ", ")
	return m
}

// scenarioName is how reasons name a scenario.
func scenarioName(j Job) string {
	if j.Scenario == evidence.Baseline || j.Scenario == evidence.Imported {
		return j.Scenario + " of " + string(j.Handset.Serial)
	}
	return fmt.Sprintf("%s on %s", j.Scenario, j.Handset.Serial)
}
