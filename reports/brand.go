package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/finding"
)

// ForBrand gives what a judgement says of these brands alone, whatever the case
// of their letters: a brand's own report. No brands means all of them. A brand
// of which the judgement has no handset is an error that lists those it has.
// Problems concern the whole run and are kept.
func ForBrand(j finding.Judgement, brands []string) (finding.Judgement, error) {
	if len(brands) == 0 {
		return j, nil
	}
	known := brandsOf(j)
	for _, b := range brands {
		if !holds(known, b) {
			return finding.Judgement{}, unknownBrand(b, known)
		}
	}
	ours := func(h android.Handset) bool { return holds(brands, h.Brand) }
	j.Models = keep(j.Models, func(m finding.Model) bool { return holds(brands, m.Brand) })
	j.Jobs = keep(j.Jobs, func(r finding.Job) bool { return ours(r.Handset) })
	j.Findings = keep(j.Findings, func(r finding.Finding) bool { return ours(r.Handset) })
	j.Grants = keep(j.Grants, func(r finding.GrantRow) bool { return ours(r.Handset) })
	j.Uses = keep(j.Uses, func(r finding.UseRow) bool { return ours(r.Handset) })
	j.Leaks = keep(j.Leaks, func(r finding.LeakRow) bool { return ours(r.Handset) })
	j.Coverage = keep(j.Coverage, func(r finding.CoverageRow) bool { return ours(r.Handset) })
	j.Missing = keep(j.Missing, func(r finding.Missing) bool { return ours(r.Handset) })
	return j, nil
}

func unknownBrand(brand string, known []string) error {
	if len(known) == 0 {
		return fmt.Errorf("report of brand %q: the run has no handsets", brand)
	}
	hint := ""
	if near := nearest(brand, known); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Errorf("report of brand %q: the run has no handset of it%s (it has: %s)", brand, hint, strings.Join(known, ", "))
}

// brandsOf lists the brands of a run's handsets, those that could not be used
// among them, without regard to the case of letters.
func brandsOf(j finding.Judgement) []string {
	var all []string
	for _, m := range j.Models {
		all = append(all, m.Brand)
	}
	for _, m := range j.Missing {
		all = append(all, m.Handset.Brand)
	}
	for _, r := range j.Jobs {
		all = append(all, r.Handset.Brand)
	}
	slices.SortFunc(all, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
	})
	return slices.CompactFunc(all, strings.EqualFold)
}

func holds(brands []string, brand string) bool {
	return slices.ContainsFunc(brands, func(b string) bool {
		return strings.EqualFold(strings.TrimSpace(b), strings.TrimSpace(brand))
	})
}

// keep gives the rows that are wanted in a slice of their own.
func keep[T any](rows []T, wanted func(T) bool) []T {
	var kept []T
	for _, r := range rows {
		if wanted(r) {
			kept = append(kept, r)
		}
	}
	return kept
}
