package virtual

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
	case "complain":
		return complain, true
	case "hash", "jobs":
		return func(context.Context, *shell, *Process) int { return 0 }, true
	case "pwd":
		return func(_ context.Context, _ *shell, p *Process) int { return p.print(p.argv[1] + "\n") }, true
	case "time":
		return reportTime, true
	case "type", "whence":
		return whence, true
	case "ulimit":
		return func(_ context.Context, _ *shell, p *Process) int { return p.print("unlimited\n") }, true
	case "umask":
		return umask, true
	}
	return nil, false
}

// complain prints what the shell could not make sense of, and fails.
func complain(_ context.Context, _ *shell, p *Process) int {
	fmt.Fprintln(p.stderr, p.argv[1])
	return 1
}

func noJobs(_ context.Context, s *shell, p *Process) int {
	fmt.Fprintf(p.stderr, "%s: %s: no such job\n", s.run.Name, p.argv[0])
	return 1
}

func umask(_ context.Context, _ *shell, p *Process) int {
	if len(p.argv) == 1 {
		fmt.Fprintln(p.stdout, "000") // adbd sets it so (adb, daemon/main.cpp)
	}
	return 0
}

// reportTime prints what mksh prints after a timed command. A virtual command
// takes no time, whatever the host needed for it.
func reportTime(_ context.Context, _ *shell, p *Process) int {
	fmt.Fprint(p.stderr, "    0m00.00s real     0m00.00s user     0m00.00s system\n")
	status := 0
	fmt.Sscan(p.argv[1], &status)
	return status
}

// whence says what names stand for: type and command -V in words, command -v
// and whence shortly.
func whence(_ context.Context, s *shell, p *Process) int {
	inWords := p.argv[0] == "type"
	status := 0
	for _, name := range p.argv[1:] {
		if strings.HasPrefix(name, "-") {
			inWords = inWords || name == "-V"
			continue
		}
		kind, where := s.meaning(p, name)
		switch {
		case kind == "" && inWords:
			fmt.Fprintf(p.stdout, "%s not found\n", name)
			status = 1
		case kind == "":
			status = 1
		case inWords:
			fmt.Fprintf(p.stdout, "%s is %s\n", name, kind)
		default:
			fmt.Fprintln(p.stdout, where)
		}
	}
	return status
}

// programsSince are programs that not every release has, with the first that has.
var programsSince = map[string]int{"cmd": 24, "device_config": 29, "toybox": 23}

func (s *shell) meaning(p *Process, name string) (kind, where string) {
	if s.declares(name) {
		return "a function", name
	}
	_, isOwn := shellBuiltinNamed(name)
	if isOwn && name != "complain" || interp.IsBuiltin(name) && !foreignBuiltins[name] {
		return "a shell builtin", name
	}
	if _, ok := s.machine.Command([]string{name}); ok && s.machine.SDK() >= programsSince[name] {
		return "/system/bin/" + name, "/system/bin/" + name
	}
	if strings.Contains(name, "/") {
		if info, err := s.machine.Disk().Stat(disk.Absolute(p.dir, name), true); err == nil && info.Mode&0o111 != 0 {
			return name, name
		}
	}
	return "", ""
}
