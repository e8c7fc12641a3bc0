//go:build unix

package evidence

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// HoldRun takes the sole right to write to a run's journal, for as long as release was
// not called; it does not wait. The kernel gives it back when the process dies, however
// it dies. The error is ErrHeld where somebody else has it. A journal that is not there,
// or that cannot be opened, is held by nobody: whoever reads it tells what is wrong.
func HoldRun(journal string) (release func() error, err error) {
	f, err := openRegular(journal, os.O_RDWR)
	if err != nil {
		return func() error { return nil }, nil
	}
	for {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(fmt.Errorf("%w: %s", ErrHeld, journal), f.Close())
	}
	return f.Close, nil // a file system without locks tells nobody
}
