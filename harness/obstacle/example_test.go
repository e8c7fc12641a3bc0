package obstacle_test

import (
	"fmt"

	"assay/harness/obstacle"
)

// A handset of a maker that keeps injected touches from adb's shell says what any
// Android says; what to do about it depends on the maker.
func ExampleRemedy() {
	r := obstacle.Refused("java.lang.SecurityException: Injecting to another application requires INJECT_EVENTS permission")
	fmt.Println(r.What)
	fmt.Println(obstacle.Remedy(r, "Xiaomi") != obstacle.Remedy(r))
	// Output:
	// INJECT_EVENTS
	// true
}
