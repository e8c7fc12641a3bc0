package virtual

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/persona"
)

// settle is what an am start or a touch takes until the handset is at rest again.
const settle = 1200 * time.Millisecond

// am is the command am (cmds/am, ActivityManagerShellCommand).
func am(_ context.Context, p *process) int {
	if len(p.Argv) < 2 {
		fmt.Fprintln(p.Stderr, "usage: am [subcommand] [options]")
		return 1
	}
	h, args := p.handset, p.Argv[2:]
	switch p.Argv[1] {
	case "start", "start-activity":
		defer h.lock()()
		return amStart(p, args)
	case "force-stop", "kill":
		defer h.lock()()
		return amStop(p, p.Argv[1], args)
	case "kill-all":
		defer h.lock()()
		for _, n := range h.state.sortedProcesses() {
			if h.state.stateOf(n) == "cch" {
				h.kill(n, "kill background")
			}
		}
		return 0
	case "get-current-user":
		fmt.Fprintln(p.Stdout, h.userIDs()[0])
		return 0
	case "broadcast":
		return amBroadcast(p, args)
	case "startservice", "start-service", "startforegroundservice", "start-foreground-service":
		defer h.lock()()
		return amStartService(p, args)
	case "stopservice", "stop-service":
		defer h.lock()()
		return amStopService(p, args)
	case "stack", "task":
		return amStacks(p)
	}
	if h.SDK() < 26 {
		fmt.Fprintf(p.Stderr, "Error: unknown command '%s'\n", p.Argv[1])
		return 1
	}
	fmt.Fprintf(p.Stderr, "Unknown command: %s\n", p.Argv[1])
	return 255
}

// amStart starts an activity (runStartActivity).
func amStart(p *process, args []string) int {
	h := p.handset
	user, wait, stopFirst := 0, false, false
	in, err := parseIntent(args, func(a string, rest []string) int {
		switch a {
		case "-W":
			wait = true
			return 0
		case "-S":
			stopFirst = true
			return 0
		case "-D", "-N", "--track-allocation", "--streaming", "--grant-read-uri-permission", "--activity-clear-task",
			"--activity-clear-top", "--activity-single-top", "--activity-reorder-to-front", "--include-stopped-packages":
			return 0
		case "--user":
			if len(rest) == 0 {
				return -1
			}
			user, _ = strconv.Atoi(rest[0]) // current, cur: the owner
			return 1
		case "-R", "--display", "--windowingMode", "--activityType", "--task", "--stack":
			return 1
		}
		return -1
	})
	if err != nil {
		return amError(p, err.Error())
	}
	if in.action == "" && in.component == "" && in.pkg == "" && in.data == "" {
		return amError(p, "Must specify action, component, data or package")
	}
	m, many, ok := h.resolve(in, user)
	if stopFirst && ok {
		fmt.Fprintf(p.Stdout, "Stopping: %s\n", m.p.Name)
		h.stop(m.p, user, "stop "+m.p.Name)
	}
	in.flags |= 0x10000000 // FLAG_ACTIVITY_NEW_TASK, set after the line is printed
	shown := in
	shown.flags &^= 0x10000000
	fmt.Fprintf(p.Stdout, "Starting: %s\n", shown)
	if !ok {
		return amNotFound(p, in)
	}
	began := h.Now()
	h.logStart(in, m)
	if many {
		h.pass(settle)
		return 0
	}
	action := in.action
	if action == "" {
		action = "NULL"
	}
	r := h.show(m.p, user, m.activity, action)
	waited := h.Now().Sub(began) + 8*time.Millisecond
	component := persona.ShortComponent(m.p.Name + "/" + m.activity)
	switch {
	case r.took == 0:
		fmt.Fprintln(p.Stderr, "Warning: Activity not started, intent has been delivered to currently running top-most instance.")
	case r.there:
		fmt.Fprintln(p.Stderr, "Warning: Activity not started, its current task has been brought to the front")
	}
	if wait {
		amWaited(p, component, r, waited)
	}
	h.pass(settle)
	return 0
}

// logStart is the line that every start leaves in the log.
func (h *PhoneHandset) logStart(in intent, m match) {
	sdk := h.SDK()
	in.component = m.p.Name + "/" + m.activity
	tag, tail := "ActivityManager", " from uid 2000"
	switch {
	case sdk >= 34:
		tag, tail = "ActivityTaskManager", " with LAUNCH_MULTIPLE from uid 2000 (BAL_ALLOW_PERMISSION) result code=0"
	case sdk >= 29:
		tag = "ActivityTaskManager"
	case sdk >= 24 && sdk < 28:
		tail += " on display 0"
	}
	h.logSystem("system", 'I', tag, "START u0 {%s}%s", in.short(), tail)
}

