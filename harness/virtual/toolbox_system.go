package virtual

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/disk"
)

func trueCommand(context.Context, *Process) int  { return 0 }
func falseCommand(context.Context, *Process) int { return 1 }

// The groups of the shell user, by release (adb, daemon/main.cpp).
const (
	oldGroups = "1003(graphics),1004(input),1007(log),1011(adb),1015(sdcard_rw),1028(sdcard_r),3001(net_bt_admin),3002(net_bt),3003(inet),3006(net_bw_stats)"
	newGroups = "1004(input),1007(log),1011(adb),1015(sdcard_rw),1028(sdcard_r),1078(ext_data_rw),1079(ext_obb_rw),3001(net_bt_admin),3002(net_bt),3003(inet),3006(net_bw_stats),3009(readproc),3011(uhid)"
)

func id(_ context.Context, p *Process) int {
	o, err := p.options("ungG")
	if err != nil {
		return p.complain("%v", err)
	}
	switch {
	case (o.has('u') || o.has('g')) && o.has('n'):
		return p.print("shell\n")
	case o.has('u') || o.has('g'):
		return p.print("2000\n")
	}
	groups := newGroups
	if p.machine.SDK() < 30 {
		groups = oldGroups
	}
	return p.print("uid=2000(shell) gid=2000(shell) groups=" + groups + " context=u:r:shell:s0\n")
}

func whoami(_ context.Context, p *Process) int { return p.print("shell\n") }

func hostname(_ context.Context, p *Process) int { return p.print("localhost\n") }

func tty(_ context.Context, p *Process) int { p.print("not a tty\n"); return 1 }

func nproc(_ context.Context, p *Process) int { return p.print("8\n") }

// getenforce says that the policy is enforced: a user build of any release since
// Android 5 does not boot otherwise.
func getenforce(_ context.Context, p *Process) int { return p.print("Enforcing\n") }

// uname takes the kernel's words from /proc/version where the handset has it.
func uname(_ context.Context, p *Process) int {
	o, err := p.options("asnrvmo")
	if err != nil {
		return p.complain("%v", err)
	}
	release, version := "4.14.186", "#1 SMP PREEMPT Mon Jan 1 00:00:00 UTC 2024"
	if text, err := p.machine.Disk().ReadFile("/proc/version"); err == nil {
		if words := strings.Fields(string(text)); len(words) > 2 {
			release = words[2]
		}
		if _, after, ok := strings.Cut(string(text), " #"); ok {
			version = "#" + strings.TrimSpace(after)
		}
	}
	machine := "aarch64"
	if abi := p.machine.Property("ro.product.cpu.abi"); strings.HasPrefix(abi, "armeabi") {
		machine = "armv8l"
	}
	fields := []struct {
		flag  byte
		value string
	}{{'s', "Linux"}, {'n', "localhost"}, {'r', release}, {'v', version}, {'m', machine}, {'o', "Android"}}
	var chosen []string
	for _, f := range fields {
		if o.has(f.flag) || o.has('a') || len(o.set) == 0 && f.flag == 's' {
			chosen = append(chosen, f.value)
		}
	}
	return p.print(strings.Join(chosen, " ") + "\n")
}

