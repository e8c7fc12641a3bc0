package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assay/harness/evidence"
	"assay/harness/finding"
)

// behaviour is the headline: what each model's preinstalled apps do.
var behaviour = Builder{
	Name:  "behaviour",
	About: "the headline: a row for each model and build, a column for each claim",
	Build: func(j finding.Judgement) Table { return behaviourTable(j, finding.All) },
}

const behaviourAbout = "Each column is a claim about the apps that came with the handset. " +
	"Flagged n: evidence contradicts it, for n packages (or the handset). Clear: all of the evidence that it rests on was read, and none contradicts it. " +
	"Unknown: something needed was not seen. n.a.: does not apply. * marks a Flagged cell of which a part is Unknown."

// behaviourTable has a column for each of the rules, then for any other that was
// judged.
func behaviourTable(j finding.Judgement, rules []finding.Rule) Table {
	r := newRoster(j)
	claims := claimColumns(j, rules)
	t := Table{Name: "behaviour", Title: r.title("Behaviour of preinstalled apps by model"), About: behaviourAbout, Group: 1}
	names, several := buildNames(j.Models)
	t.Columns = append(t.Columns, brandColumn, modelColumn, Column{Name: "Release", About: "of Android"})
	if several {
		t.Columns = append(t.Columns, buildColumn)
	}
	t.Columns = append(t.Columns, claims...)
	t.Columns = append(
		t.Columns,
		fingerprintColumn,
		Column{Name: "Serials", About: "the row's handsets", Detail: true},
		runColumn,
		noticeColumn,
	)
	ids := findingIDs(j, r)
	for _, i := range modelOrder(j.Models) {
		m := j.Models[i]
		kind, sentence := splitNotice(m.Notice)
		row := []Cell{value(known(m.Brand, "brand unknown")), value(modelName(m.Model, kind)), value(known(m.Release, "unknown"))}
		if several {
			row = append(row, value(names[i]))
		}
		for _, c := range claims {
			cell, judged := m.Cells[c.Name]
			row = append(row, verdictCell(cell, judged, ids[answer{i, c.Name, cell.Verdict}]))
		}
		t.Rows = append(t.Rows, append(row, value(m.Build), value(serials(m)), value(r.run), value(notice(kind, sentence))))
	}
	t.Notes = slices.Concat(missingNotes(j, r), unfinishedNotes(j, r), undoneNotes(j, r), problemNotes(j))
	return t
}

// modelOrder gives the models' places by brand, model and release.
func modelOrder(models []finding.Model) []int {
	order := make([]int, len(models))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := models[a], models[b]
		return cmp.Or(
			byName(x.Brand, y.Brand),
			byName(x.Model, y.Model),
			cmp.Compare(x.Release, y.Release),
			cmp.Compare(x.Notice, y.Notice),
			cmp.Compare(x.Build, y.Build),
		)
	})
	return order
}

func claimColumns(j finding.Judgement, rules []finding.Rule) []Column {
	var columns []Column
	listed := map[string]bool{}
	for _, r := range rules {
		listed[r.ID] = true
		columns = append(columns, Column{Name: r.ID, About: r.Title, Claim: true})
	}
	var others []string
	for _, m := range j.Models {
		for id := range m.Cells {
			if !listed[id] {
				listed[id] = true
				others = append(others, id)
			}
		}
	}
	slices.Sort(others)
	for _, id := range others {
		columns = append(columns, Column{Name: id, About: "a claim that this version of assay does not know", Claim: true})
	}
	return columns
}

// verdictCell prints one rule's answer for one model. A rule that was not asked
// is Unknown.
func verdictCell(c finding.Cell, judged bool, ids []string) Cell {
	verdict, flagged := c.Verdict, int64(c.Flagged)
	cell := Cell{
		Text: verdict.String(), Verdict: &verdict, Number: &flagged, Worst: c.Worst,
		Note: doubts(c), Findings: ids, Grounds: c.Grounds,
	}
	switch {
	case !judged:
		cell.Note = "the claim was not judged"
	case verdict == finding.Unknown && cell.Note == "":
		cell.Note = "no reason was kept"
	case verdict == finding.Flagged:
		cell.Text = fmt.Sprintf("%s %d", verdict, flagged)
		if cell.Note != "" {
			cell.Text += weakened
		}
	}
	return cell
}

