package fact_test

import (
	"fmt"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// A rule ranges over the facts that it asks about, and cites the bytes of each.
func ExampleOf() {
	seen := []fact.Observation{
		{Fact: fact.Install{Package: "specimen.weather"}},
		{
			Fact: fact.OpUse{Package: "specimen.weather", Op: "FINE_LOCATION", State: android.StateBackground},
			Ref:  evidence.Ref{File: "after/appops.txt", Span: evidence.Span{Line: 12}},
		},
	}
	for use, o := range fact.Of[fact.OpUse](seen) {
		fmt.Printf("%s used %s: %s, line %d\n", use.Package, use.Op, o.Ref.File, o.Ref.Line)
	}
	// Output: specimen.weather used FINE_LOCATION: after/appops.txt, line 12
}
