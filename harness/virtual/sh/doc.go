// Package sh is the shell of a virtual handset: mksh's language, run on a machine that
// is not the host.
//
// Its main type is Process: one running program with its words, streams and folder. Run
// runs a Script under a process, as sh -c does; Session is a shell that a person types
// into. What answers to a command line, which files there are and what time it is, the
// Machine says: no script sees or changes anything of the host but memory and unlinked
// temporary files.
//
// The language is interpreted by mvdan.cc/sh; this package puts mksh's own in the place
// of what is bash's there, or the host's, and refuses aloud what would otherwise differ
// without a word. Lines in harness/virtual/testdata/shell hold it to the real mksh. The
// programs themselves are packages toolbox and command.
package sh
