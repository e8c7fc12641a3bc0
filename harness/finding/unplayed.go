package finding

import (
	"slices"

	"assay/harness/android"
)

const (
	// onePrintOut is why a claim about behaviour is Unknown where a handset was
	// looked at once: what apps do shows between two looks, and only in what is
	// done meanwhile.
	onePrintOut = "one print-out, nothing was played between two looks"

	// noScenario is why a claim is Unknown that every scenario that was played
	// leaves aside.
	noScenario = "no scenario that was played is about it"
)

// unplayed adds that nothing was played to the findings of imported print-outs
// about behaviour. What they flag stands by itself, for the print-out shows it;
// what excuses an app there is told, and clears nothing.
func unplayed(c *Case, found []Finding) []Finding {
	found = doubted(slices.DeleteFunc(found, func(f Finding) bool { return f.Verdict == Clear && f.Package == "" }))
	if slices.ContainsFunc(found, func(f Finding) bool { return f.Verdict == Flagged }) {
		return found
	}
	f := unknown("", nil, onePrintOut)
	for _, v := range c.Coverage {
		f.Grounds = append(f.Grounds, v.Ref)
	}
	return append(found, f)
}

// applies says whether a claim can apply to some of a model's handsets. Where all
// the scenarios that were played left it aside (none has the role, none asks for
// consent), it is not known, and not beside the point.
func (r Rule) applies(handsets []android.Handset) bool {
	return r.Scope == PerScenario && slices.ContainsFunc(handsets, func(h android.Handset) bool {
		return h.Build.SDK == 0 || h.Build.SDK >= r.From
	})
}