// duration reads what sleep takes: seconds, fractions, and s, m, h or d after them.
func duration(text string) (time.Duration, error) {
	digits := strings.TrimRight(text, "smhd")
	if len(text)-len(digits) > 1 {
		return 0, fmt.Errorf("bad time '%s'", text)
	}
	unit := map[string]time.Duration{"": time.Second, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[text[len(digits):]]
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || !(n >= 0 && n < 1e7) {
		return 0, fmt.Errorf("bad time '%s'", text)
	}
	return time.Duration(n * float64(unit)), nil
}

// sleep lets time pass on the handset: at once, unless it keeps the wall's pace.
func sleep(ctx context.Context, p *Process) int {
	if len(p.argv) < 2 {
		return p.complain("needs 1 argument")
	}
	var total time.Duration
	for _, a := range p.argv[1:] {
		d, err := duration(a)
		if err != nil {
			return p.complain("%v", err)
		}
		total += d
	}
	if p.machine.Sleep(ctx, total) != nil {
		return killed
	}
	return 0
}

func usleep(ctx context.Context, p *Process) int {
	if len(p.argv) != 2 {
		return p.complain("needs 1 argument")
	}
	n, err := strconv.ParseInt(p.argv[1], 10, 40)
	if err != nil || n < 0 {
		return p.complain("not integer: %s", p.argv[1])
	}
	if p.machine.Sleep(ctx, time.Duration(n)*time.Microsecond) != nil {
		return killed
	}
	return 0
}

// grace is how long, on the wall, a command under timeout is given to end by
// itself on a handset whose own time is compressed.
const grace = 250 * time.Millisecond

// timeout runs a command and ends it when its time is over. The handset's clock
// goes forward only if the command has not ended by itself.
func timeout(ctx context.Context, p *Process) int {
	o, rest := "", p.argv[1:]
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		o, rest = rest[0], rest[1:]
		if (o == "-s" || o == "-k") && len(rest) > 0 {
			rest = rest[1:]
		}
	}
	if len(rest) < 2 {
		return p.complain("needs 2 arguments")
	}
	limit, err := duration(rest[0])
	if err != nil {
		return p.complain("%v", err)
	}
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan int, 1)
	go func() { done <- p.start(within, rest[1:]) }()
	if p.machine.KeepsPace() {
		return p.timed(ctx, done, cancel, limit)
	}
	if status, ended := waitFor(ctx, done, min(limit, grace)); ended {
		return status
	}
	p.machine.Sleep(ctx, limit)
	return p.timed(ctx, done, cancel, grace)
}

func (p *Process) timed(ctx context.Context, done chan int, cancel func(), limit time.Duration) int {
	if status, ended := waitFor(ctx, done, limit); ended {
		return status
	}
	cancel()
	return 124
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
func (p *Process) start(ctx context.Context, argv []string) int {
	child := *p
	child.argv = argv
	name := argv[0]
	if strings.Contains(name, "/") {
		file := p.path(name)
		if dir := file[:strings.LastIndexByte(file, '/')]; !programDirs[dir] {
			return child.runScript(ctx, file, name, argv[1:])
		}
		child.argv = append([]string{file[strings.LastIndexByte(file, '/')+1:]}, argv[1:]...)
	}
	if c, ok := p.machine.Command(child.argv); ok {
		return c(ctx, &child)
	}
	p.complain("exec %s: %v", name, disk.ENOENT)
	return 127
}

func sh(ctx context.Context, p *Process) int {
	args := p.argv[1:]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		flag := args[0]
		args = args[1:]
		if strings.HasSuffix(flag, "c") {
			if len(args) == 0 {
				return p.complain("-c requires an argument")
			}
			run := shScript{Name: p.argv[0], Text: args[0]}
			if len(args) > 1 {
				run.Name, run.Args = args[1], args[2:]
			}
			return p.Run(ctx, run)
		}
	}
	if len(args) > 0 {
		return p.runScript(ctx, p.path(args[0]), args[0], args[1:])
	}
	script, err := io.ReadAll(io.LimitReader(cancellable{ctx, p.stdin}, longestScript))
	if err != nil {
		return p.complain("%v", err)
	}
	p.stdin = strings.NewReader("")
	return p.Run(ctx, shScript{Name: p.argv[0], Text: string(script)})
}

// kill knows of no process but those of Android, which the shell may not signal.
func kill(_ context.Context, p *Process) int {
	o, status := p.argv[1:], 0
	for len(o) > 0 && strings.HasPrefix(o[0], "-") {
		if o[0] == "-l" {
			return p.print("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM\n")
		}
		if o[0] == "-s" && len(o) > 1 {
			o = o[1:]
		}
		o = o[1:]
	}
	if len(o) == 0 {
		return p.complain("needs 1 argument")
	}
	for _, pid := range o {
		if strings.HasPrefix(pid, "g") {
			continue // a job of this shell, which ends with it
		}
		n, err := strconv.Atoi(pid)
		switch {
		case err != nil:
			status = p.complain("unknown pid '%s'", pid)
		case hasProcess(p.machine.Disk(), n):
			status = p.complain("%s: Operation not permitted", pid)
		default:
			status = p.complain("%s: No such process", pid)
		}
	}
	return status
}

