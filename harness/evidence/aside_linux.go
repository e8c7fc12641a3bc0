package evidence

import (
	"os"

	"golang.org/x/sys/unix"
)

// setAside has the file system keep n bytes behind at for a file, whose size
// stays as it is.
func setAside(f *os.File, at, n int64) error {
	return unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_KEEP_SIZE, at, n)
}
