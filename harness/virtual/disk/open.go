package disk

import (
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"time"
)

// Info is what the handset's kernel says of a file.
type Info struct {
	Name    string
	Mode    uint32 // st_mode as on Linux
	Size    int64
	Inode   uint64
	Owner   uint32
	Changed time.Time
	Target  string // of a link
	Blocks  int64  // of 512 bytes
}

// IsDir says whether the file is a directory.
func (s Info) IsDir() bool { return s.Mode&ModeKind == ModeDir }

// Stat looks at a file of the tree, or at one that stands for state.
func (t *Tree) Stat(name string, follow bool) (Info, error) {
	if t.hooks.Denied(path.Clean(name)) {
		return Info{}, EACCES
	}
	t.mu.RLock()
	n, _, err := t.find(name, follow)
	if err == nil {
		s := Info{Name: path.Base(name), Mode: n.mode, Inode: n.inode, Owner: n.owner, Changed: n.changed, Target: n.target}
		t.mu.RUnlock()
		switch {
		case n.data != nil:
			s.Size = n.data.length()
		case n.children != nil:
			s.Size = 4096
		default:
			s.Size = int64(len(n.target))
		}
		s.Blocks = (s.Size + 511) / 512
		return s, nil
	}
	t.mu.RUnlock()
	if make, ok := t.hooks.Derived(path.Clean(name)); ok {
		return Info{Name: path.Base(name), Mode: ModeRegular | 0o444, Size: syntheticSize(name, make), Changed: t.hooks.Now()}, nil
	}
	return Info{}, plainErrno(err)
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

// Open opens a file with flags of os.OpenFile. Its errors are of type Errno,
// those of the host's disk apart.
func (t *Tree) Open(name string, flags int, mode fs.FileMode) (io.ReadWriteCloser, error) {
	if t.hooks.Denied(path.Clean(name)) {
		return nil, EACCES
	}
	if flags&(os.O_WRONLY|os.O_RDWR) != 0 {
		return t.openWritable(name, flags, mode)
	}
	t.mu.RLock()
	n, _, err := t.find(name, true)
	t.mu.RUnlock()
	switch {
	case err == nil && n.kind() == ModeDir:
		return nil, EISDIR
	case err == nil && n.kind() == ModeDevice:
		return t.device(name), nil
	case err == nil && n.owner != ShellUser && n.mode&0o004 == 0:
		return nil, EACCES
	case err == nil:
		return &File{node: n}, nil
	}
	if make, ok := t.hooks.Derived(path.Clean(name)); ok {
		return ReadOnly(make()), nil
	}
	return nil, plainErrno(err)
}

// ReadOnly is an open file that holds a text and takes nothing.
func ReadOnly(content []byte) io.ReadWriteCloser {
	return &File{node: &node{data: blobOf(content)}, readOnly: true}
}

func blobOf(p []byte) *blob { return &blob{quota: &quota{}, short: p, size: int64(len(p))} }

func (t *Tree) openWritable(name string, flags int, mode fs.FileMode) (io.ReadWriteCloser, error) {
	if _, ok := t.hooks.Derived(path.Clean(name)); ok {
		return nil, EACCES
	}
	n, err := t.openNode(name, flags&os.O_CREATE != 0, uint32(mode.Perm()), t.hooks.Now())
	if err != nil {
		return nil, err
	}
	if n.kind() == ModeDevice {
		return t.device(name), nil
	}
	if flags&os.O_TRUNC != 0 {
		n.data.clear()
	}
	return &File{node: n, appends: flags&os.O_APPEND != 0}, nil
}

// File is an open file.
type File struct {
	node     *node
	at       int64
	appends  bool
	readOnly bool
}

func (f *File) Read(p []byte) (int, error) {
	n, err := f.node.data.ReadAt(p, f.at)
	f.at += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

func (f *File) Write(p []byte) (int, error) {
	if f.readOnly {
		return 0, EACCES
	}
	if f.appends {
		return f.node.data.append(p)
	}
	n, err := f.node.data.WriteAt(p, f.at)
	f.at += int64(n)
	return n, err
}

// SeekTo has the next read or write begin at an offset.
func (f *File) SeekTo(at int64) { f.at = at }

// Close gives nothing back: the tree keeps the file.
func (f *File) Close() error { return nil }

// device is an open character device. Its random bytes follow from the
// handset's serial, so that a run can be repeated.
func (t *Tree) device(name string) io.ReadWriteCloser {
	switch path.Base(name) {
	case "zero":
		return deviceHandle{Reader: zeros{}}
	case "full":
		return deviceHandle{Reader: zeros{}, full: true}
	case "random", "urandom":
		var seed [32]byte
		copy(seed[:], t.hooks.Seed)
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
		return 0, ENOSPC
	}
	return len(p), nil
}

func (deviceHandle) Close() error { return nil }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, io.EOF }

// ReadFile reads a whole file of the handset.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	f, err := t.Open(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// WriteFile makes or replaces a file of the handset, in directories that are
// there.
func (t *Tree) WriteFile(name string, content []byte) error {
	f, err := t.Open(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o660)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(content)
	return err
}

// RealPath resolves a path's links.
func (t *Tree) RealPath(name string) (string, error) {
	t.mu.RLock()
	_, real, err := t.find(name, true)
	t.mu.RUnlock()
	if err == nil {
		return real, nil
	}
	if _, ok := t.hooks.Derived(path.Clean(name)); ok {
		return path.Clean(name), nil
	}
	return "", plainErrno(err)
}

// Links is the number of names that the file has: a directory is also its own ".".
func (s Info) Links() int {
	if s.IsDir() {
		return 2
	}
	return 1
}