// doubts are the reasons why something is unknown, and what to do about them.
func doubts(c finding.Cell) string {
	return withAdvice(strings.Join(c.Unknown, "; "), strings.Join(c.ToKnow, "; "))
}

// withSeverity is a cell's text, with how bad its worst is.
func (c Cell) withSeverity() string {
	if c.Worst == 0 || c.Differ {
		return c.Text
	}
	text, weak := strings.CutSuffix(c.Text, weakened)
	text += " (" + c.Worst.String() + ")"
	if weak {
		text += weakened
	}
	return text
}

// weakened marks a Flagged cell of which a part is Unknown.
const weakened = "*"

// answer is one verdict on one claim for one model.
type answer struct {
	model   int
	rule    string
	verdict finding.Verdict
}

func findingIDs(j finding.Judgement, r roster) map[answer][]string {
	ids := map[answer][]string{}
	for _, f := range j.Findings {
		at := answer{r.index(f.Handset), f.Rule, f.Verdict}
		ids[at] = append(ids[at], f.ID)
	}
	for at := range ids {
		slices.Sort(ids[at])
		ids[at] = slices.Compact(ids[at])
	}
	return ids
}

func serials(m finding.Model) string {
	var all []string
	for _, h := range m.Handsets {
		all = append(all, string(h.Serial))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// missingNotes names each handset that could not be used, with cause and remedy.
func missingNotes(j finding.Judgement, r roster) []string {
	var notes []string
	for _, m := range sortedMissing(j) {
		notes = append(notes, fmt.Sprintf("Not used: %s: %s%s", r.name(m.Handset), known(m.State, "state unknown"), because(m.Cause, m.Remedy)))
	}
	return notes
}

func sortedMissing(j finding.Judgement) []finding.Missing {
	return slices.SortedStableFunc(slices.Values(j.Missing), func(a, b finding.Missing) int {
		return cmp.Or(byHandset(a.Handset, b.Handset), cmp.Compare(a.State, b.State))
	})
}

// unfinishedNotes names the jobs that did not come to their end, those of one
// handset that ended alike in one note.
func unfinishedNotes(j finding.Judgement, r roster) []string {
	type end struct {
		phone
		outcome evidence.Outcome
	}
	scenarios := map[end][]string{}
	var order []finding.Job
	for _, job := range lastAttempts(j) {
		if settled(job.Outcome.State) {
			continue
		}
		at := end{phone{job.Handset.Serial, job.Handset.Brand, job.Handset.Model, job.Handset.Build.ID()}, job.Outcome}
		if len(scenarios[at]) == 0 {
			order = append(order, job)
		}
		scenarios[at] = append(scenarios[at], jobName(job))
	}
	var notes []string
	for _, job := range order {
		at := end{phone{job.Handset.Serial, job.Handset.Brand, job.Handset.Model, job.Handset.Build.ID()}, job.Outcome}
		notes = append(notes, fmt.Sprintf("Not finished: %s: %s%s Scenarios (%d): %s", r.name(job.Handset), outcomeWord(job.Outcome.State),
			cmp.Or(because(job.Outcome.Cause, job.Outcome.Remedy), "."), len(scenarios[at]), strings.Join(scenarios[at], ", ")))
	}
	return notes
}

// undoneNotes names what the harness changed on a handset and did not put back.
func undoneNotes(j finding.Judgement, r roster) []string {
	var notes []string
	for _, job := range sortedJobs(j) {
		for _, change := range job.NotUndone {
			notes = append(notes, fmt.Sprintf("Left changed: %s: %s: %s", r.name(job.Handset), jobName(job), change))
		}
	}
	return notes
}

func problemNotes(j finding.Judgement) []string {
	var notes []string
	for _, p := range j.Problems {
		notes = append(notes, "Not read: "+p)
	}
	return notes
}

func because(cause, remedy string) string {
	text := ""
	if cause != "" {
		text += ": " + strings.TrimRight(cause, ". ") + "."
	}
	if remedy != "" {
		text += " Remedy: " + strings.TrimRight(remedy, ". ") + "."
	}
	return text
}
