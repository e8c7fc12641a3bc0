package finding

import (
	"cmp"
	"fmt"
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
	models   map[modelKey]*modelRow
	rows     rows
}

// modelKey is what makes two handsets stand in one row. A handset with a notice
// never shares one with a handset without, nor one build with another: what one
// is signed with, or one's apps do, says nothing of the other.
type modelKey struct {
	family
	build string // android.Build's ID; empty: not known
}

// family is a model, whatever its builds.
type family struct{ brand, model, notice string }

// attempt is one case, by what is owed.
type attempt struct {
	serial   android.Serial
	model    modelKey
	scenario string
	repeat   int
}

// modelRow is the handsets of one model and build.
type modelRow struct {
	handsets map[android.Serial]android.Handset
}

// NewTally begins a judgement by all the rules.
func NewTally(info Info) *Tally {
	return &Tally{
		info: info, rules: All,
		seen: map[attempt]bool{}, dialogs: map[attempt][]Dialog{}, models: map[modelKey]*modelRow{}, rows: newRows(),
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
	t.rowFor(c.Handset)
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
	return firstOf(told, mostDiffers, "differences")
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
		j.Jobs[i].Dialogs = nil
		for _, p := range t.known(job.Handset) {
			j.Jobs[i].Dialogs = append(j.Jobs[i].Dialogs, t.dialogs[p.attempt(job)]...)
		}
	}
	slices.SortFunc(j.Jobs, compareJobs)
	slices.SortFunc(j.Findings, compareFindings)
	slices.SortFunc(j.Missing, func(a, b Missing) int {
		return cmp.Or(compareHandsets(a.Handset, b.Handset), cmp.Compare(a.State, b.State), cmp.Compare(a.Cause, b.Cause))
	})
	slices.Sort(j.Problems)
	j.Problems = firstOf(slices.Compact(j.Problems), mostProblems, "problems")
	j.Models = t.table()
	return j
}

// scenarioName is how reasons name a scenario.
func scenarioName(j Job) string {
	if j.Scenario == evidence.Baseline || j.Scenario == evidence.Imported {
		return j.Scenario + " of " + string(j.Handset.Serial)
	}
	return fmt.Sprintf("%s on %s", j.Scenario, j.Handset.Serial)
}
