package main

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"

	"assay/harness/lab"
)

// output is standard output. It keeps the first error of writing: whatever command runs,
// what it printed is then not whole.
type output struct {
	to io.Writer

	mu   sync.Mutex
	lost error
}

// errLost is wrapped by the error of a write to standard output. Main tells it, once.
var errLost = errors.New("standard output")

func (o *output) Write(p []byte) (int, error) {
	n, err := o.to.Write(p)
	if err == nil || errors.Is(err, syscall.EPIPE) { // the reader of a pipe has seen enough
		return n, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.lost == nil {
		o.lost = err
	}
	return n, fmt.Errorf("%w: %w", errLost, err)
}

// error is why not all that was printed was written; nil: it was.
func (o *output) error() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.lost
}

// unread says whether an error is only that nobody can read the tables: they stand in
// the run's folder.
func unread(err error) bool { return errors.Is(err, syscall.EPIPE) || errors.Is(err, errLost) }

// exitStatus is what a command ends in that gave err. What it printed and could not write
// is a fault of the host's; one that was told to stop says that all the same.
func (a *app) exitStatus(err error) int {
	code := exitStatus(err)
	if a.printed == nil || a.printed.error() == nil || code == exitUsage || code == exitInterrupted {
		return code
	}
	return exitInfra
}

// hostFault says whether an error is the disk's, and not of what somebody asked for.
func hostFault(err error) bool {
	for _, of := range []error{lab.ErrFull, syscall.ENOSPC, syscall.EDQUOT, syscall.EIO} {
		if errors.Is(err, of) {
			return true
		}
	}
	return false
}
