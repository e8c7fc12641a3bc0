package farm_test

import (
	"fmt"

	"assay/harness/adb"
	"assay/harness/farm"
)

// devices.yaml lists two handsets; adb shows one of them, and a stranger.
func ExampleSurvey() {
	inv := farm.Inventory{Devices: []farm.Entry{{Brand: "LYF", Model: "Earth", Serial: "A1"}, {Brand: "Lava", Model: "Z1", Serial: "B2"}}}
	for _, p := range farm.Survey(inv, farm.List{Rows: []adb.Row{{Serial: "A1", State: "device"}, {Serial: "C3", State: "device"}}}) {
		fmt.Println(p.Entry.Key(), p.State)
	}
	// Output:
	// A1 ready
	// B2 missing
	// C3 unlisted
}
