package ledger_test

import (
	"fmt"

	"assay/harness/evidence"
	"assay/harness/ledger"
)

// A run was killed while it played: its journal says what came of each job, and the
// ledger what is left to do.
func ExampleOf() {
	plan := ledger.Record{Repeat: 1, Scenarios: []ledger.Scenario{{Name: "camera"}, {Name: "dialer"}}, Handsets: []ledger.Handset{{Key: "A1"}}}
	job := evidence.Entry{Serial: "A1", Scenario: "camera", Repeat: 1, Attempt: 1}
	begun, done := job, job
	begun.Kind = evidence.JobStarted
	done.Kind, done.Outcome = evidence.JobEnded, &evidence.Outcome{State: evidence.Finished}
	l := ledger.Of(plan, []evidence.Entry{begun, done})
	for _, j := range l.Handsets[0].Jobs {
		fmt.Println(j.Scenario, j.Outcome.State)
	}
	left, all := l.Left()
	fmt.Printf("%d of %d left\n", left, all)
	// Output:
	// baseline not run
	// camera finished
	// dialer not run
	// 1 of 2 left
}
