package sh

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"assay/harness/virtual/disk"
)

// Own marks a command name that must not be taken for one of the interpreter's
// builtins, nor for a function of the script.
const Own = "own:"

// ownBuiltins are mksh's builtins, and toybox's commands, that the interpreter
// would do in bash's way or by asking the host.
var ownBuiltins = map[string]bool{
	"bg": true, "echo": true, "fg": true, "hash": true, "jobs": true, "kill": true, "print": true, "printf": true,
	"type": true, "ulimit": true, "whence": true, "which": true,
}

// foreignBuiltins are bash's; mksh has no such command.
var foreignBuiltins = map[string]bool{
	"bind": true, "caller": true, "compgen": true, "complete": true, "compopt": true, "declare": true, "dirs": true, "disown": true,
	"enable": true, "fc": true, "help": true, "history": true, "logout": true, "mapfile": true, "newgrp": true, "popd": true,
	"pushd": true, "readarray": true, "shopt": true, "suspend": true,
}

// replacement makes another command of a call of one of the interpreter's builtins.
type replacement func(s *shell, hc interp.HandlerContext, args []string) ([]string, error)

// replacementOf gives what is called in the place of a builtin; nil: it is called itself.
func replacementOf(name string) replacement {
	switch name {
	case ".", "source":
		return replaceSource
	case "cd":
		return replaceCd
	case "eval":
		return func(s *shell, _ interp.HandlerContext, args []string) ([]string, error) {
			return s.replaceEval(strings.Join(args[1:], " "))
		}
	case "pwd":
		return func(_ *shell, hc interp.HandlerContext, _ []string) ([]string, error) {
			return []string{Own + "pwd", hc.Dir}, nil
		}
	case "read":
		return replaceRead
	case "set":
		return replaceSet
	case "shift":
		return replaceShift
	case "test", "[":
		return replaceTest
	case "trap":
		return replaceTrap
	case "umask":
		return replaceUmask
	case "unset":
		return replaceUnset
	case "wait":
		return replaceWait
	}
	return nil
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
		case args[0] == "builtin" && !s.isBuiltin(args[1]):
			return s.fail("builtin: %s: not found", args[1])
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
	if instead := replacementOf(name); instead != nil {
		return instead(s, hc, args)
	}
	return args, nil
}

// isBuiltin says whether the shell itself does a command.
func (s *shell) isBuiltin(name string) bool {
	_, isOwn := shellBuiltinNamed(name)
	return isOwn && !inner[name] || interp.IsBuiltin(name) && !foreignBuiltins[name] || ownBuiltins[name]
}

func (s *shell) replaceEval(text string) ([]string, error) {
	text, err := s.reparse(text)
	if err != nil {
		return s.fail("%v", err)
	}
	return []string{"eval", text}, nil
}

// replaceSource reads the script that "." names from the handset's storage. One that
// is given arguments runs as a function, which has its own.
func replaceSource(s *shell, hc interp.HandlerContext, args []string) ([]string, error) {
	if len(args) < 2 {
		return s.complain("%s: missing argument", args[0])
	}
	f, err := s.machine.Disk().Open(disk.Absolute(hc.Dir, args[1]), 0, 0)
	if err != nil {
		return s.fail("%s: %s: %v", args[0], args[1], err)
	}
	defer f.Close()
	script, err := io.ReadAll(io.LimitReader(f, LongestScript))
	if err != nil {
		return s.fail("%s: %s: %v", args[0], args[1], err)
	}
	if len(args) == 2 {
		return s.replaceEval(string(script))
	}
	text, err := s.reparse(string(script))
	if err != nil {
		return s.fail("%v", err)
	}
	quoted := quoteAll(args[2:])
	return []string{"eval", "__sourced() {\n" + text + "\n}\n__sourced " + quoted}, nil
}

// quoteAll makes words of a script of texts.
func quoteAll(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		q, err := syntax.Quote(t, syntax.LangMirBSDKorn)
		if err != nil { // a NUL, which no argument holds
			q = "''"
		}
		quoted[i] = q
	}
	return strings.Join(quoted, " ")
}

// replaceCd refuses as mksh does, with 2.
func replaceCd(s *shell, hc interp.HandlerContext, args []string) ([]string, error) {
	for len(args) > 1 && (args[1] == "-L" || args[1] == "-P" || args[1] == "--") {
		args = slices.Delete(slices.Clone(args), 1, 2)
	}
	to := hc.Env.Get("HOME").String()
	switch {
	case len(args) > 2:
		return s.complainWith("2", "cd: bad substitution")
	case len(args) == 2:
		to = args[1]
	case to == "":
		return s.complainWith("2", "cd: no home directory (HOME not set)")
	}
	if to == "-" || to == "" {
		return args, nil
	}
	info, err := s.machine.Disk().Stat(disk.Absolute(hc.Dir, to), true)
	if err == nil && !info.IsDir() {
		err = disk.ENOTDIR
	}
	if err != nil {
		return s.complainWith("2", "cd: %s: %v", to, err)
	}
	return args, nil
}

