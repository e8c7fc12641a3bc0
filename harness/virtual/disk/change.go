package disk

import (
	"path"
	"strings"
	"time"
)

// openNode finds a regular file or device to write to, and creates it where
// create is set and it is not there.
func (t *Tree) openNode(name string, create bool, mode uint32, now time.Time) (*node, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, real, err := t.find(name, true)
	switch {
	case err == nil && n.kind() == ModeDevice:
		return n, nil
	case err == nil && n.kind() == ModeDir:
		return nil, EISDIR
	case err == nil:
		return n, writable(real)
	case err != ENOENT || !create:
		return nil, plainErrno(err)
	}
	if err := writable(real); err != nil {
		return nil, err
	}
	parent, _, err := t.find(path.Dir(real), true)
	if err != nil {
		return nil, plainErrno(err)
	}
	if parent.children == nil {
		return nil, ENOTDIR
	}
	n = &node{
		mode: ModeRegular | shared(real, mode&0o7777, 0o660), inode: t.nextInode(), owner: ShellUser, changed: now,
		data: &blob{quota: &t.quota},
	}
	parent.children[path.Base(real)] = n
	return n, nil
}

// Keep puts a file where the shell itself may not write, for a program of the
// system that leaves it to the shell. The folders may be entered and not listed.
func (t *Tree) Keep(name string, content []byte, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.root
	for _, dir := range parts(path.Dir(name)) {
		next := at.children[dir]
		if next == nil {
			next = &node{mode: ModeDir | 0o711, inode: t.nextInode(), changed: now, children: map[string]*node{}}
			at.children[dir] = next
		}
		at = next
	}
	at.owner = ShellUser
	at.children[path.Base(name)] = &node{mode: ModeRegular | 0o600, inode: t.nextInode(), owner: ShellUser, changed: now,
		data: blobOf(content)}
}

// shared is the mode of a new file: as it is asked for, or on shared storage what its
// file system gives to all (FuseDaemon.cpp, sdcard.cpp).
func shared(real string, asked, always uint32) uint32 {
	if strings.HasPrefix(real, "/storage/") {
		return always
	}
	return asked
}

// Mkdir makes a directory of a mode, with those above it where all is set.
func (t *Tree) Mkdir(name string, all bool, mode uint32, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, real, err := t.find(name, true)
	switch {
	case err == nil && all && n.children != nil:
		return nil
	case err == nil:
		return EEXIST
	case err == errDeep && all:
	case err != ENOENT:
		return plainErrno(err)
	}
	if err := writable(real); err != nil {
		return err
	}
	at := t.root
	for _, next := range parts(real) {
		if at.children == nil {
			return ENOTDIR
		}
		child := at.children[next]
		if child == nil {
			child = &node{
				mode: ModeDir | shared(real, mode, 0o770), inode: t.nextInode(), owner: ShellUser, changed: now,
				children: map[string]*node{},
			}
			at.children[next] = child
		}
		at = child
	}
	return nil
}

// Symlink makes a symbolic link; shared storage has none (sdcardfs and FUSE refuse).
func (t *Tree) Symlink(target, name string, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, real, err := t.find(name, false)
	if err == nil {
		return EEXIST
	}
	if err != ENOENT {
		return plainErrno(err)
	}
	if err := writable(real); err != nil {
		return err
	}
	if !strings.HasPrefix(real, "/data/local/tmp/") {
		return EACCES
	}
	parent, _, err := t.find(path.Dir(real), true)
	if err != nil {
		return plainErrno(err)
	}
	parent.children[path.Base(real)] = &node{mode: ModeLink | 0o777, inode: t.nextInode(), owner: ShellUser, changed: now, target: target}
	return nil
}

// Remove takes a file away; a directory too where dirs is set, and with what is
// in it where all is set.
func (t *Tree) Remove(name string, dirs, all bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, real, err := t.find(name, false)
	if err != nil {
		return plainErrno(err)
	}
	if err := writable(path.Dir(real)); err != nil {
		return err
	}
	if n.kind() == ModeDir && !dirs && !all {
		return EISDIR
	}
	if len(n.children) > 0 && !all {
		return ENOTEMPTY
	}
	parent, _, err := t.find(path.Dir(real), true)
	if err != nil {
		return plainErrno(err)
	}
	delete(parent.children, path.Base(real))
	t.free(n)
	return nil
}

// free gives back the storage of what was taken out of the tree. A reader that
// has such a file open finds it short, as when the card is pulled.
func (t *Tree) free(n *node) {
	if n.data != nil {
		n.data.clear()
	}
	for _, child := range n.children {
		t.free(child)
	}
}

// Rename moves a file or a directory; a file in its place is replaced.
func (t *Tree) Rename(from, to string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, realFrom, err := t.find(from, false)
	if err != nil {
		return plainErrno(err)
	}
	old, realTo, err := t.find(to, false)
	if err == nil && old.children != nil {
		realTo = path.Join(realTo, path.Base(realFrom))
		old = old.children[path.Base(realFrom)]
	} else if err != nil && err != ENOENT {
		return plainErrno(err)
	}
	for _, real := range []string{path.Dir(realFrom), path.Dir(realTo)} {
		if err := writable(real); err != nil {
			return err
		}
	}
	if old == n {
		return nil
	}
	if old != nil && len(old.children) > 0 {
		return ENOTEMPTY
	}
	if strings.HasPrefix(realTo+"/", realFrom+"/") {
		return EINVAL
	}
	source, _, err := t.find(path.Dir(realFrom), true)
	if err != nil {
		return plainErrno(err)
	}
	target, _, err := t.find(path.Dir(realTo), true)
	if err != nil {
		return plainErrno(err)
	}
	if target.children == nil {
		return ENOTDIR
	}
	delete(source.children, path.Base(realFrom))
	target.children[path.Base(realTo)] = n
	if old != nil {
		t.free(old)
	}
	return nil
}

// Chmod changes the permission bits.
func (t *Tree) Chmod(name string, mode uint32) error {
	return t.change(name, func(n *node) { n.mode = n.kind() | mode&0o7777 })
}

// SetModTime changes the time stamp.
func (t *Tree) SetModTime(name string, at time.Time) error {
	return t.change(name, func(n *node) { n.changed = at })
}

func (t *Tree) change(name string, do func(*node)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, real, err := t.find(name, true)
	if err != nil {
		return plainErrno(err)
	}
	if err := writable(real); err != nil {
		return err
	}
	do(n)
	return nil
}
