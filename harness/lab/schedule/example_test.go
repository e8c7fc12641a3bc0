package schedule_test

import (
	"fmt"
	"time"

	"assay/harness/lab/schedule"
	"assay/harness/ledger"
)

// Two handsets of one model share what it owes: the longest task goes first, to whoever
// is free.
func ExampleSimulate() {
	var owed []schedule.Task
	for i, name := range []string{"dialer", "sweep", "camera"} {
		takes := time.Duration(i+1) * time.Minute
		owed = append(owed, schedule.NewTask(ledger.Key{Scenario: name, Repeat: 1}, i+1, ledger.Estimate{For: takes}))
	}
	model := schedule.NewGroup(ledger.Estimate{For: time.Minute}, owed, nil)
	one, two := model.Add("ONE", "acme", "", nil, 0), model.Add("TWO", "acme", "", nil, 1)
	told, whole := schedule.Simulate(schedule.Caps{}, []*schedule.Worker{one, two}, func(*schedule.Worker) bool { return true })
	fmt.Println(whole, told["ONE"].Jobs, told["TWO"].Jobs)
	// Output: 4m0s 1 2
}
