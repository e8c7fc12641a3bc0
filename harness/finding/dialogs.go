package finding

import (
	"fmt"
	"maps"
	"slices"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// disturbed gives an Unknown finding for each kind of dialog that stood in front
// of a case's steps and that its scenario did not foresee: what was not observed
// then may only have been kept from happening. So it is where the harness could
// not see what stood in front.
func disturbed(c *Case) []Finding {
	grounds, steps := map[string][]evidence.Ref{}, map[string]int{}
	for s, o := range fact.Of[fact.Step](c.Observations) {
		told := map[string]bool{}
		tell := func(why string, refs ...evidence.Ref) {
			grounds[why] = append(append(grounds[why], o.Ref), refs...)
			if !told[why] {
				steps[why]++
			}
			told[why] = true
		}
		for _, d := range s.Dialogs {
			if d.Disturbed() {
				tell("a dialog of kind "+d.Name+" stood in front that the scenario does not foresee", kept(c, o.Ref.Bundle, d)...)
			}
		}
		if s.Unwatched != "" {
			tell("it could not be told what stood in front")
		}
	}
	var found []Finding
	for _, why := range slices.Sorted(maps.Keys(grounds)) {
		found = append(found, unknown("", grounds[why], "steps: in %d of them %s", steps[why], why))
	}
	return found
}

// kept gives the captures of a dialog.
func kept(c *Case, bundle string, d fact.Dialog) []evidence.Ref {
	var refs []evidence.Ref
	for _, file := range d.Files {
		i := slices.IndexFunc(c.Coverage, func(v Covered) bool { return v.Ref.Bundle == bundle && v.Ref.File == file })
		if i >= 0 {
			refs = append(refs, c.Coverage[i].Ref)
		}
	}
	return refs
}

// Dialog is a dialog that stood in front in a job's last attempt.
type Dialog struct {
	fact.Dialog
	Step string         `json:"step"` // as the scenario writes it
	Refs []evidence.Ref `json:"refs"` // where the steps tell of it, and its captures
}

// String says what it was and what was done, in one sentence's part.
func (d Dialog) String() string {
	what := d.Name
	if d.Package != "" {
		what += " (" + string(d.Package) + ")"
	}
	done := map[string]string{fact.AnswerBack: "left by BACK", fact.AnswerHome: "left by HOME", fact.AnswerLeave: "left standing",
		fact.AnswerStays: "could not be dismissed", fact.AnswerUnlock: "unlocked"}[d.Answer]
	if done == "" {
		done = "answered with " + d.Answer
	}
	if d.Early {
		return bounded(what + " before the first step: " + done)
	}
	foreseen := ", foreseen"
	if !d.Declared {
		foreseen = ", not foreseen"
	}
	return bounded(fmt.Sprintf("%s in %q: %s%s", what, d.Step, done, foreseen))
}

// dialogsOf lists the dialogs of a case, in the order of its steps.
func dialogsOf(c *Case) []Dialog {
	var all []Dialog
	more := Dialog{Dialog: fact.Dialog{Answer: fact.AnswerLeave}}
	left := 0
	for s, o := range fact.Of[fact.Step](c.Observations) {
		for _, d := range s.Dialogs {
			if len(all) == mostDialogs {
				more.Step, more.Refs = bounded(s.Text), []evidence.Ref{o.Ref}
				left++
				continue
			}
			all = append(all, Dialog{d, bounded(s.Text), append([]evidence.Ref{o.Ref}, kept(c, o.Ref.Bundle, d)...)})
		}
	}
	if left > 0 {
		more.Name = string(andMore(left))
		all = append(all, more)
	}
	return all
}
