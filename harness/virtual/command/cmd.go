package command

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/dumpsys"
	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// cmd is the command cmd, from Android 7: it hands a service a command line
// (frameworks/native/cmds/cmd).
func cmd(ctx context.Context, p *phone.Call) int {
	h := p.Handset
	if h.SDK() < 24 {
		return p.Missing()
	}
	if len(p.Argv) < 2 {
		fmt.Fprintln(p.Stderr, "cmd: No service specified; use -l to list all services")
		return 20
	}
	if p.Argv[1] == "-l" {
		fmt.Fprintln(p.Stdout, "Currently running services:")
		for _, s := range dumpsys.Services(h) {
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
	case slices.Contains(dumpsys.Services(h), service):
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
func roleShell(p *phone.Call, args []string) int {
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
	defer p.Handset.RLock()()
	fmt.Fprintln(p.Stdout, p.Handset.State.Roles[rest[0]])
	return 0
}

// appops is the command appops, and cmd appops.
func appops(_ context.Context, p *phone.Call) int { return appOpsShell(p, p.Argv[1:]) }

// appOpsShell carries out get, set and query-op (AppOpsService.onShellCommand).
func appOpsShell(p *phone.Call, args []string) int {
	h, sdk := p.Handset, p.Handset.SDK()
	if len(args) == 0 {
		fmt.Fprintln(p.Stderr, "AppOps service (appops) commands:\n  get [--user <USER_ID>] <PACKAGE> [<OP>]\n"+
			"  query-op [--user <USER_ID>] <OP> [<MODE>]\n  set [--user <USER_ID>] <PACKAGE> <OP> <MODE>")
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
		defer h.RLock()()
		pkg := h.State.Package(rest[0])
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
		appOpsGet(h, p, user, pkg, only)
		return 0
	case sub == "query-op" && sdk >= 24:
		if len(rest) == 0 {
			return fault("Operation not specified.")
		}
		defer h.RLock()()
		return appOpsQuery(h, p, user, rest)
	case sub == "set" && len(rest) >= 3:
		defer h.Lock()()
		return appOpsSet(h, user, rest, fault)
	}
	fmt.Fprintf(p.Stderr, "Unknown command: %s\n", sub)
	return 255
}

// appOpsGet prints a line for each op: the UID's modes, then the package's.
func appOpsGet(h *phone.Handset, p *phone.Call, user int, pkg *phone.Package, only string) {
	uid, now, any := user*100000+pkg.AppID, h.Now(), false
	if h.SDK() >= 28 {
		for _, name := range h.UIDModeOps(uid) {
			if only == "" || only == name {
				fmt.Fprintf(p.Stdout, "Uid mode: %s: %s\n", name, h.State.UIDModes[uid][name])
				any = true
			}
		}
	}
	for _, b := range h.OpUses(uid, pkg.Name) {
		if only != "" && only != b.Op.Name {
			continue
		}
		any = true
		var access, reject time.Time
		var took time.Duration
		running := false
		for _, k := range b.Uses {
			u := h.State.Uses[k]
			if u.LastAccess.After(access) {
				access, took, running = u.Printed(h.SDK(), now), u.Duration, u.Until.After(now)
			}
			if u.LastReject.After(reject) {
				reject = u.LastReject
			}
		}
		line := fmt.Sprintf("%s: %s", persona.OpName(b.Op.Name, h.SDK()), b.Mode)
		if !access.IsZero() {
			line += "; time=" + phone.FormatDuration(now.Sub(access)) + " ago"
		}
		if !reject.IsZero() {
			line += "; rejectTime=" + phone.FormatDuration(now.Sub(reject)) + " ago"
		}
		if running {
			line += " (running)"
		} else if took > 0 {
			line += "; duration=" + phone.FormatDuration(took)
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
func appOpsQuery(h *phone.Handset, p *phone.Call, user int, args []string) int {
	want := "allow"
	if len(args) > 1 {
		want = args[1]
	}
	name, none := strings.ToUpper(strings.TrimPrefix(args[0], "android:")), true
	for _, pkg := range h.State.SortedPackages() {
		uid := user*100000 + pkg.AppID
		for _, b := range h.OpUses(uid, pkg.Name) {
			if b.Op.Name == name && b.Mode.String() == want {
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

func appOpsSet(h *phone.Handset, user int, args []string, fault func(string) int) int {
	pkg := h.State.Package(args[0])
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
	key := phone.UseKey{UID: user*100000 + pkg.AppID, Package: pkg.Name, Op: name}
	if m == persona.ModeAllow {
		delete(h.State.OpModes, key)
	} else {
		h.State.OpModes[key] = m
	}
	return 0
}
