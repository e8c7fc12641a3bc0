package reports

import (
	"strings"

	"assay/harness/finding"
)

// kin is what the rows of one model have in common, whatever their builds.
type kin struct{ brand, model, notice string }

func kinOf(m finding.Model) kin {
	return kin{strings.ToLower(m.Brand), m.Model, m.Notice}
}

// buildNames gives for each model what tells its build from the others of the same
// model, as briefly as that can be said; "" where there is no other. several says
// whether there is any.
func buildNames(models []finding.Model) (names []string, several bool) {
	names = make([]string, len(models))
	rows := map[kin][]int{}
	for i, m := range models {
		rows[kinOf(m)] = append(rows[kinOf(m)], i)
	}
	for _, same := range rows {
		if len(same) < 2 {
			continue
		}
		several = true
		for _, form := range buildForms {
			taken := map[string]bool{}
			for _, i := range same {
				names[i] = form(models[i].Build)
				taken[names[i]] = true
			}
			if len(taken) == len(same) {
				break
			}
		}
	}
	return names, several
}

// buildForms are ways to name a build, the briefest first. A fingerprint is
// BRAND/PRODUCT/DEVICE:RELEASE/ID/INCREMENTAL:TYPE/TAGS (CDD 3.2.2).
var buildForms = []func(string) string{
	func(build string) string {
		id, _, ok := fingerprint(build)
		if !ok {
			return known(build, "not known")
		}
		return id
	},
	func(build string) string {
		id, variant, ok := fingerprint(build)
		if !ok {
			return known(build, "not known")
		}
		return id + ":" + variant
	},
	func(build string) string { return known(build, "not known") },
}

// fingerprint takes ID/INCREMENTAL and TYPE/TAGS out of a fingerprint.
func fingerprint(build string) (id, variant string, ok bool) {
	_, rest, ok := strings.Cut(build, ":")
	last := strings.LastIndexByte(rest, ':')
	if !ok || last < 0 {
		return "", "", false
	}
	_, id, ok = strings.Cut(rest[:last], "/")
	return id, rest[last+1:], ok
}
