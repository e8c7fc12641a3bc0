package toolbox

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/sh"
)

// sleep lets time pass on the handset: at once, unless it keeps the wall's pace.
func sleep(ctx context.Context, p *sh.Process) int {
	if len(p.Argv) < 2 {
		return p.Complain("needs 1 argument")
	}
	var total time.Duration
	for _, a := range p.Argv[1:] {
		d, err := sh.ParseDuration(a)
		if err != nil {
			return p.Complain("%v", err)
		}
		total += d
	}
	if nap(ctx, p, total) != nil {
		return sh.Killed
	}
	return 0
}

func usleep(ctx context.Context, p *sh.Process) int {
	if len(p.Argv) != 2 {
		return p.Complain("needs 1 argument")
	}
	n, err := strconv.ParseInt(p.Argv[1], 10, 40)
	if err != nil || n < 0 {
		return p.Complain("not integer: %s", p.Argv[1])
	}
	if nap(ctx, p, time.Duration(n)*time.Microsecond) != nil {
		return sh.Killed
	}
	return 0
}

// nap sleeps, but not past the limit of a timeout.
func nap(ctx context.Context, p *sh.Process, d time.Duration) error {
	l, ok := ctx.Value(limitKey{}).(limit)
	if left := l.until.Sub(p.Machine.Now()); ok && d > left && !p.Machine.KeepsPace() {
		p.Machine.Sleep(ctx, left)
		l.pass()
		return context.DeadlineExceeded
	}
	return p.Machine.Sleep(ctx, d)
}

// timeout runs a command and ends it when its time is over. The handset's clock
// goes forward only if the command has not ended by itself.
func timeout(ctx context.Context, p *sh.Process) int {
	rest, late, said := p.Argv[1:], 124, false
	for len(rest) > 0 && len(rest[0]) > 1 && rest[0][0] == '-' {
		flag := rest[0]
		rest = rest[1:]
		switch {
		case flag == "-s" && len(rest) > 0:
			number, ok := sh.SignalNumber(rest[0])
			if !ok {
				p.Complain("bad -s '%s'", rest[0])
				return badTimeout
			}
			if number == 9 {
				late = sh.Killed
			}
			rest = rest[1:]
		case flag == "-k" && len(rest) > 0:
			rest = rest[1:]
		case flag == "-v":
			said = true
		default:
			p.Complain("Unknown option '%s' (see \"timeout --help\")", flag[1:])
			return badTimeout
		}
	}
	if len(rest) < 2 {
		p.Complain("needs 2 arguments")
		return badTimeout
	}
	most, err := sh.ParseDuration(rest[0])
	if err != nil {
		p.Complain("%v", err)
		return badTimeout
	}
	status, ended := runLimited(ctx, p, most, rest[1:])
	if ended {
		return status
	}
	if said {
		p.Complain("sending signal to command '%s'", rest[1])
	}
	return late
}

// runLimited runs a command within a time.
func runLimited(ctx context.Context, p *sh.Process, most time.Duration, argv []string) (status int, ended bool) {
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	var passed atomic.Bool
	own := limit{until: p.Machine.Now().Add(most), pass: func() { passed.Store(true); cancel() }}
	if outer, ok := ctx.Value(limitKey{}).(limit); ok && outer.until.Before(own.until) {
		own = outer
	}
	within = context.WithValue(within, limitKey{}, own)
	done := make(chan int, 1)
	go func() { done <- start(within, p, argv) }()
	first := min(most, grace)
	if p.Machine.KeepsPace() {
		first = most
	}
	if status, ended = waitFor(ctx, done, first); !ended && !p.Machine.KeepsPace() {
		p.Machine.Sleep(ctx, own.until.Sub(p.Machine.Now()))
		status, ended = waitFor(ctx, done, grace)
	}
	return status, ended && !passed.Load()
}

func waitFor(ctx context.Context, done chan int, limit time.Duration) (status int, ended bool) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case status := <-done:
		return status, true
	case <-timer.C:
	case <-ctx.Done():
	}
	return 0, false
}

// start runs another command in this process's place.
func start(ctx context.Context, p *sh.Process, argv []string) int {
	child := *p
	child.Argv = argv
	name := argv[0]
	if strings.Contains(name, "/") {
		file := p.Path(name)
		if dir := file[:strings.LastIndexByte(file, '/')]; !sh.IsProgramDir(dir) {
			return child.RunScript(ctx, file, name, argv[1:])
		}
		child.Argv = append([]string{file[strings.LastIndexByte(file, '/')+1:]}, argv[1:]...)
	}
	if c, ok := p.Machine.Command(child.Argv); ok {
		return c(ctx, &child)
	}
	p.Complain("exec %s: %v", name, disk.ENOENT)
	return 127
}

