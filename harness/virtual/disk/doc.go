// Package disk is the storage of a virtual handset: a tree of files with owners, modes
// and the kernel's error numbers.
//
// Its main type is Tree. New plants the directories and links of every image; Plant and
// Keep add what an image or a program of the system puts there; Open, Stat, Mkdir and
// the others do what the kernel does for the shell user, who may write to shared storage
// and to /data/local/tmp alone. Their errors are Errnos, in bionic's words: the host's
// own never show.
//
// Files that stand for state, as those of /proc do, are not in the tree: Hooks say what
// they hold, what is kept from the shell, and what time it is.
//
// A short file is kept in memory and a long one in an unlinked temporary file of the
// host, so that Close leaves nothing behind.
package disk
