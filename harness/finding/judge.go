package finding

import (
	"cmp"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
)

// Judge asks the rules of a case: those about the handset of its baseline, those
// about what happened of every attempt, and both of imported print-outs. Each
// rule that is asked gives at least one finding. Where a source that a rule
// needs was not completely covered, something unforeseen stood in front of the
// steps, or Android's services were restarted between them, what was flagged
// stands, and the rest is Unknown. The answer depends on the case alone, and is
// sorted.
func Judge(c *Case, rules []Rule) []Finding {
	c.derived = derived{}
	var all []Finding
	for _, r := range rules {
		if r.asked(c.Scenario) {
			all = append(all, r.judge(c)...)
		}
	}
	slices.SortStableFunc(all, compareFindings)
	return all
}

// asked says whether the rule is asked of the cases of a scenario.
func (r Rule) asked(scenario string) bool {
	switch scenario {
	case evidence.Imported:
		return true
	case evidence.Baseline:
		return r.Scope == PerHandset
	}
	return r.Scope == PerScenario
}

func (r Rule) judge(c *Case) []Finding {
	found := r.Check(c)
	if !settled(found) {
		var lacking []Finding
		for _, n := range r.Needs {
			lacking = n.lacking(c, lacking)
		}
		if r.Scope == PerScenario {
			lacking = slices.Concat(lacking, disturbed(c), restarted(c), r.shrunk(c))
		}
		if len(lacking) > 0 {
			found = append(doubted(slices.DeleteFunc(found, vague)), lacking...)
		}
	}
	if r.Scope == PerScenario && c.Scenario == evidence.Imported && !settled(found) {
		found = unplayed(c, found)
	}
	if !slices.ContainsFunc(found, answers) {
		found = append(found, Finding{Verdict: Clear, Detail: "nothing that contradicts the claim in " + r.sources(c), Grounds: r.searched(c)})
	}
	for i := range found {
		f := &found[i]
		f.Rule, f.Handset, f.Scenario, f.Repeat = r.ID, c.Handset, c.Scenario, c.Repeat
		f.Package, f.Detail = android.Package(bounded(string(f.Package))), bounded(f.Detail)
		switch f.Verdict {
		case Unknown:
			f.ToKnow = ToKnow(f.Detail)
		case Flagged:
			f.Severity = cmp.Or(f.Severity, r.Severity)
		}
		f.identify()
	}
	return limited(merged(found))
}

// answers says whether a finding answers the claim: one that clears an app of a
// use that looks as if it contradicted does not yet clear the others.
func answers(f Finding) bool { return f.Verdict != Clear || f.Package == "" }

// merged joins findings of one ID, which tell the same fact, and tidies the
// grounds.
func merged(found []Finding) []Finding {
	kept := found[:0]
	index := make(map[string]int, len(found))
	for _, f := range found {
		i, known := index[f.ID]
		if !known {
			index[f.ID] = len(kept)
			kept = append(kept, f)
			continue
		}
		kept[i].Grounds = thinned(append(kept[i].Grounds, f.Grounds...))
	}
	for i := range kept {
		kept[i].Grounds = tidy(kept[i].Grounds)
	}
	return kept
}

// settled says whether a rule found that it does not apply, whatever the
// captures hold.
func settled(found []Finding) bool {
	return len(found) == 1 && found[0].Verdict == NotApplicable && found[0].Package == ""
}

// vague says whether a finding says no more than that nothing was there to be
// seen, which a lacking capture explains better.
func vague(f Finding) bool {
	return f.Verdict == Clear && f.Package == "" || f.Verdict == Unknown && f.Package == "" && len(f.Grounds) == 0
}

// doubted tells what excuses an app where the rest is not known: it clears nothing.
func doubted(found []Finding) []Finding {
	for i := range found {
		if found[i].Verdict == Clear {
			found[i].Verdict = Unknown
		}
	}
	return found
}

// lacking adds an Unknown finding for each way in which captures weaken the need,
// or one where there is no capture at all. Which phase an imported print-out
// belongs to nobody knows: there, any will do.
func (n Need) lacking(c *Case, found []Finding) []Finding {
	captures := n.captures(c)
	if !n.serves(c) {
		return found
	}
	if len(captures) == 0 {
		return append(found, unknown("", nil, "%s%s: not captured", n.Source, aboutPhase(n.Phase, c.Scenario)))
	}
	for _, v := range captures {
		why := n.weakness(c, v)
		if why == "" {
			continue
		}
		f := unknown("", []evidence.Ref{v.Ref}, "%s%s: %s", v.Source, aboutSubject(v.Subject), why)
		i := slices.IndexFunc(found, func(g Finding) bool { return g.Detail == f.Detail })
		if i < 0 {
			found = append(found, f)
			continue
		}
		found[i].Grounds = append(found[i].Grounds, v.Ref)
	}
	return found
}