func shCommand(ctx context.Context, p *sh.Process) int {
	args, flags, piped := p.Argv[1:], []string(nil), false
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		flag := args[0]
		args = args[1:]
		if flag == "--" {
			break
		}
		for _, c := range strings.Trim(flag[1:], "cs") {
			if !strings.ContainsRune("aefux", c) {
				return p.Complain("%s: unknown option", flag)
			}
			flags = append(flags, "-"+string(c))
		}
		piped = piped || strings.Contains(flag, "s")
		if strings.Contains(flag, "c") {
			if len(args) == 0 {
				return p.Complain("-c requires an argument")
			}
			run := sh.Script{Name: p.Argv[0], Text: args[0], Flags: flags}
			if len(args) > 1 {
				run.Name, run.Args = args[1], args[2:]
			}
			return p.Run(ctx, run)
		}
	}
	if len(args) > 0 && !piped {
		return p.RunScript(ctx, p.Path(args[0]), args[0], args[1:])
	}
	script, err := io.ReadAll(io.LimitReader(sh.Cancellable(ctx, p.Stdin), sh.LongestScript))
	if err != nil {
		return p.Complain("%v", err)
	}
	p.Stdin = strings.NewReader("")
	return p.Run(ctx, sh.Script{Name: p.Argv[0], Text: string(script), Args: args, Flags: flags})
}

// kill knows of no process but those of Android, which the shell may not signal.
func kill(_ context.Context, p *sh.Process) int {
	o, status := p.Argv[1:], 0
	for len(o) > 0 && strings.HasPrefix(o[0], "-") {
		if name, ok := signalName(o[1:]); o[0] == "-l" && ok {
			return p.Print(name + "\n")
		}
		if o[0] == "-l" {
			return p.Print("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM\n")
		}
		if o[0] == "-s" && len(o) > 1 {
			o = o[1:]
		}
		o = o[1:]
	}
	if len(o) == 0 {
		return p.Complain("needs 1 argument")
	}
	for _, pid := range o {
		if strings.HasPrefix(pid, "g") {
			continue // a job of this shell, which ends with it
		}
		n, err := strconv.Atoi(pid)
		switch {
		case err != nil:
			status = p.Complain("unknown pid '%s'", pid)
		case hasProcess(p.Machine.Disk(), n):
			status = p.Complain("%s: Operation not permitted", pid)
		default:
			status = p.Complain("%s: No such process", pid)
		}
	}
	return status
}

// signalName is the name of the signal whose number stands after kill -l.
func signalName(args []string) (string, bool) {
	for name, n := range sh.Signals {
		if len(args) == 1 && args[0] == strconv.Itoa(n) {
			return name, true
		}
	}
	return "", false
}

// hasProcess says whether a process of that ID is running.
func hasProcess(files *disk.Tree, pid int) bool {
	_, err := files.Stat(fmt.Sprintf("/proc/%d/cmdline", pid), true)
	return err == nil || pid == sh.AdbdPID || pid == 1
}

// startOther is nohup or setsid: no signal comes that it would have to keep away.
func startOther(ctx context.Context, p *sh.Process) int {
	if len(p.Argv) < 2 {
		return p.Complain("needs 1 argument")
	}
	return start(ctx, p, p.Argv[1:])
}

func xargs(ctx context.Context, p *sh.Process) int {
	args, most, separator, skipEmpty := p.Argv[1:], mostArguments, "", false
	place := ""
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		flag, value := args[0][:min(2, len(args[0]))], args[0][min(2, len(args[0])):]
		args = args[1:]
		switch flag {
		case "-0":
			separator = "\x00"
		case "-r":
			skipEmpty = true
		case "-n", "-I", "-P":
			if value == "" && len(args) > 0 {
				value, args = args[0], args[1:]
			}
			n, err := strconv.Atoi(value)
			if flag == "-I" {
				place, most, separator = value, 1, "\n"
			} else if err != nil || n < 1 {
				return p.Complain("bad -%s '%s'", flag[1:], value)
			} else if flag == "-n" {
				most = min(n, mostArguments)
			}
		default:
			return p.Complain("Unknown option '%s' (see \"xargs --help\")", strings.TrimPrefix(flag, "-"))
		}
	}
	if len(args) == 0 {
		args = []string{"echo"}
	}
	input, err := io.ReadAll(io.LimitReader(sh.Cancellable(ctx, p.Stdin), mostKept))
	if err != nil {
		return p.Complain("%v", err)
	}
	words := strings.Fields(string(input))
	if separator != "" {
		words = slices.DeleteFunc(strings.Split(string(input), separator), func(w string) bool { return w == "" })
	}
	p.Stdin = strings.NewReader("")
	status := 0
	for first := true; len(words) > 0 || first && !skipEmpty && place == ""; first = false {
		n := min(most, len(words))
		status = max(status, start(ctx, p, withWords(args, words[:n], place)))
		if status == 255 {
			p.Complain("%s: exited with status 255; aborting", args[0])
			return 124
		}
		words = words[n:]
		if ctx.Err() != nil {
			return sh.Killed
		}
	}
	if status > 0 && status < 126 {
		return 123
	}
	return status
}

func withWords(args, words []string, place string) []string {
	if place == "" {
		return slices.Concat(args, words)
	}
	filled := make([]string, len(args))
	for i, a := range args {
		filled[i] = strings.ReplaceAll(a, place, strings.Join(words, " "))
	}
	return filled
}
