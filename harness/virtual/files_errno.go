package virtual

import "io/fs"

// errno is an error number of the handset's kernel, as bionic words it
// (bionic/libc/private/bionic_errdefs.h). The host's own numbers never show.
type errno uint32

// Error numbers of Linux that the file tree gives.
const (
	enoent    errno = 2
	eacces    errno = 13
	eexist    errno = 17
	enotdir   errno = 20
	eisdir    errno = 21
	einval    errno = 22
	enospc    errno = 28
	erofs     errno = 30
	enotempty errno = 39
	eloop     errno = 40
)

var errnoWords = map[errno]string{
	enoent:    "No such file or directory",
	eacces:    "Permission denied",
	eexist:    "File exists",
	enotdir:   "Not a directory",
	eisdir:    "Is a directory",
	einval:    "Invalid argument",
	enospc:    "No space left on device",
	erofs:     "Read-only file system",
	enotempty: "Directory not empty",
	eloop:     "Too many symbolic links encountered",
}

func (e errno) Error() string { return errnoWords[e] }

// Is lets errors.Is(err, fs.ErrNotExist) and its like hold.
func (e errno) Is(target error) bool {
	switch target {
	case fs.ErrNotExist:
		return e == enoent
	case fs.ErrExist:
		return e == eexist || e == enotempty
	case fs.ErrPermission:
		return e == eacces || e == erofs
	}
	return false
}
