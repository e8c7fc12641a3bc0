package disk

import (
	"errors"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Kinds of file, as st_mode has them on Linux.
const (
	ModeKind    = 0o170000
	ModeLink    = 0o120000
	ModeRegular = 0o100000
	ModeDir     = 0o040000
	ModeDevice  = 0o020000
)

// ShellUser is the UID and GID that adbd runs commands as.
const ShellUser = 2000

// ImageTime is the time stamp of everything in a system image: the build sets
// all files to the first of January 2009 (build/make, core/Makefile).
var ImageTime = time.Unix(1230768000, 0)

// node is a file, a directory, a symbolic link or a device.
type node struct {
	mode     uint32
	inode    uint64
	owner    uint32
	changed  time.Time
	children map[string]*node // of a directory
	target   string           // of a link
	data     *blob            // of a regular file
}

func (n *node) kind() uint32 { return n.mode & ModeKind }

// Tree is what a handset has on its storage. Shared storage and
// /data/local/tmp may be written; the rest is as the image has it.
type Tree struct {
	quota quota

	hooks Hooks

	mu    sync.RWMutex
	root  *node
	inode uint64
}

// Hooks are what the rest of the handset says of its files.
type Hooks struct {
	Seed    string                                  // of /dev/random: the handset's serial
	Now     func() time.Time                        // by the handset's clock
	Denied  func(name string) bool                  // whether a file is kept from the shell, whatever its mode
	Derived func(name string) (func() []byte, bool) // gives the maker of a file that stands for state, as those of /proc do
}

// The directories and links of every handset. A directory that ends in a slash
// belongs to the shell user; one that ends in an exclamation mark may be entered
// and not listed.
var (
	imageDirs = []string{
		"/acct", "/cache!", "/config", "/data!", "/data/anr", "/data/app!", "/data/data!", "/data/local!", "/data/local/tmp/",
		"/dev", "/mnt", "/odm", "/proc", "/proc/net", "/proc/sys/kernel/random", "/product", "/product/app", "/product/priv-app",
		"/storage", "/storage/self", "/storage/emulated!", "/storage/emulated/0/",
		"/storage/emulated/0/Alarms/", "/storage/emulated/0/Android/", "/storage/emulated/0/Android/data/", "/storage/emulated/0/Android/obb/",
		"/storage/emulated/0/DCIM/", "/storage/emulated/0/Download/", "/storage/emulated/0/Movies/", "/storage/emulated/0/Music/",
		"/storage/emulated/0/Notifications/", "/storage/emulated/0/Pictures/", "/storage/emulated/0/Podcasts/", "/storage/emulated/0/Ringtones/",
		"/sys", "/sys/class/net/wlan0", "/system", "/system/app", "/system/bin", "/system/etc", "/system/fonts", "/system/framework",
		"/system/lib", "/system/priv-app", "/system_ext", "/vendor", "/vendor/bin",
	}
	imageLinks = [][2]string{
		{"/bin", "/system/bin"}, {"/etc", "/system/etc"}, {"/mnt/sdcard", "/storage/self/primary"},
		{"/sdcard", "/storage/self/primary"}, {"/storage/self/primary", "/storage/emulated/0"},
	}
	imageDevices = []string{"/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero"}
)

// New makes the tree of a handset that nobody has used yet.
func New(hooks Hooks) *Tree {
	t := &Tree{hooks: hooks, inode: 1, root: &node{mode: ModeDir | 0o755, inode: 1, changed: ImageTime, children: map[string]*node{}}}
	for _, dir := range imageDirs {
		mode, owner := uint32(0o755), uint32(0)
		if strings.HasSuffix(dir, "!") {
			mode = 0o711
		}
		if strings.HasSuffix(dir, "/") {
			mode, owner = 0o771, ShellUser
		}
		n := t.plantDir(strings.TrimRight(dir, "/!"))
		n.mode, n.owner = ModeDir|mode, owner
	}
	for _, l := range imageLinks {
		parent := t.plantDir(path.Dir(l[0]))
		parent.children[path.Base(l[0])] = &node{mode: ModeLink | 0o777, inode: t.nextInode(), target: l[1], changed: ImageTime}
	}
	for _, device := range imageDevices {
		t.root.children["dev"].children[path.Base(device)] = &node{mode: ModeDevice | 0o666, inode: t.nextInode(), changed: ImageTime}
	}
	return t
}

func (t *Tree) nextInode() uint64 {
	t.inode++
	return t.inode
}

// plantDir makes a directory of the image, and those above it.
func (t *Tree) plantDir(dir string) *node {
	at := t.root
	for _, name := range parts(dir) {
		next := at.children[name]
		if next == nil {
			next = &node{mode: ModeDir | 0o755, inode: t.nextInode(), changed: ImageTime, children: map[string]*node{}}
			at.children[name] = next
		}
		at = next
	}
	return at
}

func parts(clean string) []string {
	return strings.FieldsFunc(clean, func(r rune) bool { return r == '/' })
}

// writable says whether the shell user may change what is at a resolved path.
func writable(real string) error {
	for _, zone := range []string{"/storage/emulated/0", "/data/local/tmp"} {
		if real == zone || strings.HasPrefix(real, zone+"/") {
			return nil
		}
	}
	for _, image := range []string{"/system", "/system_ext", "/product", "/vendor", "/odm"} {
		if real == image || strings.HasPrefix(real, image+"/") {
			return EROFS
		}
	}
	if strings.Count(real, "/") == 1 && real != "/data" {
		return EROFS // the root directory is part of the image
	}
	return EACCES
}

// find resolves a path, with its links, to a node and to the path without
// links. Where the last name is not there, it returns the real path, no node
// and enoent; so a caller may create it.
func (t *Tree) find(name string, follow bool) (*node, string, error) {
	rest := parts(path.Clean("/" + name))
	at, real := t.root, "/"
	for hops := 0; len(rest) > 0; {
		next := rest[0]
		rest = rest[1:]
		if at.children == nil {
			return nil, real, ENOTDIR
		}
		child := at.children[next]
		if child == nil {
			if len(rest) > 0 {
				return nil, path.Join(append([]string{real, next}, rest...)...), errDeep
			}
			return nil, path.Join(real, next), ENOENT
		}
		if child.kind() == ModeLink && (follow || len(rest) > 0) {
			if hops++; hops > 40 {
				return nil, real, ELOOP
			}
			target := child.target
			if !path.IsAbs(target) {
				target = path.Join(real, target)
			}
			rest = append(parts(path.Clean(target)), rest...)
			at, real = t.root, "/"
			continue
		}
		at, real = child, path.Join(real, next)
	}
	return at, real, nil
}

// errDeep is enoent for a path of which a directory is missing.
var errDeep error = deepErrno{ENOENT}

type deepErrno struct{ Errno }

// List gives the names in a directory, sorted.
func (t *Tree) List(name string) ([]string, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	n, _, err := t.find(name, true)
	switch {
	case err != nil:
		return nil, plainErrno(err)
	case n.children == nil:
		return nil, ENOTDIR
	case n.mode&0o004 == 0 && n.owner != ShellUser:
		return nil, EACCES
	}
	names := make([]string, 0, len(n.children))
	for name := range n.children {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

func plainErrno(err error) error {
	var deep deepErrno
	if errors.As(err, &deep) {
		return deep.Errno
	}
	return err
}

// Close gives back what the tree has on the host's disk.
func (t *Tree) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	var drop func(n *node)
	drop = func(n *node) {
		if n.data != nil {
			n.data.clear()
		}
		for _, child := range n.children {
			drop(child)
		}
	}
	drop(t.root)
}

// Plant puts a file of the image in its place; a path that is none is left out.
func (t *Tree) Plant(name string, mode uint32, content []byte) {
	if !path.IsAbs(name) || strings.HasSuffix(name, "/") {
		return
	}
	at := t.plantDir(path.Dir(name))
	if at.children == nil || at.children[path.Base(name)] != nil {
		return
	}
	at.children[path.Base(name)] = &node{mode: ModeRegular | mode, inode: t.nextInode(), changed: ImageTime, data: blobOf(content)}
}

// Absolute resolves a name against a working directory.
func Absolute(dir, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(dir, name)
}
