package lab

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"assay/harness/intake"
)

// mostPieces is how many print-outs one path may hold: the bugreport of the corpus
// that has the most has 865 parts.
const mostPieces = 3000

// importRoom is what an import may write.
type importRoom struct {
	disk *disk
	most int64
	left int64
}

// newRoom says, before anything is taken in, whether the disk's reserve is whole.
func newRoom(dir string, im Imports) (*importRoom, error) {
	most := cmp.Or(im.Limit, 2<<30)
	r := &importRoom{most: most, left: most}
	r.disk = &disk{dir: dir, reserve: uint64(Limits{Reserve: im.Reserve}.reserve()), free: freeSpace}
	return r, r.told(r.disk.ready())
}

// ask says whether so many bytes may be written. Half of the reserve is left, as in
// a run.
func (r *importRoom) ask(bytes int) error {
	if r.left -= int64(bytes); r.left < 0 {
		return fmt.Errorf("%w: the import would write more than %d bytes: import less at once, or raise --import-limit",
			intake.ErrRefused, r.most)
	}
	return r.told(r.disk.look("import", bytes))
}

// told says what to do where the disk is full.
func (r *importRoom) told(err error) error {
	if errors.Is(err, ErrFull) {
		return fmt.Errorf("%w: make room, give --out a folder on another disk, or lower --reserve", err)
	}
	return err
}

// clearing gives what takes away the run that is about to be made in a folder, and
// the folder itself where it is not there yet.
func clearing(dir string) func() error {
	_, err := os.Stat(dir)
	made := errors.Is(err, fs.ErrNotExist)
	return func() error {
		if made {
			return os.RemoveAll(dir)
		}
		var errs []error
		for _, name := range []string{recordName, journalName, bundlesName} {
			errs = append(errs, os.RemoveAll(filepath.Join(dir, name)))
		}
		return errors.Join(errs...)
	}
}
