package android_test

import (
	"fmt"

	"assay/harness/android"
)

// What Android says in place of a print-out is told from data, in each release's words.
func ExampleSaid() {
	for _, line := range []string{
		"Permission Denial: can't dump ApOps service from from pid=812, uid=2000 due to missing android.permission.DUMP permission",
		"  Uid 1000:",
	} {
		phrase, ok := android.Said(line)
		fmt.Println(ok, phrase.Says)
	}
	// Output:
	// true denied
	// false
}

// A grant's line is taken apart without a copy.
func ExampleCutGrant() {
	line, ok := android.CutGrant([]byte("android.permission.CAMERA: granted=false, flags=[ USER_SET|USER_FIXED]"))
	fmt.Printf("%t %s %t %s\n", ok, line.Name, line.Granted, line.Flags)
	// Output:
	// true android.permission.CAMERA false  USER_SET|USER_FIXED
}
