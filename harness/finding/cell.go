package finding

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// mostReasons is how many reasons one cell spells out.
const mostReasons = 8

// tallied is what bears on each cell of the headline table.
type tallied map[modelKey]map[string]*votes

// votes is what bears on one rule's verdict on one model.
type votes struct {
	flagged      map[string]bool // packages, or serials of handsets
	worst        Severity
	clear        bool
	inapplicable bool
	doubts       map[string]string // reasons, by what they say less their figures
	grounds      map[Verdict][]evidence.Ref
}

func (t tallied) of(key modelKey, rule string) *votes {
	if t[key] == nil {
		t[key] = map[string]*votes{}
	}
	if t[key][rule] == nil {
		t[key][rule] = &votes{flagged: map[string]bool{}, doubts: map[string]string{}, grounds: map[Verdict][]evidence.Ref{}}
	}
	return t[key][rule]
}

func (v *votes) add(f Finding) {
	v.grounds[f.Verdict] = thinned(append(v.grounds[f.Verdict], f.Grounds...))
	switch f.Verdict {
	case Flagged:
		who := string(f.Package)
		if who == "" {
			who = "handset " + string(f.Handset.Serial)
		}
		v.flagged[who] = true
		v.worst = max(v.worst, f.Severity)
	case Clear:
		v.clear = true
	case NotApplicable:
		v.inapplicable = true
	default:
		v.found(f.Detail)
	}
}

// doubt enters a reason, which may name a handset.
func (v *votes) doubt(reason string) { v.doubts[bounded(reason)] = bounded(reason) }

// found enters a finding's reason. Of several that differ in figures alone, as how many
// bytes an app moved in each scenario, one is told: the findings have them all.
func (v *votes) found(reason string) {
	reason = bounded(reason)
	key := digits.ReplaceAllString(reason, "#")
	if old, ok := v.doubts[key]; !ok || reason < old {
		v.doubts[key] = reason
	}
}

// owe enters a job that the verdict waits for; judged says that its evidence was
// read.
func (v *votes) owe(j Job, judged bool) {
	switch o := j.Outcome; {
	case o.State == evidence.NotApplicable:
		v.inapplicable = true
	case o.State == evidence.Finished && judged:
	case o.State == evidence.Finished:
		v.doubt(scenarioName(j) + ": its evidence was not read")
	default:
		reason := string(o.State)
		if reason == "" {
			reason = "how it ended is not known"
		}
		if o.Cause != "" {
			reason += ": " + o.Cause
		}
		v.doubt(scenarioName(j) + ": " + reason)
	}
}

// cell sums up: what is flagged outweighs what is unknown, which outweighs what
// is clear. A cell that nothing bears on is Unknown.
func (t tallied) cell(key modelKey, r Rule, handsets []android.Handset) Cell {
	v := t.of(key, r.ID)
	c := Cell{Flagged: len(v.flagged), Worst: v.worst}
	switch {
	case len(v.flagged) > 0:
		c.Verdict = Flagged
	case len(v.doubts) > 0:
	case v.clear:
		c.Verdict = Clear
	case v.inapplicable && r.applies(handsets):
		v.doubt(noScenario)
	case v.inapplicable:
		c.Verdict = NotApplicable
	case r.Scope == PerScenario:
		v.doubt(onePrintOut)
	default:
		v.doubt("no attempt that could show it has finished")
	}
	c.Grounds = tidy(v.grounds[c.Verdict])
	c.Unknown = slices.Sorted(maps.Values(v.doubts))
	for _, reason := range c.Unknown {
		if do := ToKnow(reason); !slices.Contains(c.ToKnow, do) {
			c.ToKnow = append(c.ToKnow, do)
		}
	}
	if more := len(c.Unknown) - mostReasons; more > 0 {
		c.Unknown = append(c.Unknown[:mostReasons:mostReasons], fmt.Sprintf("and %d more reasons", more))
	}
	return c
}

// noticeIn reads android.PropNotice: what the handset wants every reader to know
// of it, or "".
func noticeIn(c *Case) string {
	for p := range fact.Of[fact.Property](c.Observations) {
		if p.Key == android.PropNotice {
			return bounded(strings.TrimSpace(p.Value))
		}
	}
	return ""
}
