package lab

import (
	"io"

	"assay/harness/evidence"
)

// Lines is what a reader of a handset's log writes to.
func Lines(rec *evidence.Recording) io.Writer { return &seam{to: newTail(rec)} }

// Fill has f stand for the disk: it is asked before bytes are written to a file
// of the run, and its error is the write's.
func (r *Runner) Fill(f func(file string, bytes int) error) { r.fill = f }