// amWaited prints what -W waits for.
func amWaited(p *process, component string, r shown, waited time.Duration) {
	fmt.Fprintln(p.Stdout, "Status: ok")
	if p.handset.SDK() >= 29 {
		if r.state == "" {
			r.state = "UNKNOWN (0)"
		}
		fmt.Fprintln(p.Stdout, "LaunchState:", r.state)
	}
	fmt.Fprintln(p.Stdout, "Activity:", component)
	if p.handset.SDK() < 29 {
		fmt.Fprintln(p.Stdout, "ThisTime:", r.took.Milliseconds())
	}
	fmt.Fprintf(p.Stdout, "TotalTime: %d\nWaitTime: %d\nComplete\n", r.took.Milliseconds(), waited.Milliseconds())
}

// amNotFound says that no activity answers. am says so and, up to Android 11,
// exits with 0.
func amNotFound(p *process, in intent) int {
	if in.component != "" {
		fmt.Fprintf(p.Stderr, "Error type 3\nError: Activity class {%s} does not exist.\n", in.component)
	} else {
		fmt.Fprintf(p.Stderr, "Error: Activity not started, unable to resolve %s\n", in)
	}
	return boolInt(p.handset.SDK() >= 31)
}

// amError reports bad arguments: Am.java's way up to Android 7, the shell
// command's since.
func amError(p *process, message string) int {
	if p.handset.SDK() < 26 {
		fmt.Fprintf(p.Stderr, "Error: %s\n", message)
		return 1
	}
	return shellException(p, "start", "java.lang.IllegalArgumentException", message)
}

// amStop carries out force-stop, which also stops what a package would do of its
// own accord, and kill, which only ends what the user does not see.
func amStop(p *process, how string, args []string) int {
	h, user := p.handset, 0
	for len(args) >= 2 && args[0] == "--user" {
		user, _ = strconv.Atoi(args[1])
		args = args[2:]
	}
	if len(args) == 0 {
		return amError(p, "Argument expected after \""+how+"\"")
	}
	pkg := h.state.find(args[0])
	if pkg == nil || pkg.users[user] == nil {
		return 0
	}
	n := h.state.processOf(pkg.Name, user)
	if how == "kill" {
		if n != nil && h.state.stateOf(n) == "cch" {
			h.kill(n, "kill background")
		}
		return 0
	}
	h.logSystem("system", 'I', "ActivityManager", "Force stopping %s appid=%d user=%d: from pid %d", pkg.Name, pkg.uid, user, 4000+int(h.number("shell")%900))
	pkg.users[user].stopped = true
	h.leaveScreen(pkg.Name)
	if n != nil {
		h.kill(n, "stop "+pkg.Name)
	}
	h.pass(150 * time.Millisecond)
	return 0
}

func amBroadcast(p *process, args []string) int {
	in, err := parseIntent(args, func(_ string, rest []string) int { return min(len(rest), 1) })
	if err != nil {
		return amError(p, err.Error())
	}
	fmt.Fprintf(p.Stdout, "Broadcasting: %s\nBroadcast completed: result=0\n", in)
	return 0
}

// amStacks prints the tasks, in short.
func amStacks(p *process) int {
	defer p.handset.rlock()()
	for _, t := range p.handset.state.screen.tasks {
		fmt.Fprintf(p.Stdout, "Stack id=%d bounds=[0,0][%d,%d] displayId=0 userId=%d\n  taskId=%d: %s bounds=[0,0][0,0] userId=%d visible=%t\n\n",
			t.id, p.handset.state.screen.width, p.handset.state.screen.height, t.user, t.id, t.component(), t.user, t == p.handset.state.screen.top())
	}
	return 0
}

// monkey is the command monkey, for opening a package's launcher activity:
// monkey -p PKG -c android.intent.category.LAUNCHER 1.
func monkey(_ context.Context, p *process) int {
	h, args := p.handset, p.Argv[1:]
	pkg := ""
	for i, a := range args {
		if a == "-p" && i+1 < len(args) {
			pkg = args[i+1]
		}
	}
	if h.SDK() >= 26 {
		for _, a := range args {
			fmt.Fprintf(p.Stderr, "  bash arg: %s\n", a)
		}
	}
	if h.SDK() >= 29 {
		fmt.Fprintf(p.Stderr, "args: [%s]\n", strings.Join(args, ", "))
		for _, a := range args {
			fmt.Fprintf(p.Stderr, " arg: \"%s\"\n", a)
		}
	}
	defer h.lock()()
	found := h.activities(intent{action: actionMain, categories: []string{launchable}, pkg: pkg}, 0, false)
	if pkg == "" || len(found) == 0 {
		fmt.Fprintln(p.Stderr, "** No activities found to run, monkey aborted.")
		return 252
	}
	m := found[0]
	h.logStart(intent{action: actionMain, categories: []string{launchable}, flags: 0x10200000}, m)
	h.show(m.p, 0, m.activity, actionMain)
	h.pass(settle)
	fmt.Fprintln(p.Stdout, "Events injected: 1\n## Network stats: elapsed time=27ms (0ms mobile, 0ms wifi, 27ms not connected)")
	return 0
}
