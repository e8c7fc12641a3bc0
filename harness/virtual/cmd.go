package virtual

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/persona"
)

// cmd is the command cmd, from Android 7: it hands a service a command line
// (frameworks/native/cmds/cmd).
func cmd(ctx context.Context, p *process) int {
	h := p.handset
	if h.SDK() < 24 {
		return p.Missing()
	}
	if len(p.Argv) < 2 {
		fmt.Fprintln(p.Stderr, "cmd: No service specified; use -l to list all services")
		return 20
	}
	if p.Argv[1] == "-l" {
		fmt.Fprintln(p.Stdout, "Currently running services:")
		for _, s := range h.services() {
			fmt.Fprintf(p.Stdout, "  %s\n", s)
		}
		return 0
	}
	argv := p.Argv[1:]
	if argv[0] == "-w" && h.SDK() >= 30 { // waits for the service; all are there
		argv = argv[1:]
	}
	if len(argv) == 0 {
		fmt.Fprintln(p.Stderr, "cmd: No service specified; use -l to list all services")
		return 20
	}
	args := argv[1:]
	switch service := argv[0]; {
	case service == "package":
		return packageShell(p, args)
	case service == "appops":
		return appOpsShell(p, args)
	case service == "activity":
		sub := *p
		sub.Argv = append([]string{"am"}, args...)
		return am(ctx, &sub)
	case service == "role" && h.SDK() >= 29:
		return roleShell(p, args)
	case service == "settings":
		sub := *p
		sub.Argv = append([]string{"settings"}, args...)
		return settings(ctx, &sub)
	case service == "deviceidle":
		return idleShell(p, args)
	case service == "device_config" && h.SDK() >= 29:
		return deviceConfigShell(p, args)
	case service == "transparency" && h.SDK() >= 34:
		return transparencyShell(p, args)
	case slices.Contains(h.services(), service):
		shell := serviceShells[service]
		if shell.run == nil || h.SDK() < shell.sdk {
			return noShell(p)
		}
		if len(args) == 0 {
			args = []string{"help"}
		}
		return shell.run(p, args)
	default:
		fmt.Fprintf(p.Stderr, "cmd: Can't find service: %s\n", service)
		return 20
	}
}

// roleShell carries out cmd role get-role-holders
// (RoleManagerShellCommand): names joined by semicolons.
func roleShell(p *process, args []string) int {
	if len(args) == 0 || args[0] != "get-role-holders" {
		fmt.Fprintln(p.Stderr, "Unknown command: "+strings.Join(args[:min(1, len(args))], ""))
		return 255
	}
	rest := args[1:]
	if len(rest) >= 2 && rest[0] == "--user" {
		rest = rest[2:]
	}
	if len(rest) == 0 {
		return shellException(p, args[0], "java.lang.IllegalArgumentException", "Argument expected after \"get-role-holders\"")
	}
	defer p.handset.rlock()()
	fmt.Fprintln(p.Stdout, p.handset.state.roles[rest[0]])
	return 0
}

// appops is the command appops, and cmd appops.
func appops(_ context.Context, p *process) int { return appOpsShell(p, p.Argv[1:]) }

// appOpsShell carries out get, set and query-op (AppOpsService.onShellCommand).
func appOpsShell(p *process, args []string) int {
	h, sdk := p.handset, p.handset.SDK()
	if len(args) == 0 {
		fmt.Fprintln(p.Stderr, "AppOps service (appops) commands:\n  get [--user <USER_ID>] <PACKAGE> [<OP>]\n  query-op [--user <USER_ID>] <OP> [<MODE>]\n  set [--user <USER_ID>] <PACKAGE> <OP> <MODE>")
		return 255
	}
	sub, rest, user := args[0], args[1:], 0
	for len(rest) >= 2 && rest[0] == "--user" {
		user, _ = strconv.Atoi(rest[1])
		rest = rest[2:]
	}
	if len(rest) > 0 && rest[0] == "--uid" {
		rest = rest[1:]
	}
	fault := func(text string) int {
		fmt.Fprintln(p.Stderr, "Error: "+text)
		return 255
	}
	switch {
	case sub == "get" && len(rest) == 0, sub == "set" && len(rest) == 0:
		return fault("Package name not specified.")
	case sub == "get":
		defer h.rlock()()
		pkg := h.state.find(rest[0])
		if pkg == nil {
			return fault("No UID for " + rest[0] + " in user " + strconv.Itoa(user))
		}
		only := ""
		if len(rest) > 1 {
			if only = strings.TrimPrefix(rest[1], "android:"); persona.OpIndex(strings.ToUpper(only)) < 0 {
				return fault("Unknown operation string: " + rest[1])
			}
			only = strings.ToUpper(only)
		}
		h.appOpsGet(p, user, pkg, only)
		return 0
	case sub == "query-op" && sdk >= 24:
		if len(rest) == 0 {
			return fault("Operation not specified.")
		}
		defer h.rlock()()
		return h.appOpsQuery(p, user, rest)
	case sub == "set" && len(rest) >= 3:
		defer h.lock()()
		return h.appOpsSet(p, user, rest, fault)
	}
	fmt.Fprintf(p.Stderr, "Unknown command: %s\n", sub)
	return 255
}

