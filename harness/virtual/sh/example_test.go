package sh_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/sh"
)

// machine has no files but an image's, and one program.
type machine struct{ files *disk.Tree }

func newMachine() machine {
	at := func() time.Time { return time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC) }
	return machine{disk.New(disk.Hooks{
		Now:     at,
		Denied:  func(string) bool { return false },
		Derived: func(string) (func() []byte, bool) { return nil, false },
	})}
}

func (m machine) SDK() int                                   { return 33 }
func (m machine) Serial() string                             { return "EXAMPLE1" }
func (m machine) Property(string) string                     { return "" }
func (m machine) Disk() *disk.Tree                           { return m.files }
func (m machine) Now() time.Time                             { return time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC) }
func (m machine) KeepsPace() bool                            { return false }
func (m machine) Sleep(context.Context, time.Duration) error { return nil }
func (m machine) Builtin(string) (sh.Command, bool)          { return nil, false }

func (m machine) Command(argv []string) (sh.Command, bool) {
	count := func(_ context.Context, p *sh.Process) int { return p.Print(fmt.Sprintln(len(p.Argv) - 1)) }
	return count, argv[0] == "count"
}

func Example() {
	p := &sh.Process{Machine: newMachine(), Stdin: strings.NewReader(""), Stdout: os.Stdout, Stderr: os.Stdout, Dir: "/"}
	status := p.Run(context.Background(), sh.Script{Name: "sh", Text: "x='a b'; count $x c; nosuch"})
	fmt.Println("exit", status)
	// Output:
	// 3
	// sh: nosuch: inaccessible or not found
	// exit 127
}
