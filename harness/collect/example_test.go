package collect_test

import (
	"fmt"

	"assay/harness/collect"
)

// Which print-outs an Android 6 handset is asked for at the beginning of a run that an Android 4
// handset does not have.
func ExampleAt() {
	old := map[string]bool{}
	for _, c := range collect.At(collect.Baseline, 19, nil) {
		old[c.Name] = true
	}
	for _, c := range collect.At(collect.Baseline, 23, nil) {
		if !old[c.Name] {
			fmt.Println(c.Name)
		}
	}
	// Output:
	// dumpsys-deviceidle
	// identifiers
}