// hasProcess says whether a process of that ID is running.
func hasProcess(files *disk.Tree, pid int) bool {
	_, err := files.Stat(fmt.Sprintf("/proc/%d/cmdline", pid), true)
	return err == nil || pid == adbdPID || pid == 1
}

func envCommand(ctx context.Context, p *Process) int {
	vars := p.environment()
	args := p.argv[1:]
	if p.argv[0] == "printenv" && len(args) > 0 {
		value, ok := vars[args[0]]
		if !ok {
			return 1
		}
		return p.print(value + "\n")
	}
	for len(args) > 0 {
		switch name, value, ok := strings.Cut(args[0], "="); {
		case args[0] == "-i":
			clear(vars)
		case args[0] == "-u" && len(args) > 1:
			args = args[1:]
			delete(vars, args[0])
		case ok:
			vars[name] = value
		default:
			child := *p
			child.exported = func() map[string]string { return maps.Clone(vars) }
			child.env = func(name string) string { return vars[name] }
			return child.start(ctx, args)
		}
		args = args[1:]
	}
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if status := p.print(name + "=" + vars[name] + "\n"); status != 0 {
			return status
		}
	}
	return 0
}

func which(_ context.Context, p *Process) int {
	status := 0
	for _, name := range p.argv[1:] {
		if name == "-a" {
			continue
		}
		if _, ok := p.machine.Command([]string{name}); !ok {
			status = 1
			continue
		}
		fmt.Fprintln(p.stdout, "/system/bin/"+name)
	}
	return status
}

// ofState are toybox's commands that tell of a handset's state: the machine has them.
var ofState = []string{"mount", "pgrep", "uptime"}

// toybox runs a command by name, or lists those it has.
func toybox(ctx context.Context, p *Process) int {
	if len(p.argv) > 1 {
		return p.start(ctx, p.argv[1:])
	}
	return p.print(strings.Join(slices.Sorted(slices.Values(append(ofState, slices.Collect(maps.Keys(toolbox()))...))), " ") + "\n")
}

// mostArguments is how many words xargs gives to one command at most.
const mostArguments = 1024

func xargs(ctx context.Context, p *Process) int {
	args, most, separator, skipEmpty := p.argv[1:], mostArguments, "", false
	place := ""
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		flag, value := args[0][:min(2, len(args[0]))], args[0][min(2, len(args[0])):]
		args = args[1:]
		switch flag {
		case "-0":
			separator = "\x00"
		case "-r":
			skipEmpty = true
		case "-n", "-I", "-P", "-L":
			if value == "" && len(args) > 0 {
				value, args = args[0], args[1:]
			}
			n, err := strconv.Atoi(value)
			if flag == "-I" {
				place, most, separator = value, 1, "\n"
			} else if err != nil || n < 1 {
				return p.complain("bad -%s '%s'", flag[1:], value)
			} else if flag == "-n" {
				most = min(n, mostArguments)
			}
		default:
			return p.complain("Unknown option '%s' (see \"xargs --help\")", strings.TrimPrefix(flag, "-"))
		}
	}
	if len(args) == 0 {
		args = []string{"echo"}
	}
	input, err := io.ReadAll(io.LimitReader(cancellable{ctx, p.stdin}, mostKept))
	if err != nil {
		return p.complain("%v", err)
	}
	words := strings.Fields(string(input))
	if separator != "" {
		words = slices.DeleteFunc(strings.Split(string(input), separator), func(w string) bool { return w == "" })
	}
	p.stdin = strings.NewReader("")
	status := 0
	for first := true; len(words) > 0 || first && !skipEmpty && place == ""; first = false {
		n := min(most, len(words))
		status = max(status, p.start(ctx, withWords(args, words[:n], place)))
		words = words[n:]
		if ctx.Err() != nil {
			return killed
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
