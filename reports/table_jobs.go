package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
)

// jobs tells what became of each scenario on each handset.
var jobs = Builder{
	Name:  "jobs",
	About: "each scenario on each handset: how it ended, why, and what was left changed",
	Build: jobsTable,
}

const jobsAbout = "A job is one scenario on one handset. What the lab could not run bears on no verdict; it is listed with its cause, " +
	"as are the handsets that could not be used at all, and each change to a handset that was not undone."

func jobsTable(j finding.Judgement) Table {
	s := newSheet(j, "jobs", "Scenarios on each handset", jobsAbout,
		Column{Name: "Scenario", About: "with the repeat where there are several"},
		Column{Name: "Outcome", About: "how the attempt ended"},
		Column{Name: "Attempt", About: "which one it was", Right: true},
		Column{Name: "Cause", About: "with whose fault it was"},
		Column{Name: "Remedy", About: "what a person can do"},
		Column{Name: "Unstable", About: "how an earlier attempt that finished differed"},
		Column{Name: "Changed", About: "what the harness changed on the handset"},
		Column{Name: "Not undone", About: "which of that it did not put back"},
		Column{Name: "Dialogs", About: "what stood in front unasked, in which step, and what was done about it"},
		Column{Name: "Pictures", About: "where the steps tell of it, its screenshot and its views"},
		Column{Name: "Bundle", About: "the folder that holds what the attempt kept"},
	)
	type entry struct {
		handset android.Handset
		cells   []Cell
	}
	var entries []entry
	for _, m := range sortedMissing(j) {
		entries = append(entries, entry{m.Handset, []Cell{value("(none: handset not used)"), value(known(m.State, "state unknown")), number(0),
			value(m.Cause), value(m.Remedy), value(""), value(""), value(""), value(""), value(""), value("")}})
	}
	for _, job := range sortedJobs(j) {
		entries = append(entries, entry{job.Handset, []Cell{value(jobName(job)), value(outcomeWord(job.Outcome.State)), number(job.Attempt),
			value(jobCause(job)), value(job.Outcome.Remedy),
			value(strings.Join(job.Unstable, "; ")), value(strings.Join(job.Changes, "; ")), value(strings.Join(job.NotUndone, "; ")),
			dialogs(job), pictures(job), value(job.Bundle)}})
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return byHandset(a.handset, b.handset) })
	for _, e := range entries {
		s.add(e.handset, e.cells...)
	}
	s.Notes = append(s.Notes, problemNotes(j)...)
	if len(s.Rows) == 0 {
		s.note("No scenario was owed on any handset.")
	}
	return s.Table
}

// dialogs names what stood in front; pictures leads to it.
func dialogs(job finding.Job) Cell {
	var all []string
	for _, d := range job.Dialogs {
		all = append(all, d.String())
	}
	return value(strings.Join(all, "; "))
}

func pictures(job finding.Job) Cell {
	var refs []evidence.Ref
	for _, d := range job.Dialogs {
		refs = append(refs, d.Refs...)
	}
	if len(refs) == 0 {
		return value("")
	}
	return grounds(refs...)
}

func sortedJobs(j finding.Judgement) []finding.Job {
	return slices.SortedStableFunc(slices.Values(j.Jobs), func(a, b finding.Job) int {
		return cmp.Or(
			byHandset(a.Handset, b.Handset),
			cmp.Compare(a.Scenario, b.Scenario),
			cmp.Compare(a.Repeat, b.Repeat),
			cmp.Compare(a.Attempt, b.Attempt),
		)
	})
}

// lastAttempts keeps of each job what became of it in the end.
func lastAttempts(j finding.Judgement) []finding.Job {
	return sortedJobs(finding.Judgement{Jobs: finding.LastAttempts(j.Jobs)})
}

// jobName is the scenario, and which repeat of it from the second on.
func jobName(job finding.Job) string { return scenarioName(job.Scenario, job.Repeat) }

func scenarioName(scenario string, repeat int) string {
	if repeat > 1 {
		return fmt.Sprintf("%s (repeat %d)", scenario, repeat)
	}
	return scenario
}

// settled says whether a job came to an end that leaves nothing to be done.
func settled(s evidence.OutcomeState) bool {
	return s == evidence.Finished || s == evidence.NotApplicable
}

func outcomeWord(s evidence.OutcomeState) string {
	if s == "" {
		return "unknown"
	}
	return string(s)
}

// jobCause says why a job ended as it did, and where it went.
func jobCause(job finding.Job) string {
	if job.Moved == "" {
		return ownedCause(job.Outcome)
	}
	return ownedCause(job.Outcome) + "; " + job.Moved + ", of the same model, played it in its place"
}

func ownedCause(o evidence.Outcome) string {
	if o.Owner == "" {
		return o.Cause
	}
	return string(o.Owner) + ": " + o.Cause
}
