package finding_test

import (
	"fmt"

	"assay/harness/android"
	"assay/harness/finding"
)

// A handset of which nothing was recorded: no claim is clear.
func ExampleJudge() {
	rule, _ := finding.Find("release-keys")
	nothing := &finding.Case{Handset: android.Handset{Brand: "LYF", Model: "Earth"}, Scenario: "baseline"}
	for _, f := range finding.Judge(nothing, []finding.Rule{rule}) {
		fmt.Printf("%s: %s: %s\n", f.Rule, f.Verdict, f.Detail)
	}
	// Output: release-keys: Unknown: getprop: not captured
}
