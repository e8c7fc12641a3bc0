package fault_test

import (
	"fmt"

	"assay/harness/virtual/fault"
)

func ExampleParse() {
	f, err := fault.Parse("cut:5000:logcat:times=1")
	fmt.Println(f.Kind, f.AfterBytes, f.Match, f.Times, err)
	_, err = fault.Parse("offline:rate=3")
	fmt.Println(err)
	// Output:
	// cut 5000 logcat 1 <nil>
	// fault "offline:rate=3": "rate=3" is no setting of offline; settings are after, back, bytes, for, match, skip, times
}

// A box tells what the device list shows of its handset.
func ExampleBox() {
	box := fault.NewBox(fault.Hooks{
		CarryOut: func(wait bool) {},
		Denial:   func(service string) string { return "Permission Denial\n" },
	})
	box.Add(fault.Fault{Kind: fault.Offline, Back: 2})
	for range 3 {
		fmt.Println(box.State(true))
	}
	// Output:
	// offline
	// offline
	// device
}
