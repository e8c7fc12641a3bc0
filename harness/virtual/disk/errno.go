package disk

import "io/fs"

// Errno is an error number of the handset's kernel, as bionic words it
// (bionic/libc/private/bionic_errdefs.h). The host's own numbers never show.
type Errno uint32

// Error numbers of Linux that the file tree gives.
const (
	ENOENT    Errno = 2
	EACCES    Errno = 13
	EEXIST    Errno = 17
	ENOTDIR   Errno = 20
	EISDIR    Errno = 21
	EINVAL    Errno = 22
	ENOSPC    Errno = 28
	EROFS     Errno = 30
	ENOTEMPTY Errno = 39
	ELOOP     Errno = 40
)

var errnoWords = map[Errno]string{
	ENOENT:    "No such file or directory",
	EACCES:    "Permission denied",
	EEXIST:    "File exists",
	ENOTDIR:   "Not a directory",
	EISDIR:    "Is a directory",
	EINVAL:    "Invalid argument",
	ENOSPC:    "No space left on device",
	EROFS:     "Read-only file system",
	ENOTEMPTY: "Directory not empty",
	ELOOP:     "Too many symbolic links encountered",
}

func (e Errno) Error() string { return errnoWords[e] }

// Is lets errors.Is(err, fs.ErrNotExist) and its like hold.
func (e Errno) Is(target error) bool {
	switch target {
	case fs.ErrNotExist:
		return e == ENOENT
	case fs.ErrExist:
		return e == EEXIST || e == ENOTEMPTY
	case fs.ErrPermission:
		return e == EACCES || e == EROFS
	}
	return false
}
