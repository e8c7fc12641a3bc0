//go:build linux || darwin || freebsd

package lab

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// freeSpace is how many bytes this user may still write where dir is.
func freeSpace(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil //nolint:unconvert // signed on FreeBSD
}
