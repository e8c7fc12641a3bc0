package evidence

import (
	"os"
	"sync/atomic"
	"time"
)

// Disk puts on disk what several bundles hold, with one request for those that are
// sealed at once.
type Disk struct {
	folder *os.File
	rounds *rounds[*Bundle]
	failed atomic.Int64 // rounds after which not all was on disk for certain
}

// OpenDisk opens the disk that holds a folder.
func OpenDisk(folder string) (*Disk, error) {
	f, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	d := &Disk{folder: f}
	d.rounds = newRounds(100*time.Millisecond, d.flush)
	return d, nil
}

// Create makes a bundle like the function Create does, in a folder on this disk.
func (d *Disk) Create(dir string, head Head) (*Bundle, error) {
	failed := d.failed.Load()
	b, err := Create(dir, head)
	if err == nil {
		b.disk, b.failed = d, failed
	}
	return b, err
}

// Close lets go of the disk. Each file of a bundle that is sealed later is synced by
// itself.
func (d *Disk) Close() error { return d.folder.Close() }

// flush syncs the file system, and tells each bundle whether all that was written
// since it was made is on disk for certain. The system tells of an error of writing
// once: it is that of every bundle that was open then.
func (d *Disk) flush(all []*Bundle) {
	if !syncAll(d.folder) {
		d.failed.Add(1)
	}
	for _, b := range all {
		b.settled = d.failed.Load() == b.failed
	}
}
