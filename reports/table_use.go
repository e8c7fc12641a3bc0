package reports

import (
	"cmp"
	"slices"

	"assay/harness/android"
	"assay/harness/finding"
)

// use tells which app used which app-op.
var use = Builder{
	Name:  "use",
	About: "which app used which app-op, in which state, in which scenario",
	Build: useTable,
}

const useAbout = "State is Android's for the app's UID: pers persistent, top on screen, fgsvc foreground service, fgsvcl the same with location, fg foreground, " +
	"bg background, cch cached; unknown up to Android 8, which prints none. Android keeps only the last use of each op and state, so Entries counts entries of the dump, not accesses."

func useTable(j finding.Judgement) Table {
	s := newSheet(j, "use", "Use of app-ops", useAbout,
		Column{Name: "Scenario", About: "during which it was used"},
		Column{Name: "Package", About: "the app"},
		Column{Name: "Op", About: "the app-op"},
		Column{Name: "Opens", About: "what of the owner's it gives access to"},
		Column{Name: "State", About: "of the app's UID"},
		Column{Name: "Refused", About: "whether Android refused it"},
		Column{Name: "Entries", About: "of the dump", Right: true},
		evidenceColumn,
	)
	rows := slices.SortedStableFunc(slices.Values(j.Uses), func(a, b finding.UseRow) int {
		return cmp.Or(byHandset(a.Handset, b.Handset), cmp.Compare(a.Scenario, b.Scenario), cmp.Compare(a.Package, b.Package),
			cmp.Compare(a.Op, b.Op), cmp.Compare(a.State, b.State), byRef(a.Ref, b.Ref))
	})
	for _, u := range rows {
		s.add(u.Handset, value(u.Scenario), value(string(u.Package)), value(string(u.Op)), value(string(android.OpGroup(u.Op))),
			value(cmp.Or(string(u.State), "unknown")), yes(u.Rejected), number(u.Count), grounds(u.Ref))
	}
	s.note("%s", seen(j, "appops"))
	return s.Table
}
