package evidence_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"assay/harness/evidence"
)

// What a handset prints goes to disk first; the bundle is whole once it is sealed.
func ExampleBundle() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	folder := filepath.Join(dir, "bundle")
	bundle, err := evidence.Create(folder, evidence.Head{Scenario: "dialer", Repeat: 1, Attempt: 1})
	if err != nil {
		panic(err)
	}
	rec, err := bundle.Begin(evidence.Capture{Source: "getprop", Command: []string{"getprop"}})
	if err != nil {
		panic(err)
	}
	io.WriteString(rec, "[ro.build.version.sdk]: [30]\n")
	if _, err := rec.End(new(int), "", evidence.Coverage{State: evidence.Whole}); err != nil {
		panic(err)
	}
	if _, err := bundle.Seal(evidence.Outcome{State: evidence.Finished}); err != nil {
		panic(err)
	}
	manifest, err := evidence.Open(folder)
	if err != nil {
		panic(err)
	}
	c := manifest.Captures[0]
	fmt.Println(c.Source, c.Coverage.State, c.Size, "bytes; as it was written:", len(evidence.Verify(folder)) == 0)
	// Output: getprop whole 29 bytes; as it was written: true
}
