package baseline_test

import (
	"fmt"

	"assay/harness/baseline"
)

func ExampleTables_Look() {
	tables, err := baseline.Embedded()
	if err != nil {
		fmt.Println(err)
		return
	}
	phone := handset{
		image: baseline.Yes,
		replies: map[string]baseline.Reply{
			"activity:android.media.action.IMAGE_CAPTURE": live("com.android.camera2"),
		},
	}
	q := baseline.Question{SDK: 30, Package: "com.android.camera2", UID: 10060, Permission: "android.permission.CAMERA"}
	a := tables.Look(q, phone)
	fmt.Println(a, a.Expected())

	q.Permission = "android.permission.SEND_SMS"
	a = tables.Look(q, phone)
	fmt.Println(a, a.Expected())
	// Output:
	// camera: AOSP's grant policy, Android 11, sole handler true
	// bare false
}
