package intake_test

import (
	"fmt"
	"io"
	"strings"

	"assay/harness/evidence"
	"assay/harness/intake"
)

// printer tells what pieces a report has.
type printer struct{}

func (printer) Begin(p intake.Piece) (io.Writer, error) {
	fmt.Println(p.Source)
	return io.Discard, nil
}

func (printer) End(c evidence.Coverage) error { return nil }

const short = `== dumpstate: 2026-11-02 08:00:00
------ SYSTEM PROPERTIES (getprop) ------
[ro.build.version.sdk]: [30]
------ 0.01s was the duration of 'SYSTEM PROPERTIES' ------
`

func ExampleBugreport() {
	if err := intake.Bugreport("bugreport.txt", strings.NewReader(short), printer{}); err != nil {
		panic(err)
	}
	// Output:
	// dumpstate
	// getprop
}
