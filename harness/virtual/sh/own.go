package sh

import (
	"context"
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/interp"

	"assay/harness/virtual/disk"
)

// shellBuiltin is a builtin that needs to know the shell that it runs in.
type shellBuiltin func(ctx context.Context, s *shell, p *Process) int

// shellBuiltinNamed finds such a builtin.
func shellBuiltinNamed(name string) (shellBuiltin, bool) {
	switch name {
	case "bg", "fg":
		return noJobs, true
	case "clock":
		return func(_ context.Context, s *shell, p *Process) int { return p.Print(s.clock(p.Argv[1])) }, true
	case "complain":
		return complain, true
	case "hash", "jobs":
		return func(context.Context, *shell, *Process) int { return 0 }, true
	case "pwd":
		return func(_ context.Context, _ *shell, p *Process) int { return p.Print(p.Argv[1] + "\n") }, true
	case "time":
		return reportTime, true
	case "type", "whence":
		return whence, true
	case "ulimit":
		return func(_ context.Context, _ *shell, p *Process) int { return p.Print("unlimited\n") }, true
	case "umask":
		return umask, true
	case "variables":
		return listVariables, true
	}
	return nil, false
}

// complain prints what the shell could not make sense of, and fails: with 1, or with
// the status that is given.
func complain(_ context.Context, _ *shell, p *Process) int {
	fmt.Fprintln(p.Stderr, p.Argv[1])
	status := 1
	if len(p.Argv) > 2 {
		fmt.Sscan(p.Argv[2], &status)
	}
	return status
}

func noJobs(_ context.Context, s *shell, p *Process) int {
	fmt.Fprintf(p.Stderr, "%s: %s: no such job\n", s.run.Name, p.Argv[0])
	return 1
}

// umask prints the mask, in octal or in letters; replaceUmask sets it.
func umask(_ context.Context, _ *shell, p *Process) int {
	mask := umaskOf(p.Env(ownUmask))
	if len(p.Argv) < 2 {
		return p.Print(fmt.Sprintf("%03o\n", uint32(mask)))
	}
	letters := func(shift int) string {
		return strings.NewReplacer("-", "").Replace(disk.ModeLetters(uint32(0o777 &^ mask))[1+shift : 4+shift])
	}
	return p.Print(fmt.Sprintf("u=%s,g=%s,o=%s\n", letters(0), letters(3), letters(6)))
}

// reportTime prints what mksh prints after a timed command. A virtual command
// takes no time, whatever the host needed for it.
func reportTime(_ context.Context, _ *shell, p *Process) int {
	fmt.Fprint(p.Stderr, "    0m00.00s real     0m00.00s user     0m00.00s system\n")
	status := 0
	fmt.Sscan(p.Argv[1], &status)
	return status
}

// whence says what names stand for: type and command -V in words, command -v
// and whence shortly.
func whence(_ context.Context, s *shell, p *Process) int {
	inWords := p.Argv[0] == "type"
	status := 0
	for _, name := range p.Argv[1:] {
		if strings.HasPrefix(name, "-") {
			inWords = inWords || name == "-V"
			continue
		}
		kind, where := s.meaning(p, name)
		switch {
		case kind == "" && inWords:
			fmt.Fprintf(p.Stdout, "%s not found\n", name)
			status = 1
		case kind == "":
			status = 1
		case inWords:
			fmt.Fprintf(p.Stdout, "%s is %s\n", name, kind)
		default:
			fmt.Fprintln(p.Stdout, where)
		}
	}
	return status
}

// inner are builtins of ours that no script may call by name.
var inner = map[string]bool{"clock": true, "complain": true, "recorded": true, "variables": true}

func (s *shell) meaning(p *Process, name string) (kind, where string) {
	if s.declares(name) {
		return "a function", name
	}
	_, isOwn := shellBuiltinNamed(name)
	if isOwn && !inner[name] || interp.IsBuiltin(name) && !foreignBuiltins[name] {
		return "a shell builtin", name
	}
	if _, ok := s.machine.Command([]string{name}); ok {
		return "/system/bin/" + name, "/system/bin/" + name
	}
	if strings.Contains(name, "/") {
		if info, err := s.machine.Disk().Stat(disk.Absolute(p.Dir, name), true); err == nil && info.Mode&0o111 != 0 {
			return name, name
		}
	}
	return "", ""
}
