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

// findings lists what was found, and what could not be.
var findings = Builder{
	Name:  "findings",
	About: "each Flagged and Unknown finding with its grounds; what is Clear, summed up",
	Build: findingsTable,
}

const findingsAbout = "Each Flagged and each Unknown finding; Clear and n.a. ones are summed up by handset and claim. " +
	"`assay explain RUN FINDING`, with the run's folder and an ID from the Finding column, shows the bytes."

func findingsTable(j finding.Judgement) Table {
	s := newSheet(j, "findings", "Findings", findingsAbout,
		Column{Name: "Claim", About: "the rule's ID; assay explain tells it in full"},
		Column{Name: "Verdict", About: "Flagged, Unknown, Clear or n.a."},
		Column{Name: "Severity", About: "of a Flagged finding: critical, high, medium or low"},
		Column{Name: "Scenario", About: "in which it was found"},
		Column{Name: "Package", About: "the app; empty for the handset as a whole"},
		Column{Name: "Detail", About: "in a sentence; of an Unknown finding, also what a person can do to know"},
		Column{Name: "Finding", About: "an ID that assay explain takes"},
		evidenceColumn,
	)
	rows := slices.SortedStableFunc(slices.Values(j.Findings), byFinding)
	for len(rows) > 0 {
		n := 1
		for rows[0].Verdict == finding.Clear || rows[0].Verdict == finding.NotApplicable {
			if n == len(rows) || !alike(rows[0], rows[n]) {
				break
			}
			n++
		}
		s.addFindings(rows[:n])
		rows = rows[n:]
	}
	if len(s.Rows) == 0 {
		s.note("Nothing was judged.")
	}
	return s.Table
}

// byFinding orders a handset's findings by what matters most.
func byFinding(a, b finding.Finding) int {
	return cmp.Or(
		byHandset(a.Handset, b.Handset),
		cmp.Compare(verdictOrder(a.Verdict), verdictOrder(b.Verdict)), cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Scenario, b.Scenario),
		cmp.Compare(a.Repeat, b.Repeat), cmp.Compare(a.Package, b.Package), cmp.Compare(a.Detail, b.Detail), cmp.Compare(a.ID, b.ID))
}

func verdictOrder(v finding.Verdict) int {
	return slices.Index([]finding.Verdict{finding.Flagged, finding.Unknown, finding.Clear, finding.NotApplicable}, v)
}

func alike(a, b finding.Finding) bool {
	return byHandset(a.Handset, b.Handset) == 0 && a.Rule == b.Rule && a.Verdict == b.Verdict
}

// addFindings appends one row for findings that are alike: as it is where it is
// alone, summed up where there are more.
func (s *sheet) addFindings(alike []finding.Finding) {
	f := alike[0]
	verdict := Cell{Text: f.Verdict.String(), Verdict: &f.Verdict}
	scenario, pkg, detail := scenarioName(f.Scenario, f.Repeat), f.Package, f.Detail
	ids := []string{f.ID}
	refs := slices.Clone(f.Grounds)
	if len(alike) > 1 {
		ids, refs = nil, nil
		var scenarios []string
		packages := map[android.Package]bool{}
		for _, f := range alike {
			ids = append(ids, f.ID)
			refs = append(refs, f.Grounds...)
			scenarios = append(scenarios, f.Scenario)
			packages[f.Package] = true
		}
		slices.Sort(scenarios)
		scenarios = slices.Compact(scenarios)
		scenario, detail = strings.Join(scenarios, ", "), fmt.Sprintf("%d findings are %s", len(alike), f.Verdict)
		if len(packages) > 1 {
			pkg = android.Package(fmt.Sprintf("(%d packages)", len(packages)))
		}
	}
	s.add(f.Handset, value(f.Rule), verdict, value(f.Severity.String()), value(scenario), value(string(pkg)),
		value(withAdvice(detail, f.ToKnow)), idCell(ids), grounds(distinct(refs)...))
}

// withAdvice adds to why something is unknown what a person can do to know.
func withAdvice(why, do string) string {
	if do == "" {
		return why
	}
	return strings.TrimRight(why, ".") + ". To know: " + do
}

func idCell(ids []string) Cell {
	c := Cell{Text: ids[0], Findings: ids}
	if len(ids) > 1 {
		c.Text = fmt.Sprintf("%s and %d more", ids[0], len(ids)-1)
	}
	return c
}

// distinct gives the places once each, in their order.
func distinct(refs []evidence.Ref) []evidence.Ref {
	var once []evidence.Ref
	seen := map[evidence.Ref]bool{}
	for _, r := range refs {
		if !seen[r] {
			seen[r] = true
			once = append(once, r)
		}
	}
	return once
}
