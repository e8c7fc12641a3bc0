package lab

// Fill has f stand for the disk: it is asked before bytes are written to a file
// of the run, and its error is the write's.
func (r *Runner) Fill(f func(file string, bytes int) error) { r.fill = f }
