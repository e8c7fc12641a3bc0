package disk

import (
	"io"
	"os"
	"sync"
	"sync/atomic"
)

// Capacity is how many bytes one handset can hold.
const Capacity = 1 << 30

const (
	inMemory  = 64 << 10 // a longer file goes to the host's disk
	spillName = "virtual-handset-*"
)

// blob is the content of one file: in memory while it is short, in an unlinked
// temporary file of the host when it is long.
type blob struct {
	quota *quota

	mu    sync.RWMutex
	short []byte
	long  *os.File
	size  int64
}

func (b *blob) length() int64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.size
}

// ReadAt reads as io.ReaderAt says.
func (b *blob) ReadAt(p []byte, at int64) (int, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if at >= b.size {
		return 0, io.EOF
	}
	if b.long != nil {
		return b.long.ReadAt(p, at)
	}
	n := copy(p, b.short[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt writes p at an offset; a hole before it reads as zeros.
func (b *blob) WriteAt(p []byte, at int64) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.writeAt(p, at)
}

// append writes p at the end, whoever else is writing.
func (b *blob) append(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.writeAt(p, b.size)
}

func (b *blob) writeAt(p []byte, at int64) (int, error) {
	end := at + int64(len(p))
	grown := max(end-b.size, 0)
	if err := b.quota.take(grown); err != nil {
		return 0, err
	}
	if b.long == nil && end > inMemory {
		if err := b.spill(); err != nil {
			b.quota.take(-grown)
			return 0, err
		}
	}
	b.size += grown
	if b.long != nil {
		return b.long.WriteAt(p, at)
	}
	if int64(len(b.short)) < b.size {
		b.short = append(b.short, make([]byte, b.size-int64(len(b.short)))...)
	}
	return copy(b.short[at:], p), nil
}

// spill moves the content to the host's disk. The file is unlinked at once, so
// that nothing remains of it however the host's process ends; where a host
// cannot unlink an open file, close does.
func (b *blob) spill() error {
	f, err := os.CreateTemp("", spillName)
	if err != nil {
		return err
	}
	os.Remove(f.Name())
	if _, err := f.WriteAt(b.short, 0); err != nil {
		f.Close()
		return err
	}
	b.long, b.short = f, nil
	return nil
}

// clear makes the content empty.
func (b *blob) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.quota.take(-b.size)
	b.size, b.short = 0, nil
	if b.long != nil {
		b.long.Close()
		os.Remove(b.long.Name())
		b.long = nil
	}
}

// quota is how much of a handset's storage is taken, and how much there is.
type quota struct {
	used  atomic.Int64
	limit atomic.Int64 // 0: storage
}

// leave leaves so many bytes free, or with a negative number all that there are.
func (r *quota) leave(bytes int64) {
	if bytes < 0 {
		r.limit.Store(0)
		return
	}
	r.limit.Store(max(r.used.Load()+bytes, 1))
}

// Usage is how many bytes of the handset's storage are taken, and how many it holds.
func (t *Tree) Usage() (taken, limit int64) { return t.quota.used.Load(), t.quota.size() }

// LeaveFree leaves so many bytes of the storage free, or with a negative number all
// that there are.
func (t *Tree) LeaveFree(bytes int64) { t.quota.leave(bytes) }

// size is how much the storage holds, in bytes.
func (r *quota) size() int64 {
	if limit := r.limit.Load(); limit > 0 {
		return limit
	}
	return Capacity
}

// take claims n bytes more, or gives -n back.
func (r *quota) take(n int64) error {
	if r.used.Add(n) > r.size() && n > 0 {
		r.used.Add(-n)
		return ENOSPC
	}
	return nil
}
