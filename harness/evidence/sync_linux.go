package evidence

import (
	"fmt"
	"os"
	"slices"
	"sync"

	"golang.org/x/sys/unix"
)

// settling are the file systems of which syncfs(2) is known to wait for the disk,
// and to tell of each error since a file was opened. A FUSE server, for one, is not
// even asked.
var settling = []uint32{unix.BTRFS_SUPER_MAGIC, unix.EXT4_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.XFS_SUPER_MAGIC}

// syncAll has the file system that holds f write all that it holds back. It says
// whether all that was written since f was opened, or since it was last asked
// through f, is on disk for certain.
func syncAll(f *os.File) bool {
	fd := int(f.Fd())
	var fs unix.Statfs_t
	return unix.Syncfs(fd) == nil && tells() && unix.Fstatfs(fd, &fs) == nil && slices.Contains(settling, uint32(fs.Type))
}

// tells says whether syncfs(2) tells of errors of writing.
var tells = sync.OnceValue(func() bool {
	var u unix.Utsname
	return unix.Uname(&u) == nil && since5_8(unix.ByteSliceToString(u.Release[:]))
})

// since5_8 reads a kernel's release, such as 6.1.0-18-amd64.
func since5_8(release string) bool {
	var major, minor int
	n, _ := fmt.Sscanf(release, "%d.%d", &major, &minor)
	return n == 2 && (major > 5 || major == 5 && minor >= 8)
}
