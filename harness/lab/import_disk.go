package lab

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"assay/harness/intake"
	"assay/harness/ledger"
)

// mostPieces is how many print-outs one path may hold: the bugreport of the corpus
// that has the most has 865 parts.
const mostPieces = 3000

// importDisk is what an import may write.
type importDisk struct {
	disk *disk
	most int64
	left int64
	stop <-chan struct{}
	tell func(path, why string) // of what is left
}

// newImportDisk says, before anything is taken in, whether the disk's reserve is whole.
func newImportDisk(dir string, im Imports) (*importDisk, error) {
	most := cmp.Or(im.Limit, 2<<30)
	r := &importDisk{most: most, left: most, stop: im.Stop, tell: im.Left}
	r.disk = &disk{dir: dir, reserve: uint64(Limits{Reserve: im.Reserve}.reserve()), free: freeSpace}
	return r, r.remedied(r.disk.ready())
}

// allow says whether so many bytes may be written. Half of the reserve is left, as in
// a run.
func (r *importDisk) allow(bytes int) error {
	select {
	case <-r.stop:
		return ErrStopped
	default:
	}
	if r.left -= int64(bytes); r.left < 0 {
		return fmt.Errorf("%w: the import would write more than %d bytes: import less at once, or raise --import-limit",
			intake.ErrRefused, r.most)
	}
	return r.remedied(r.disk.allow("import", bytes))
}

// remedied says what to do where the disk is full.
func (r *importDisk) remedied(err error) error {
	if errors.Is(err, ErrFull) {
		return fmt.Errorf("%w: make room, give --out a folder on another disk, or lower --reserve", err)
	}
	return err
}

// vacant says why a folder is none that a run may be made in.
func vacant(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		return nil // what cannot be read cannot be written either, which is told then
	}
	if ledger.UnfinishedImport(dir) {
		return fmt.Errorf("%w: %s: an import into it is under way, or was broken off: "+
			"where none is under way, remove it; or choose another folder with --out", ledger.ErrOutput, dir)
	}
	return fmt.Errorf("%w: %s is not empty: choose a new folder with --out", ledger.ErrOutput, dir)
}

// moveOut moves a run that is whole to its place, its record last: until that is
// there, there is no run.
func moveOut(work, dir string) error {
	for _, name := range []string{ledger.BundlesName, ledger.JournalName, ledger.RecordName} {
		if err := os.Rename(filepath.Join(work, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return os.Remove(work)
}

// clearing gives what takes away the run that is about to be made in a folder, and
// the folder itself and those around it where they are not there yet.
func clearing(dir string) func() error {
	var made []string // the innermost first
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		if _, err := os.Lstat(at); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, at)
	}
	return func() error {
		var errs []error
		for _, name := range []string{ledger.RecordName, ledger.JournalName, ledger.BundlesName, ledger.UnfinishedName} {
			errs = append(errs, os.RemoveAll(filepath.Join(dir, name)))
		}
		if len(made) > 0 {
			errs = append(errs, os.RemoveAll(dir))
		}
		for _, at := range made {
			// What another has put there meanwhile keeps the folder.
			if err := os.Remove(at); err != nil && !errors.Is(err, fs.ErrNotExist) {
				break
			}
		}
		return errors.Join(errs...)
	}
}
