package scenario_test

import (
	"fmt"

	"assay/harness/scenario"
)

const dialer = `name: dialer
about: The dialer is opened and left.
subject: {role: dialer}
steps:
  - launch
  - wait: 5s
  - home
`

func ExampleParse() {
	s, err := scenario.Parse("dialer.yaml", []byte(dialer), scenario.Known{})
	if err != nil {
		panic(err)
	}
	for _, a := range s.Steps {
		fmt.Println(a.Position, a.Step)
	}
	// Output:
	// dialer.yaml:5:5 launch
	// dialer.yaml:6:5 wait 5s
	// dialer.yaml:7:5 press HOME
}
