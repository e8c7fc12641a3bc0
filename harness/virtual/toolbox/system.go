package toolbox

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"assay/harness/virtual/sh"
)

func trueCommand(context.Context, *sh.Process) int  { return 0 }
func falseCommand(context.Context, *sh.Process) int { return 1 }

// The groups of the shell user, by release (adb, daemon/main.cpp).
const (
	oldGroups = "1003(graphics),1004(input),1007(log),1011(adb),1015(sdcard_rw),1028(sdcard_r),3001(net_bt_admin),3002(net_bt),3003(inet),3006(net_bw_stats)"
	newGroups = "1004(input),1007(log),1011(adb),1015(sdcard_rw),1028(sdcard_r),1078(ext_data_rw),1079(ext_obb_rw),3001(net_bt_admin),3002(net_bt),3003(inet),3006(net_bw_stats),3009(readproc),3011(uhid)"
)

func id(_ context.Context, p *sh.Process) int {
	o, err := p.Options("ungG")
	if err != nil {
		return p.Complain("%v", err)
	}
	groups := newGroups
	if p.Machine.SDK() < 30 {
		groups = oldGroups
	}
	switch {
	case (o.Has('u') || o.Has('g')) && o.Has('n'):
		return p.Print("shell\n")
	case o.Has('u') || o.Has('g'):
		return p.Print("2000\n")
	case o.Has('G'):
		all := []string{"2000"}
		if o.Has('n') {
			all[0] = "shell"
		}
		for group := range strings.SplitSeq(groups, ",") {
			number, name, _ := strings.Cut(strings.TrimSuffix(group, ")"), "(")
			all = append(all, map[bool]string{true: name, false: number}[o.Has('n')])
		}
		return p.Print(strings.Join(all, " ") + "\n")
	}
	return p.Print("uid=2000(shell) gid=2000(shell) groups=" + groups + " context=u:r:shell:s0\n")
}

func whoami(_ context.Context, p *sh.Process) int { return p.Print("shell\n") }

func hostname(_ context.Context, p *sh.Process) int { return p.Print("localhost\n") }

func tty(_ context.Context, p *sh.Process) int { p.Print("not a tty\n"); return 1 }

func nproc(_ context.Context, p *sh.Process) int { return p.Print("8\n") }

// getenforce says that the policy is enforced: a user build of any release since
// Android 5 does not boot otherwise.
func getenforce(_ context.Context, p *sh.Process) int { return p.Print("Enforcing\n") }

// uname takes the kernel's words from /proc/version where the handset has it.
func uname(_ context.Context, p *sh.Process) int {
	o, err := p.Options("asnrvmo")
	if err != nil {
		return p.Complain("%v", err)
	}
	release, version := "4.14.186", "#1 SMP PREEMPT Mon Jan 1 00:00:00 UTC 2024"
	if text, err := p.Machine.Disk().ReadFile("/proc/version"); err == nil {
		if words := strings.Fields(string(text)); len(words) > 2 {
			release = words[2]
		}
		if _, after, ok := strings.Cut(string(text), " #"); ok {
			version = "#" + strings.TrimSpace(after)
		}
	}
	machine := "aarch64"
	if abi := p.Machine.Property("ro.product.cpu.abi"); strings.HasPrefix(abi, "armeabi") {
		machine = "armv8l"
	}
	fields := []struct {
		flag  byte
		value string
	}{{'s', "Linux"}, {'n', "localhost"}, {'r', release}, {'v', version}, {'m', machine}, {'o', "Android"}}
	var chosen []string
	for _, f := range fields {
		if o.Has(f.flag) || o.Has('a') || len(o.Set) == 0 && f.flag == 's' {
			chosen = append(chosen, f.value)
		}
	}
	return p.Print(strings.Join(chosen, " ") + "\n")
}

// grace is how long, on the wall, a command under timeout is given to end by
// itself on a handset whose own time is compressed.
const grace = 250 * time.Millisecond

// limit is what timeout gives to a command: until when, by the handset's clock. What
// sleeps past it ends it.
type limit struct {
	until time.Time
	pass  func()
}

type limitKey struct{}

// badTimeout is the status of a timeout that is called wrongly.
const badTimeout = 125

func envCommand(ctx context.Context, p *sh.Process) int {
	vars := p.Environment()
	args := p.Argv[1:]
	if p.Argv[0] == "printenv" && len(args) > 0 {
		value, ok := vars[args[0]]
		if !ok {
			return 1
		}
		return p.Print(value + "\n")
	}
	for len(args) > 0 {
		switch name, value, ok := strings.Cut(args[0], "="); {
		case strings.HasPrefix(args[0], "-") && args[0] != "-i" && args[0] != "-u":
			p.Complain("Unknown option '%s' (see \"env --help\")", args[0][1:])
			return badTimeout
		case args[0] == "-i":
			clear(vars)
		case args[0] == "-u" && len(args) > 1:
			args = args[1:]
			delete(vars, args[0])
		case ok:
			vars[name] = value
		default:
			child := *p
			child.Exported = func() map[string]string { return maps.Clone(vars) }
			child.Env = func(name string) string { return vars[name] }
			return start(ctx, &child, args)
		}
		args = args[1:]
	}
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if status := p.Print(name + "=" + vars[name] + "\n"); status != 0 {
			return status
		}
	}
	return 0
}

func which(_ context.Context, p *sh.Process) int {
	status := 0
	for _, name := range p.Argv[1:] {
		if name == "-a" {
			continue
		}
		if _, ok := p.Machine.Command([]string{name}); !ok {
			status = 1
			continue
		}
		fmt.Fprintln(p.Stdout, "/system/bin/"+name)
	}
	return status
}

// ofState are toybox's commands that tell of a handset's state: the machine has them.
var ofState = []string{"mount", "pgrep", "uptime"}

// toybox runs a command by name, or lists those it has.
func toybox(ctx context.Context, p *sh.Process) int {
	if len(p.Argv) > 1 {
		return start(ctx, p, p.Argv[1:])
	}
	return p.Print(strings.Join(slices.Sorted(slices.Values(append(ofState, slices.Collect(maps.Keys(Commands()))...))), " ") + "\n")
}

// mostArguments is how many words xargs gives to one command at most.
const mostArguments = 1024
