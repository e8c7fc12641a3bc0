package virtual

import (
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"time"
)

// stat is what the handset's kernel says of a file.
type stat struct {
	name    string
	mode    uint32 // st_mode as on Linux
	size    int64
	inode   uint64
	owner   uint32
	changed time.Time
	target  string // of a link
	blocks  int64  // of 512 bytes
}

// stat looks at a file of the tree, or at one that stands for state.
func (h *Handset) stat(name string, follow bool) (stat, error) {
	if h.denied(path.Clean(name)) {
		return stat{}, eacces
	}
	t := h.files
	t.mu.RLock()
	n, _, err := t.find(name, follow)
	if err == nil {
		s := stat{name: path.Base(name), mode: n.mode, inode: n.inode, owner: n.owner, changed: n.changed, target: n.target}
		t.mu.RUnlock()
		switch {
		case n.data != nil:
			s.size = n.data.length()
		case n.children != nil:
			s.size = 4096
		default:
			s.size = int64(len(n.target))
		}
		s.blocks = (s.size + 511) / 512
		return s, nil
	}
	t.mu.RUnlock()
	if make, ok := h.stateFile(path.Clean(name)); ok {
		return stat{name: path.Base(name), mode: modeRegular | 0o444, size: syntheticSize(name, make), changed: h.clock.Now()}, nil
	}
	return stat{}, plainErrno(err)
}

// stateFile gives the maker of a file that stands for state. A replayed handset
// has none: what it recorded of them is answered by command.
func (h *Handset) stateFile(name string) (func() []byte, bool) {
	if h.replay != nil {
		return nil, false
	}
	return h.synthetic(name)
}

// syntheticSize is zero for files of /proc and /sys, as the kernel has it.
func syntheticSize(name string, make func() []byte) int64 {
	for _, dir := range []string{"/proc/", "/sys/"} {
		if len(name) > len(dir) && path.Clean(name)[:len(dir)] == dir {
			return 0
		}
	}
	return int64(len(make()))
}

// open opens a file with flags of os.OpenFile. Its errors are of type errno,
// those of the host's disk apart.
func (h *Handset) open(name string, flags int, mode fs.FileMode) (io.ReadWriteCloser, error) {
	if h.denied(path.Clean(name)) {
		return nil, eacces
	}
	if flags&(os.O_WRONLY|os.O_RDWR) != 0 {
		return h.openWritable(name, flags, mode)
	}
	t := h.files
	t.mu.RLock()
	n, _, err := t.find(name, true)
	t.mu.RUnlock()
	switch {
	case err == nil && n.kind() == modeDir:
		return nil, eisdir
	case err == nil && n.kind() == modeDevice:
		return h.device(name), nil
	case err == nil && n.owner != shellUser && n.mode&0o004 == 0:
		return nil, eacces
	case err == nil:
		return &handle{node: n}, nil
	}
	if make, ok := h.stateFile(path.Clean(name)); ok {
		return &handle{node: &node{data: contentOf(make())}, readOnly: true}, nil
	}
	return nil, plainErrno(err)
}

func contentOf(p []byte) *blob { return &blob{room: &room{}, short: p, size: int64(len(p))} }

func (h *Handset) openWritable(name string, flags int, mode fs.FileMode) (io.ReadWriteCloser, error) {
	if _, ok := h.stateFile(path.Clean(name)); ok {
		return nil, eacces
	}
	n, err := h.files.openNode(name, flags&os.O_CREATE != 0, uint32(mode.Perm()), h.clock.Now())
	if err != nil {
		return nil, err
	}
	if n.kind() == modeDevice {
		return h.device(name), nil
	}
	if flags&os.O_TRUNC != 0 {
		n.data.clear()
	}
	return &handle{node: n, appends: flags&os.O_APPEND != 0}, nil
}

// handle is an open file.
type handle struct {
	node     *node
	at       int64
	appends  bool
	readOnly bool
}

func (f *handle) Read(p []byte) (int, error) {
	n, err := f.node.data.ReadAt(p, f.at)
	f.at += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

func (f *handle) Write(p []byte) (int, error) {
	if f.readOnly {
		return 0, eacces
	}
	if f.appends {
		return f.node.data.append(p)
	}
	n, err := f.node.data.WriteAt(p, f.at)
	f.at += int64(n)
	return n, err
}

func (f *handle) Close() error { return nil }

// device is an open character device. Its random bytes follow from the
// handset's serial, so that a run can be repeated.
func (h *Handset) device(name string) io.ReadWriteCloser {
	switch path.Base(name) {
	case "zero":
		return deviceHandle{Reader: zeros{}}
	case "full":
		return deviceHandle{Reader: zeros{}, full: true}
	case "random", "urandom":
		var seed [32]byte
		copy(seed[:], h.Serial())
		return deviceHandle{Reader: rand.NewChaCha8(seed)}
	}
	return deviceHandle{Reader: nothing{}}
}

type deviceHandle struct {
	io.Reader
	full bool
}

func (d deviceHandle) Write(p []byte) (int, error) {
	if d.full {
		return 0, enospc
	}
	return len(p), nil
}

func (deviceHandle) Close() error { return nil }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, io.EOF }

// readFile reads a whole file of the handset.
func (h *Handset) readFile(name string) ([]byte, error) {
	f, err := h.open(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// writeFile makes or replaces a file of the handset, in directories that are
// there.
func (h *Handset) writeFile(name string, content []byte) error {
	f, err := h.open(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o660)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(content)
	return err
}

// Close gives back what the handset has on the host's disk. Nothing may be
// asked of it afterwards.
func (h *Handset) Close() error {
	h.files.close()
	return nil
}
