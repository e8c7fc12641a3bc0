package main

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/finding"
	"assay/harness/strict"
)

// failOnWords are what --fail-on takes: severities, the worst first, and what is none.
var failOnWords = append(finding.SeverityNames(), "flagged", "never")

// failOnUnknownWords are what --fail-on-unknown takes.
var failOnUnknownWords = []string{"any", "never"}

// checkFailOn says what is wrong with the flags that say when a judgement fails.
func (a *app) checkFailOn() error {
	for flag, words := range map[string][]string{"fail-on": failOnWords, "fail-on-unknown": failOnUnknownWords} {
		if on := a.set.GetString(flag); !slices.Contains(words, on) {
			last := len(words) - 1
			return fmt.Errorf("%s %q: give %s or %s%s", a.named(flag), on, strings.Join(words[:last], ", "), words[last],
				strict.Meant(on, words))
		}
	}
	return nil
}

// fails says whether what is flagged is as bad as --fail-on asks for. What is flagged is
// low at the least.
func (a *app) fails(j finding.Judgement) bool {
	worst := finding.Severity(0)
	for _, m := range j.Models {
		for _, c := range m.Cells {
			if c.Verdict == finding.Flagged {
				worst = max(worst, c.Worst, finding.Low)
			}
		}
	}
	switch on := a.set.GetString("fail-on"); on {
	case "never":
		return false
	case "flagged":
		return worst > 0
	default:
		var least finding.Severity
		_ = least.UnmarshalText([]byte(on)) // checkFailOn has read it
		return worst >= least
	}
}

// failsUnknown says whether something is unknown, where that is asked for.
func (a *app) failsUnknown(j finding.Judgement) bool {
	if a.set.GetString("fail-on-unknown") == "never" {
		return false
	}
	for _, m := range j.Models {
		for _, c := range m.Cells {
			if c.Verdict == finding.Unknown || len(c.Unknown) > 0 {
				return true
			}
		}
	}
	return false
}
