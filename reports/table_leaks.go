package reports

import (
	"cmp"
	"slices"

	"assay/harness/finding"
)

// leaks tells which app wrote which identifier to the log.
var leaks = Builder{
	Name:  "leaks",
	About: "which app wrote which identifier to the log",
	Build: leaksTable,
}

const leaksAbout = "Certain: the handset's own value. Probable: a check digit holds and a context word is near. Possible: a pattern alone, which never flags. " +
	"The value itself is not kept here, only enough of it to recognise."

func leaksTable(j finding.Judgement) Table {
	s := newSheet(j, "leaks", "Identifiers in the log", leaksAbout,
		Column{Name: "Scenario", About: "during which it was logged"},
		Column{Name: "Package", About: "the app, or the uid or pid where no app is known"},
		Column{Name: "Identifier", About: "what kind it is"},
		Column{Name: "Certainty", About: "certain, probable, possible"},
		Column{Name: "Masked", About: "the value, masked"},
		Column{Name: "Tag", About: "of the log entry"},
		Column{Name: "Entries", About: "of the log", Right: true},
		evidenceColumn,
	)
	rows := slices.SortedStableFunc(slices.Values(j.Leaks), func(a, b finding.LeakRow) int {
		return cmp.Or(byHandset(a.Handset, b.Handset), cmp.Compare(a.Scenario, b.Scenario), cmp.Compare(a.Package, b.Package),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Masked, b.Masked), cmp.Compare(a.Tag, b.Tag), byRef(a.Ref, b.Ref))
	})
	for _, l := range rows {
		s.add(l.Handset, value(l.Scenario), value(string(l.Package)), value(l.Kind), value(cmp.Or(l.Certainty, "unknown")),
			value(l.Masked), value(l.Tag), number(l.Count), grounds(l.Ref))
	}
	s.note("%s", seen(j, "logcat"))
	return s.Table
}
