package sh

import (
	"context"
	"time"

	"assay/harness/virtual/disk"
)

// Machine is the handset that shells and programs run on: what they may ask of it.
type Machine interface {
	SDK() int                    // of its release
	Serial() string              // what adb devices shows
	Property(name string) string // of its image, as getprop gives it; empty: none
	Disk() *disk.Tree
	Now() time.Time  // by its clock, in its zone
	KeepsPace() bool // whether its clock goes with the wall's, and not only by Sleep
	Sleep(ctx context.Context, d time.Duration) error

	// Command finds what answers to a command line.
	Command(argv []string) (Command, bool)
	// Builtin finds a command that only a script calls which the machine has changed.
	Builtin(name string) (Command, bool)
}
