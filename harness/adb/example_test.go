package adb_test

import (
	"fmt"

	"assay/harness/adb"
)

// The adb shell gets one line; each word comes out of it as it went in.
func ExampleQuote() {
	fmt.Println(adb.Quote("pm", "path", "it's; reboot"))
	// Output: pm path 'it'\''s; reboot'
}
