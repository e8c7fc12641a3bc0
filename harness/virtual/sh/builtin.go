package sh

import (
	"fmt"
	"io"
	"strings"

	"mvdan.cc/sh/v3/interp"

	"assay/harness/virtual/disk"
)

// Own marks a command name that must not be taken for one of the interpreter's
// builtins, nor for a function of the script.
const Own = "own:"

// ownBuiltins are mksh's builtins, and toybox's commands, that the interpreter
// would do in bash's way or by asking the host.
var ownBuiltins = map[string]bool{
	"bg": true, "echo": true, "fg": true, "hash": true, "jobs": true, "kill": true, "print": true, "printf": true,
	"type": true, "ulimit": true, "umask": true, "whence": true, "which": true,
}

// foreignBuiltins are bash's; mksh has no such command.
var foreignBuiltins = map[string]bool{
	"bind": true, "caller": true, "compgen": true, "complete": true, "compopt": true, "dirs": true, "disown": true,
	"enable": true, "fc": true, "help": true, "history": true, "logout": true, "mapfile": true, "newgrp": true, "popd": true,
	"pushd": true, "readarray": true, "shopt": true, "suspend": true,
}

// replace gives the command that is to run in the place of what a script called.
func (s *shell) replace(hc interp.HandlerContext, args []string) ([]string, error) {
	for len(args) > 1 && (args[0] == "command" || args[0] == "builtin") {
		switch {
		case args[1] == "-v" || args[1] == "-V":
			return append([]string{Own + "whence", args[1]}, args[2:]...), nil
		case args[1] == "-p" && len(args) > 2:
			args = args[2:]
		case strings.HasPrefix(args[1], "-"):
			return s.complain("%s: %s: unknown option", args[0], args[1])
		default:
			args = args[1:]
		}
	}
	name := args[0]
	switch {
	case s.declares(name):
		return args, nil
	case ownBuiltins[name] || foreignBuiltins[name]:
		return append([]string{Own + name}, args[1:]...), nil
	}
	switch name {
	case "eval":
		return s.replaceEval(strings.Join(args[1:], " "))
	case ".", "source":
		return s.replaceSource(hc, args)
	case "trap":
		if len(args) > 2 && args[1] != "-" && args[1] != "" {
			action, err := s.reparse(args[1])
			if err != nil {
				return s.complain("%v", err)
			}
			args[1] = action
		}
	case "test", "[":
		return withoutOwners(args), nil
	case "pwd":
		return []string{Own + "pwd", hc.Dir}, nil
	}
	return args, nil
}

func (s *shell) replaceEval(text string) ([]string, error) {
	text, err := s.reparse(text)
	if err != nil {
		return s.complain("%v", err)
	}
	return []string{"eval", text}, nil
}

// replaceSource reads the script that "." names from the handset's storage.
func (s *shell) replaceSource(hc interp.HandlerContext, args []string) ([]string, error) {
	if len(args) < 2 {
		return s.complain("%s: missing argument", args[0])
	}
	f, err := s.machine.Disk().Open(disk.Absolute(hc.Dir, args[1]), 0, 0)
	if err != nil {
		return s.complain("%s: %s: %v", args[0], args[1], err)
	}
	defer f.Close()
	script, err := io.ReadAll(io.LimitReader(f, LongestScript))
	if err != nil {
		return s.complain("%s: %s: %v", args[0], args[1], err)
	}
	return s.replaceEval(string(script))
}

// complain is a command that prints a message and fails.
func (s *shell) complain(format string, a ...any) ([]string, error) {
	return []string{Own + "complain", s.run.Name + ": " + fmt.Sprintf(format, a...)}, nil
}

func (s *shell) declares(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.functions[name]
}

// withoutOwners takes -O and -G out of a test: they compare with the host's
// user. Whatever the shell user can see here, it owns.
func withoutOwners(args []string) []string {
	for i, a := range args {
		if a == "-O" || a == "-G" {
			args[i] = "-e"
		}
	}
	return args
}
