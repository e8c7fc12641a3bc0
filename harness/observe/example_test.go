package observe_test

import (
	"fmt"
	"strings"

	"assay/harness/evidence"
	"assay/harness/observe"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// A print-out is read into facts, each with the bytes that it stands on, and an account
// of every line.
func ExampleRead() {
	printed := "[ro.product.brand]: [Acme]\nwhat is this\n[ro.product.model]: [One]\n"
	reading, err := observe.Read("getprop", strings.NewReader(printed), printout.Input{}, func(f fact.Fact, s evidence.Span) {
		property := f.(fact.Property)
		fmt.Printf("line %d: %s is %s\n", s.Line, property.Key, property.Value)
	})
	if err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%d lines, %d facts, %d unread\n", reading.Lines, reading.Facts, reading.Unread)
	// Output:
	// line 1: ro.product.brand is Acme
	// line 3: ro.product.model is One
	// 3 lines, 2 facts, 1 unread
}
