// Package logstream reads a handset's log while a scenario plays, so that nothing is
// lost unless it says so. Open begins to read; Mark, after each step, gives the place
// in the log up to which it belongs to the step; Close ends it and says whether it is
// whole: it has brought the entry that a second reader, asked after the last step, finds
// to be the newest. A reader that is cut off is followed by another that begins with the
// last entry; what both bring is kept once, and a gap is told where they do not meet.
// Where logd counts more entries than came, the log is taken once more in its binary
// form, in which also those have a place that logcat prints no line for.
package logstream

import (
	"context"
	"errors"
	"io"

	"assay/harness/collect"
	"assay/harness/evidence"
)

// Handset is what a stream asks of the handset whose log it is.
type Handset interface {
	collect.Shell
	// Shell gives what a command prints. The error of one that was refused has its
	// exit status (ExitCode).
	Shell(ctx context.Context, argv ...string) (string, error)
	// Clock reads the handset's clock; nil: what it shows is no time.
	Clock(ctx context.Context) (*evidence.Clock, error)
	// ClockAnd reads the clock, and runs a command in the same shell.
	ClockAnd(ctx context.Context, argv ...string) (clock *evidence.Clock, printed string, err error)
	// LogSpent says that no more of the log is taken.
	LogSpent() bool
	SDK() int
}

// NewWriter gives the way that a log takes to the disk: by whole lines, so that what
// two readers bring is joined.
func NewWriter(to *evidence.Recording) io.Writer { return &joiner{to: newTail(to)} }

// exited says whether an error is a command's own exit status.
func exited(err error) bool {
	var exit interface{ ExitCode() int }
	return errors.As(err, &exit)
}
