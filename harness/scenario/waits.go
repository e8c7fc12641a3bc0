package scenario

import "time"

// Waits is how long the scenario lets pass on each app that it is about, by what
// it says itself: the sum of its wait and idle steps.
func (s Scenario) Waits() time.Duration {
	var sum time.Duration
	for _, list := range [][]Action{s.Steps, s.Finally} {
		for _, a := range list {
			switch step := a.Step.(type) {
			case wait:
				sum += time.Duration(step)
			case idle:
				sum += step.length
			}
		}
	}
	return sum
}
