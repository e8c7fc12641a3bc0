package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assay/harness/evidence"
	"assay/harness/finding"
)

// coverage tells what each source saw.
var coverage = Builder{
	Name:  "coverage",
	About: "what each source saw on each handset in each scenario, and why it saw no more",
	Build: coverageTable,
}

const coverageAbout = "Only what was seen whole can be called Clear. State: whole; empty, the handset had nothing to say; denied; unsupported by this release or maker; " +
	"timed out; truncated; not run; unknown. Unread lines are lines that no parser understood."

func coverageTable(j finding.Judgement) Table {
	s := newSheet(j, "coverage", "What was seen on each handset", coverageAbout,
		Column{Name: "Scenario", About: "baseline is what is captured once per handset"},
		Column{Name: "Source", About: "the collector"},
		Column{Name: "Phase", About: "before, during or after the steps"},
		Column{Name: "State", About: "how much of what was asked for was seen"},
		Column{Name: "Captures", About: "how many the row sums up", Right: true},
		Column{Name: "Facts", About: "read from them", Right: true},
		Column{Name: "Lines", About: "printed by the handset", Right: true},
		Column{Name: "Unread", About: "lines that no parser understood", Right: true},
		Column{Name: "Reason", About: "why it saw no more"},
		evidenceColumn,
	)
	rows := slices.SortedStableFunc(slices.Values(j.Coverage), func(a, b finding.CoverageRow) int {
		return cmp.Or(byHandset(a.Handset, b.Handset), cmp.Compare(a.Scenario, b.Scenario),
			cmp.Compare(a.Source, b.Source), cmp.Compare(phaseOrder(a.Phase), phaseOrder(b.Phase)), cmp.Compare(a.State, b.State))
	})
	for _, c := range rows {
		state := value(stateWord(c.State))
		state.Note = c.Reason
		s.add(c.Handset, value(c.Scenario), value(c.Source), value(string(c.Phase)), state, number(c.Captures), number(c.Facts),
			number(c.Lines), number(c.Unread), value(c.Reason), grounds(c.Ref))
	}
	s.Notes = append(s.Notes, problemNotes(j)...)
	if len(s.Rows) == 0 {
		s.note("Nothing was seen: there is no capture to read.")
	}
	return s.Table
}

func phaseOrder(p evidence.Phase) int {
	return slices.Index([]evidence.Phase{evidence.Before, evidence.During, evidence.After}, p)
}

func stateWord(s evidence.State) string {
	if s == evidence.Unknown {
		return "unknown"
	}
	return string(s)
}

// seen says, below a table, what the sources that it rests on did not see; an
// absent row means nothing without it. A source counts when its name contains
// one of the words.
func seen(j finding.Judgement, words ...string) string {
	whole, all := 0, 0
	for _, c := range j.Coverage {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(c.Source, w) }) {
			continue
		}
		all++
		if (c.State == evidence.Whole || c.State == evidence.Empty) && c.Unread == 0 {
			whole++
		}
	}
	what := strings.Join(words, " and ")
	switch {
	case all == 0:
		return fmt.Sprintf("No %s was captured: what is not listed here is Unknown, not absent.", what)
	case whole < all:
		return fmt.Sprintf(
			"In table coverage, %d of %d rows for %s are not whole or have unread lines: there, what is not listed here is Unknown, not absent.",
			all-whole,
			all,
			what,
		)
	}
	return fmt.Sprintf("In table coverage, all %d rows for %s are whole and have no unread lines.", all, what)
}