// appOpsGet prints a line for each op: the UID's modes, then the package's.
func (h *PhoneHandset) appOpsGet(p *process, user int, pkg *installed, only string) {
	uid, now, any := user*100000+pkg.uid, h.Now(), false
	if h.SDK() >= 28 {
		for _, name := range h.opsOfUID(uid) {
			if only == "" || only == name {
				fmt.Fprintf(p.Stdout, "Uid mode: %s: %s\n", name, h.state.uidModes[uid][name])
				any = true
			}
		}
	}
	for _, b := range h.opBlocks(uid, pkg.Name) {
		if only != "" && only != b.op.Name {
			continue
		}
		any = true
		var access, reject time.Time
		var took time.Duration
		running := false
		for _, k := range b.uses {
			u := h.state.uses[k]
			if u.access.After(access) {
				access, took, running = u.printed(h.SDK(), now), u.duration, u.until.After(now)
			}
			if u.reject.After(reject) {
				reject = u.reject
			}
		}
		line := fmt.Sprintf("%s: %s", persona.OpName(b.op.Name, h.SDK()), b.mode)
		if !access.IsZero() {
			line += "; time=" + formatDuration(now.Sub(access)) + " ago"
		}
		if !reject.IsZero() {
			line += "; rejectTime=" + formatDuration(now.Sub(reject)) + " ago"
		}
		if running {
			line += " (running)"
		} else if took > 0 {
			line += "; duration=" + formatDuration(took)
		}
		fmt.Fprintln(p.Stdout, line)
	}
	if !any {
		fmt.Fprintln(p.Stdout, "No operations.")
		if only != "" {
			fmt.Fprintln(p.Stdout, "Default mode: allow")
		}
	}
}

// appOpsQuery prints the packages whose op has a mode; allow, if none is given.
func (h *PhoneHandset) appOpsQuery(p *process, user int, args []string) int {
	want := "allow"
	if len(args) > 1 {
		want = args[1]
	}
	name, none := strings.ToUpper(strings.TrimPrefix(args[0], "android:")), true
	for _, pkg := range h.state.sortedPackages() {
		uid := user*100000 + pkg.uid
		for _, b := range h.opBlocks(uid, pkg.Name) {
			if b.op.Name == name && b.mode.String() == want {
				fmt.Fprintln(p.Stdout, pkg.Name)
				none = false
			}
		}
	}
	if none {
		fmt.Fprintln(p.Stdout, "No operations.")
	}
	return 0
}

func (h *PhoneHandset) appOpsSet(p *process, user int, args []string, fault func(string) int) int {
	pkg := h.state.find(args[0])
	if pkg == nil {
		return fault("No UID for " + args[0] + " in user " + strconv.Itoa(user))
	}
	name := strings.ToUpper(strings.TrimPrefix(args[1], "android:"))
	m := persona.OpMode(slices.Index([]string{"allow", "ignore", "deny", "default", "foreground"}, args[2]))
	if m < 0 {
		return fault("Mode " + args[2] + " is not valid")
	}
	if persona.OpIndex(name) < 0 {
		return fault("Unknown operation string: " + args[1])
	}
	key := opKey{uid: user*100000 + pkg.uid, pkg: pkg.Name, op: name}
	if m == persona.ModeAllow {
		delete(h.state.opModes, key)
	} else {
		h.state.opModes[key] = m
	}
	return 0
}
