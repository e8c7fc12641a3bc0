package printout_test

import (
	"bytes"
	"fmt"
	"strings"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// battery reads "  level: 93" and its like, and skips the heading.
var battery = printout.Parser{
	Source: "battery",
	Parse: func(in printout.Input, emit printout.Emit) error {
		l := in.Lines
		for l.Next() {
			key, value, ok := bytes.Cut(bytes.TrimSpace(l.Text()), []byte(": "))
			switch {
			case ok:
				l.Read()
				emit(fact.BatteryValue{Key: string(key), Value: string(value)}, l.Span())
			case bytes.HasSuffix(l.Text(), []byte(" state:")):
				l.Skip()
			default:
				l.Settle()
			}
		}
		return nil
	},
}

// A parser is given lines, and says of each what it made of it. A print-out that lacks what
// a whole one shows is not complete, however well its lines were read.
func ExampleParser_Read() {
	printed := "Current Battery Service state:\n  level: 93\n  what is this\n"
	least := printout.Least{Signs: []printout.Sign{{Holds: "technology: ", What: "the battery's technology"}}}
	reading, err := battery.Read(strings.NewReader(printed), least, printout.Input{}, func(f fact.Fact, s evidence.Span) {
		fmt.Printf("line %d: %v\n", s.Line, f)
	})
	if err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%d facts, %d skipped, %d unread\n", reading.Facts, reading.Skipped, reading.Unread)
	fmt.Println(reading.Complete(), reading.Weakness())
	// Output:
	// line 2: {level 93}
	// 1 facts, 1 skipped, 1 unread
	// false it does not show the battery's technology
}
