package finding

import (
	"fmt"
	"slices"

	"assay/harness/android"
	"assay/harness/evidence"
)

// What a judgement holds of one handset is bounded, whatever it prints: a dump with
// a hundred thousand packages gets no report of as many rows. Each bound is some
// ten times of what the largest real print-out needs, and what goes beyond is told
// in a row or a finding of its own, with how many there are.
const (
	mostFindings = 1000   // of one rule, one verdict and one case
	mostRows     = 10_000 // of grants, and of uses, of one case
	mostDialogs  = 100    // of one job
	mostDiffers  = 100    // lines on how one attempt differed from another
	mostProblems = 500    // of a run
)

// andMore stands where a name would, for n that are not listed.
func andMore(n int) android.Package {
	return android.Package(fmt.Sprintf("(and %d more)", n))
}

// limited keeps the first findings of each verdict, and joins the rest into one: a
// flag stays a flag.
func limited(found []Finding) []Finding {
	if len(found) <= mostFindings {
		return found
	}
	slices.SortStableFunc(found, compareFindings)
	kept := make([]Finding, 0, mostFindings)
	count := map[Verdict]int{}
	rest := map[Verdict]*Finding{}
	for _, f := range found {
		n := count[f.Verdict]
		count[f.Verdict]++
		switch {
		case n < mostFindings:
			kept = append(kept, f)
		case rest[f.Verdict] == nil:
			f.Package = ""
			rest[f.Verdict] = &f
		default:
			rest[f.Verdict].Grounds = thinned(append(rest[f.Verdict].Grounds, f.Grounds...))
		}
	}
	for v, f := range rest {
		f.Detail = fmt.Sprintf("%d more findings of this rule are %s; they are not listed", count[v]-mostFindings, v)
		f.Grounds = tidy(f.Grounds)
		f.identify()
		kept = append(kept, *f)
	}
	return kept
}

// thinned drops references that tidy would drop, once there are many.
func thinned(refs []evidence.Ref) []evidence.Ref {
	if len(refs) < 8*mostGrounds {
		return refs
	}
	return tidy(refs)
}

// firstOf keeps the first lines, and says how many more there are.
func firstOf(lines []string, most int, what string) []string {
	more := len(lines) - most
	if more <= 0 {
		return lines
	}
	return append(lines[:most:most], fmt.Sprintf("and %d more %s", more, what))
}
