package finding

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
)

// What a finding or a row keeps of a handset's words is bounded: a handset that
// prints a megabyte of name gets no megabyte of report.
const (
	longestText = 300 // bytes
	mostGrounds = 48  // references of one finding: Android 14 says in 33 properties how it was signed
)

func flagged(p android.Package, grounds []evidence.Ref, format string, args ...any) Finding {
	return answer(Flagged, p, grounds, format, args...)
}

func unknown(p android.Package, grounds []evidence.Ref, format string, args ...any) Finding {
	return answer(Unknown, p, grounds, format, args...)
}

func cleared(grounds []evidence.Ref, format string, args ...any) Finding {
	return answer(Clear, "", grounds, format, args...)
}

func inapplicable(format string, args ...any) Finding {
	return answer(NotApplicable, "", nil, format, args...)
}

// answer makes a finding. A package that it is about begins the sentence.
func answer(v Verdict, p android.Package, grounds []evidence.Ref, format string, args ...any) Finding {
	detail := fmt.Sprintf(format, args...)
	if p != "" {
		detail = string(p) + " " + detail
	}
	return Finding{Verdict: v, Package: p, Grounds: grounds, Detail: detail}
}

// bounded keeps the first bytes of a handset's words, and writes out what does not
// print. Escaping for a format is the format's own matter.
func bounded(s string) string {
	const cut = "…"
	if len(s) > longestText && android.PlainASCII(s) {
		return s[:longestText] + cut
	}
	return android.PrintableBytes(s, longestText+len(cut))
}

// tidy sorts references, drops doubles, and keeps the first few.
func tidy(refs []evidence.Ref) []evidence.Ref {
	refs = slices.Clone(refs)
	slices.SortFunc(refs, compareRefs)
	refs = slices.Compact(refs)
	return refs[:min(len(refs), mostGrounds)]
}

func compareRefs(a, b evidence.Ref) int {
	return cmp.Or(cmp.Compare(a.Bundle, b.Bundle), cmp.Compare(a.File, b.File),
		cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Length, b.Length), cmp.Compare(a.Line, b.Line))
}

// compareFindings sorts by brand, model, rule, package and verdict, then by what
// tells the rest apart.
func compareFindings(a, b Finding) int {
	return cmp.Or(
		compareHandsets(a.Handset, b.Handset),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Package, b.Package),
		cmp.Compare(verdictRank(b.Verdict), verdictRank(a.Verdict)),
		cmp.Compare(a.Scenario, b.Scenario),
		cmp.Compare(a.Repeat, b.Repeat),
		cmp.Compare(a.Detail, b.Detail),
		cmp.Compare(a.ID, b.ID),
	)
}

// compareHandsets sorts by brand, whatever its capitals, model, serial and build.
func compareHandsets(a, b android.Handset) int {
	return cmp.Or(
		cmp.Compare(strings.ToLower(a.Brand), strings.ToLower(b.Brand)),
		cmp.Compare(a.Model, b.Model),
		cmp.Compare(a.Serial, b.Serial),
		cmp.Compare(a.Build.ID(), b.Build.ID()),
	)
}

// verdictRank ranks verdicts for sorting: what matters most comes first.
func verdictRank(v Verdict) int {
	return [...]int{Unknown: 2, Clear: 1, Flagged: 3, NotApplicable: 0}[v]
}
