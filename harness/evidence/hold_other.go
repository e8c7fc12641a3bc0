//go:build !unix

package evidence

// HoldRun gives the sole right to write to a run's journal to whoever asks: this system
// has no locks that end with their process.
func HoldRun(string) (release func() error, err error) { return func() error { return nil }, nil }
