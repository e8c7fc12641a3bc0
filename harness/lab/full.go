package lab

import (
	"errors"
	"fmt"
	"sync"
	"syscall"

	"assay/harness/evidence"
	"assay/harness/ledger"
)

// ErrFull is wrapped by the error of a run that paused because the host's disk is
// full. Resume goes on with it.
var ErrFull = errors.New("the host's disk is full")

// Full says how full the disk is that a run writes to.
type Full struct {
	Dir    string
	Free   uint64 // bytes
	Wanted uint64 // bytes, free
}

func (f *Full) Error() string {
	return fmt.Sprintf("%v: %s free where %s is, and a run wants %s", ErrFull, mebibytes(f.Free), f.Dir, mebibytes(f.Wanted))
}

// Is makes it ErrFull, and what the system says of a full disk.
func (f *Full) Is(target error) bool { return target == ErrFull || target == syscall.ENOSPC }

func mebibytes(n uint64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

// isFull says whether an error is that of a disk, or of a user's part of it, that
// takes no more.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// disk is where a run's evidence goes. It keeps some of it free, so that what is
// being played can end, and the journal can tell how.
type disk struct {
	dir     string
	reserve uint64
	free    func(dir string) (uint64, error)
	fill    func(file string, bytes int) error // a test's, that stands for the disk; nil: none

	mu      sync.Mutex
	written int // bytes of evidence since the disk was last looked at
	full    error
}

func (r *Runner) disk(dir string) *disk {
	d := &disk{dir: dir, reserve: uint64(r.Limits.reserve()), free: r.Space, fill: r.fill}
	if d.free == nil {
		d.free = freeSpace
	}
	return d
}

// begin has a journal tell that a run begins or goes on, if there is room for it.
func (d *disk) begin(j *evidence.Journal, plan Plan, resumed bool) error {
	if d.fill != nil {
		j.Room = func(bytes int) error { return d.fill(ledger.JournalName, bytes) }
	}
	if err := d.ready(); err != nil {
		return err
	}
	note := plan.Name
	if resumed {
		note = ledger.ResumedNote
	}
	return d.paused(ledger.Begin(d.dir, j, note, plan.Tool))
}

// ready says, before a job, whether the reserve is whole.
func (d *disk) ready() error { return d.atLeast(d.reserve) }

// atLeast says whether so many bytes are free. Where the system cannot tell, the
// disk's own errors must do.
func (d *disk) atLeast(wanted uint64) error {
	free, err := d.free(d.dir)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("free space: %w", err)
	}
	if free < wanted {
		return &Full{d.dir, free, wanted}
	}
	return nil
}

// stretch is how much evidence is written between two looks at the disk, bytes.
const stretch = 8 << 20

// allow says, before so many bytes are written, whether there is room. Half of the
// reserve is for what is being played; the rest is for the journal, which does not
// ask.
func (d *disk) allow(file string, bytes int) error {
	if d.fill != nil {
		if err := d.fill(file, bytes); err != nil {
			return err
		}
	}
	d.mu.Lock()
	d.written += bytes
	due := d.written >= stretch
	if due {
		d.written = 0
	}
	d.mu.Unlock()
	if !due {
		return nil
	}
	return d.atLeast(d.reserve / 2)
}

// allowance is the room for one attempt's evidence.
type allowance struct {
	disk *disk
	name string

	mu      sync.Mutex
	refused error
}

func (a *allowance) allow(bytes int) error {
	err := a.disk.allow(a.name, bytes)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refused == nil {
		a.refused = err
	}
	return err
}

// spent is why there is no more room: an attempt that is not recorded any more
// need not be played on.
func (a *allowance) spent() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.refused
}

// end keeps it to one handset's part that the disk was full: the others end
// theirs when they find it so.
func (d *disk) end(err error) error {
	if !isFull(err) {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full == nil {
		d.full = d.paused(err)
	}
	return nil
}

// paused makes of the system's error of a full disk one that says what is wanted.
func (d *disk) paused(err error) error {
	if !isFull(err) || errors.Is(err, ErrFull) {
		return err
	}
	if full := d.ready(); full != nil {
		return full
	}
	return fmt.Errorf("%w: %s", ErrFull, evidence.OneLine(err))
}

// pause is why the run has to pause; nil: it has not.
func (d *disk) pause() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.full
}
