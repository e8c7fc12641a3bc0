package finding

import (
	"cmp"
	"maps"
	"slices"

	"assay/harness/android"
	"assay/harness/evidence"
)

type coverageKey struct {
	handset  android.Handset
	scenario string
	source   string
	phase    evidence.Phase
}

// coverageRows sums up the captures of one source, phase and scenario. A row's
// state is the worst of them, and its reason that one's.
func (r rows) coverageRows() []CoverageRow {
	table := map[coverageKey]CoverageRow{}
	for _, c := range slices.SortedFunc(maps.Values(r.captures), compareCaptures) {
		v := c.covered
		key := coverageKey{c.handset, c.scenario, v.Source, v.Phase}
		row, ok := table[key]
		if !ok {
			row = CoverageRow{Handset: c.handset, Scenario: c.scenario, Source: v.Source, Phase: v.Phase, State: evidence.Whole, Ref: v.Ref}
			if complete(v) {
				row.State = v.Coverage.State
			}
		}
		state, reason := condition(v)
		if worse(state, row.State) || state == row.State && row.Reason == "" && reason != "" {
			row.State, row.Reason, row.Ref = state, reason, v.Ref
		}
		row.Captures++
		row.Facts += v.Reading.Facts
		row.Lines += v.Reading.Lines
		row.Unread += v.Reading.Unread
		table[key] = row
	}
	return slices.SortedFunc(maps.Values(table), func(a, b CoverageRow) int {
		return cmp.Or(compareHandsets(a.Handset, b.Handset), cmp.Compare(a.Scenario, b.Scenario),
			cmp.Compare(a.Source, b.Source), cmp.Compare(phaseOrder(a.Phase), phaseOrder(b.Phase)), compareRefs(a.Ref, b.Ref))
	})
}

func compareCaptures(a, b capture) int {
	return cmp.Or(compareRefs(a.covered.Ref, b.covered.Ref), cmp.Compare(a.covered.Source, b.covered.Source))
}

func complete(v Covered) bool {
	return v.Coverage.Complete() && v.Reading.Complete()
}

// condition is what the transport and the print-out itself tell together.
func condition(v Covered) (evidence.State, string) {
	c := v.Coverage
	if c.Complete() {
		c = v.Reading.Coverage
		if why := v.Reading.Weakness(); c.Complete() && why != "" {
			c = evidence.Coverage{State: evidence.Truncated, Reason: why}
		}
	}
	if c.Complete() {
		return c.State, bounded(c.Reason)
	}
	reason := c.Reason
	if len(c.Gaps) > 0 && reason != "" {
		reason = c.Gaps[0].Reason + "; " + reason
	} else if len(c.Gaps) > 0 {
		reason = c.Gaps[0].Reason
	}
	state := c.State
	if state == evidence.Whole || state == evidence.Empty {
		state = evidence.Truncated
	}
	return state, bounded(reason)
}

// badness ranks states: what weakens a verdict more ranks higher.
var badness = map[evidence.State]int{
	evidence.Whole: 0, evidence.Empty: 1, evidence.Unsupported: 2, evidence.NotRun: 3, evidence.Unknown: 4,
	evidence.Truncated: 5, evidence.TimedOut: 6, evidence.Denied: 7,
}

func worse(a, b evidence.State) bool { return badness[a] > badness[b] }

func phaseOrder(p evidence.Phase) int {
	return slices.Index([]evidence.Phase{"", evidence.Before, evidence.During, evidence.After}, p)
}