// serves says whether the rule rests on the source on the case's release, or may,
// where that is not known.
func (n Need) serves(c *Case) bool { return n.on(c.Handset.Build.SDK) }

func (n Need) on(sdk int) bool { return sdk == 0 || sdk >= n.From && (n.To == 0 || sdk <= n.To) }

// RestsOn says whether a rule rests on what a source showed in a phase of a scenario, on
// that SDK (0: not known).
func RestsOn(source, scenario string, phase evidence.Phase, sdk int) bool {
	return slices.ContainsFunc(All, func(r Rule) bool {
		return slices.ContainsFunc(r.Needs, func(n Need) bool {
			return n.Source == source && n.on(sdk) && (n.Phase == "" || n.Phase == phase || scenario == evidence.Imported)
		})
	})
}

// captures gives the captures that the need rests on. One that the handset did
// not understand is left out where it answered the same question put otherwise.
func (n Need) captures(c *Case) []Covered {
	var captures []Covered
	for _, v := range c.Coverage {
		if v.Source == n.Source && (n.Phase == "" || n.Phase == v.Phase || c.Scenario == evidence.Imported) {
			captures = append(captures, v)
		}
	}
	answered := func(v Covered) bool {
		return slices.ContainsFunc(captures, func(w Covered) bool {
			return w.Coverage.State != evidence.Unsupported &&
				w.Subject == v.Subject && w.Phase == v.Phase && w.Ref.Bundle == v.Ref.Bundle
		})
	}
	kept := make([]Covered, 0, len(captures))
	for _, v := range captures {
		if v.Coverage.State != evidence.Unsupported || !answered(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// weakness says why "not found in this capture" does not mean "was not there",
// or nothing where it does.
func (n Need) weakness(c *Case, v Covered) string {
	state, reason := condition(v)
	switch {
	case n.excerpt(c, v):
		return ""
	case v.Reading.First != "" && !n.Reads.begunBefore(v.Reading.First):
		return "truncated: it begins with " + v.Reading.First + ": what sorts before that is missing"
	case complete(v) && v.Reading.Unread > 0 && !n.Named && n.Reads == nil:
		return "some of its lines were not understood" // how many, the coverage says
	case complete(v), n.through(v):
		return n.Reads.doubts(c, v)
	case state == evidence.Unknown:
		return "how much of it there is, is not known"
	case reason == "":
		return string(state)
	}
	return string(state) + ": " + reason
}

// fewest is less than the lines of any part of a real getprop that holds what an excerpt
// must: the least known has 49, from ro.boot.verifiedbootstate to ro.debuggable.
const fewest = 30

// excerpt says whether a capture is a person's excerpt that holds what the rule wants of
// one: lines picked out of a print-out, in which the places of others show nothing. What
// it says is taken as it stands, and what it leaves out is left to who picked it.
func (n Need) excerpt(c *Case, v Covered) bool {
	picked := c.Scenario == evidence.Imported && v.Reading.Lines < fewest && v.Reading.Unread == 0
	if len(n.Excerpt) == 0 || !picked || v.Coverage.State == evidence.Truncated {
		return false
	}
	for _, key := range n.Excerpt {
		if _, ref, ok := n.Reads.value(c, key); !ok || ref.File != v.Ref.File {
			return false
		}
	}
	return true
}

// through says whether all that is not known of a print-out is where it ends, and that
// what the rule looks for stands before.
func (n Need) through(v Covered) bool {
	whole := v.Coverage.Complete() || v.Coverage.State == evidence.Unknown && len(v.Coverage.Gaps) == 0
	r := v.Reading
	return n.Reads != nil && whole && r.First != "" && r.Coverage.Complete() && r.Lacks == "" && n.Reads.endedBehind(r.Through)
}

func (r Rule) sources(c *Case) string {
	var names []string
	for _, n := range r.Needs {
		if n.serves(c) && !slices.Contains(names, n.Source) {
			names = append(names, n.Source)
		}
	}
	return strings.Join(names, ", ")
}

// searched cites what the rule looked through.
func (r Rule) searched(c *Case) []evidence.Ref {
	var refs []evidence.Ref
	for _, n := range r.Needs {
		for _, v := range n.captures(c) {
			refs = append(refs, v.Ref)
		}
	}
	return refs
}

func aboutSubject(subject string) string {
	if subject == "" {
		return ""
	}
	return " of " + subject
}

func aboutPhase(p evidence.Phase, scenario string) string {
	if p == "" || scenario == evidence.Imported {
		return ""
	}
	return " " + string(p) + " the steps"
}