// replaceRead gives mksh's letters the interpreter's; what it does not have, it refuses
// itself.
func replaceRead(s *shell, _ interp.HandlerContext, args []string) ([]string, error) {
	changed := slices.Clone(args)
	for i, a := range args[1:] {
		switch a {
		case "-A":
			changed[i+1] = "-a"
		case "-a":
			return s.complainWith("2", "read: -a: this shell does not have it")
		case "-p":
			return s.complain("read: -p: no coprocess")
		}
	}
	return changed, nil
}

// settable are the options of set that the interpreter has.
const settable = "aefnuvxo"

// checkSet refuses options that the interpreter does not have; mksh's shell ends at one
// that is none.
func (s *shell) checkSet(args []string) ([]string, error) {
	for _, a := range args[1:] {
		if a == "--" || a == "-" || len(a) < 2 || a[0] != '-' && a[0] != '+' {
			break
		}
		for _, c := range a[1:] {
			if !strings.ContainsRune(settable, c) {
				return s.fail("set: %c%c: unknown option", a[0], c)
			}
		}
		if strings.Contains(a, "n") || strings.Contains(a, "v") { // they work on lines that are still to be read
			return []string{":"}, nil
		}
	}
	return args, nil
}

// replaceWait says of a process that is no job what mksh says: nothing, and 127.
func replaceWait(_ *shell, _ interp.HandlerContext, args []string) ([]string, error) {
	for _, a := range args[1:] {
		if !strings.HasPrefix(a, "g") {
			return []string{Own + "status", "127"}, nil
		}
	}
	return args, nil
}

// plainNumber is what [ compares as a number.
var plainNumber = regexp.MustCompile(`^[ \t]*[-+]?[0-9]+[ \t]*$`)

// replaceTest does the comparisons that the interpreter does not do or does in bash's
// way, where one stands alone, and refuses numbers that are none.
func replaceTest(s *shell, hc interp.HandlerContext, args []string) ([]string, error) {
	args = withoutOwners(slices.Clone(args))
	for i := 2; i+1 < len(args); i++ {
		switch args[i] {
		case "-eq", "-ne", "-lt", "-le", "-gt", "-ge":
			for _, at := range []int{i - 1, i + 1} {
				if !plainNumber.MatchString(args[at]) {
					continue // the interpreter says what it thinks of it; see below
				}
				if n, err := constant(strings.TrimSpace(args[at])); err == nil {
					args[at] = fmt.Sprint(n)
				}
			}
		}
	}
	operands := args[1:]
	if args[0] == "[" && len(args) > 1 {
		operands = args[1 : len(args)-1]
	}
	if len(operands) != 3 {
		return args, nil
	}
	return s.comparison(hc, args, operands)
}

// comparison does a test of two operands.
func (s *shell) comparison(hc interp.HandlerContext, args, operands []string) ([]string, error) {
	left, right := operands[0], operands[2]
	answer := func(yes bool) ([]string, error) {
		return []string{map[bool]string{true: "true", false: "false"}[yes]}, nil
	}
	switch operands[1] {
	case "-eq", "-ne", "-lt", "-le", "-gt", "-ge":
		changed := slices.Clone(args)
		for _, at := range []int{1, 3} {
			n, err := valueOf(hc.Env, args[at])
			if text := strings.TrimSpace(args[at]); err != nil || text != "" && !plainNumber.MatchString(text) && !syntax.ValidName(text) {
				return s.complainWith("2", "%s: %s: bad number", args[0], args[at])
			}
			changed[at] = fmt.Sprint(n)
		}
		return changed, nil
	case "<":
		return answer(left < right)
	case ">":
		return answer(left > right)
	case "-ef", "-nt", "-ot":
		a, errA := s.machine.Disk().Stat(disk.Absolute(hc.Dir, left), true)
		b, errB := s.machine.Disk().Stat(disk.Absolute(hc.Dir, right), true)
		switch operands[1] {
		case "-ef":
			return answer(errA == nil && errB == nil && a.Inode == b.Inode)
		case "-nt":
			return answer(errA == nil && (errB != nil || a.Changed.After(b.Changed)))
		}
		return answer(errB == nil && (errA != nil || a.Changed.Before(b.Changed)))
	}
	return args, nil
}

// complain is a command that prints a message and fails.
func (s *shell) complain(format string, a ...any) ([]string, error) {
	return s.complainWith("1", format, a...)
}

func (s *shell) complainWith(status, format string, a ...any) ([]string, error) {
	return []string{Own + "complain", s.run.Name + ": " + fmt.Sprintf(format, a...), status}, nil
}

// fail is a command that prints a message and ends the shell.
func (s *shell) fail(format string, a ...any) ([]string, error) {
	return []string{Own + "fail", "1", fmt.Sprintf(format, a...)}, nil
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
