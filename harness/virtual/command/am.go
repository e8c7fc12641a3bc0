package command

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// settle is what an am start or a touch takes until the handset is at rest again.
const settle = 1200 * time.Millisecond

// am is the command am (cmds/am, ActivityManagerShellCommand).
func am(_ context.Context, p *phone.Call) int {
	if len(p.Argv) < 2 {
		fmt.Fprintln(p.Stderr, "usage: am [subcommand] [options]")
		return 1
	}
	h, args := p.Handset, p.Argv[2:]
	switch p.Argv[1] {
	case "start", "start-activity":
		defer h.Lock()()
		return amStart(p, args)
	case "force-stop", "kill":
		defer h.Lock()()
		return amStop(p, p.Argv[1], args)
	case "kill-all":
		defer h.Lock()()
		for _, n := range h.State.SortedProcesses() {
			if h.State.StateOf(n) == "cch" {
				h.Kill(n, "kill background")
			}
		}
		return 0
	case "get-current-user":
		fmt.Fprintln(p.Stdout, h.UserIDs()[0])
		return 0
	case "broadcast":
		return amBroadcast(p, args)
	case "startservice", "start-service", "startforegroundservice", "start-foreground-service":
		defer h.Lock()()
		return amStartService(p, args)
	case "stopservice", "stop-service":
		defer h.Lock()()
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

// startOptions are those of am start that are not the intent's.
type startOptions struct {
	user            int
	wait, stopFirst bool
}

// read takes an option and what stands behind it, and says how many of that it takes;
// -1: there is no such option.
func (o *startOptions) read(a string, rest []string) int {
	switch a {
	case "-W":
		o.wait = true
		return 0
	case "-S":
		o.stopFirst = true
		return 0
	case "-D", "-N", "--track-allocation", "--streaming", "--grant-read-uri-permission", "--activity-clear-task",
		"--activity-clear-top", "--activity-single-top", "--activity-reorder-to-front", "--include-stopped-packages":
		return 0
	case "--user":
		if len(rest) == 0 {
			return -1
		}
		o.user, _ = strconv.Atoi(rest[0]) // current, cur: the owner
		return 1
	case "-R", "--display", "--windowingMode", "--activityType", "--task", "--stack":
		return 1
	}
	return -1
}

// amStart starts an activity (runStartActivity).
func amStart(p *phone.Call, args []string) int {
	h := p.Handset
	var o startOptions
	in, err := parseIntent(args, o.read)
	if err != nil {
		return amError(p, err.Error())
	}
	if in.Action == "" && in.Component == "" && in.Package == "" && in.Data == "" {
		return amError(p, "Must specify action, component, data or package")
	}
	m, many, ok := h.Resolve(in, o.user)
	if o.stopFirst && ok {
		fmt.Fprintf(p.Stdout, "Stopping: %s\n", m.Package.Name)
		stop(h, m.Package, o.user, "stop "+m.Package.Name)
	}
	in.Flags |= 0x10000000 // FLAG_ACTIVITY_NEW_TASK, set after the line is printed
	shown := in
	shown.Flags &^= 0x10000000
	fmt.Fprintf(p.Stdout, "Starting: %s\n", shown)
	if !ok {
		return amNotFound(p, in)
	}
	began := h.Now()
	logStart(h, in, m)
	if many {
		h.Pass(settle)
		return 0
	}
	action := in.Action
	if action == "" {
		action = "NULL"
	}
	r := h.Show(m.Package, o.user, m.Class, action)
	waited := h.Now().Sub(began) + 8*time.Millisecond
	component := persona.ShortComponent(m.Package.Name + "/" + m.Class)
	switch {
	case r.Took == 0:
		fmt.Fprintln(p.Stderr, "Warning: Activity not started, intent has been delivered to currently running top-most instance.")
	case r.There:
		fmt.Fprintln(p.Stderr, "Warning: Activity not started, its current task has been brought to the front")
	}
	if o.wait {
		amWaited(p, component, r, waited)
	}
	h.Pass(settle)
	return 0
}

// logStart is the line that every start leaves in the log.
func logStart(h *phone.Handset, in phone.Intent, m phone.Match) {
	sdk := h.SDK()
	in.Component = m.Package.Name + "/" + m.Class
	tag, tail := "ActivityManager", " from uid 2000"
	switch {
	case sdk >= 34:
		tag, tail = "ActivityTaskManager", " with LAUNCH_MULTIPLE from uid 2000 (BAL_ALLOW_PERMISSION) result code=0"
	case sdk >= 29:
		tag = "ActivityTaskManager"
	case sdk >= 24 && sdk < 28:
		tail += " on display 0"
	}
	h.LogSystem("system", 'I', tag, "START u0 {%s}%s", in.Short(), tail)
}

// amWaited prints what -W waits for.
func amWaited(p *phone.Call, component string, r phone.Launch, waited time.Duration) {
	fmt.Fprintln(p.Stdout, "Status: ok")
	if p.Handset.SDK() >= 29 {
		if r.State == "" {
			r.State = "UNKNOWN (0)"
		}
		fmt.Fprintln(p.Stdout, "LaunchState:", r.State)
	}
	fmt.Fprintln(p.Stdout, "Activity:", component)
	if p.Handset.SDK() < 29 {
		fmt.Fprintln(p.Stdout, "ThisTime:", r.Took.Milliseconds())
	}
	fmt.Fprintf(p.Stdout, "TotalTime: %d\nWaitTime: %d\nComplete\n", r.Took.Milliseconds(), waited.Milliseconds())
}

// amNotFound says that no activity answers. am says so and, up to Android 11,
// exits with 0.
func amNotFound(p *phone.Call, in phone.Intent) int {
	if in.Component != "" {
		fmt.Fprintf(p.Stderr, "Error type 3\nError: Activity class {%s} does not exist.\n", in.Component)
	} else {
		fmt.Fprintf(p.Stderr, "Error: Activity not started, unable to resolve %s\n", in)
	}
	return phone.Bit(p.Handset.SDK() >= 31)
}

// amError reports bad arguments: Am.java's way up to Android 7, the shell
// command's since.
func amError(p *phone.Call, message string) int {
	if p.Handset.SDK() < 26 {
		fmt.Fprintf(p.Stderr, "Error: %s\n", message)
		return 1
	}
	return shellException(p, "start", "java.lang.IllegalArgumentException", message)
}

// amStop carries out force-stop, which also stops what a package would do of its
// own accord, and kill, which only ends what the user does not see.
func amStop(p *phone.Call, how string, args []string) int {
	h, user := p.Handset, 0
	for len(args) >= 2 && args[0] == "--user" {
		user, _ = strconv.Atoi(args[1])
		args = args[2:]
	}
	if len(args) == 0 {
		return amError(p, "Argument expected after \""+how+"\"")
	}
	pkg := h.State.Package(args[0])
	if pkg == nil || pkg.Users[user] == nil {
		return 0
	}
	n := h.State.ProcessOf(pkg.Name, user)
	if how == "kill" {
		if n != nil && h.State.StateOf(n) == "cch" {
			h.Kill(n, "kill background")
		}
		return 0
	}
	h.LogSystem("system", 'I', "ActivityManager", "Force stopping %s appid=%d user=%d: from pid %d", pkg.Name, pkg.AppID, user,
		4000+int(h.Number("shell")%900))
	pkg.Users[user].Stopped = true
	h.LeaveScreen(pkg.Name)
	if n != nil {
		h.Kill(n, "stop "+pkg.Name)
	}
	h.Pass(150 * time.Millisecond)
	return 0
}

func amBroadcast(p *phone.Call, args []string) int {
	in, err := parseIntent(args, func(_ string, rest []string) int { return min(len(rest), 1) })
	if err != nil {
		return amError(p, err.Error())
	}
	fmt.Fprintf(p.Stdout, "Broadcasting: %s\nBroadcast completed: result=0\n", in)
	return 0
}

// amStacks prints the tasks, in short.
func amStacks(p *phone.Call) int {
	defer p.Handset.RLock()()
	for _, t := range p.Handset.State.Screen.Tasks {
		fmt.Fprintf(p.Stdout, "Stack id=%d bounds=[0,0][%d,%d] displayId=0 userId=%d\n  taskId=%d: %s bounds=[0,0][0,0] userId=%d visible=%t\n\n",
			t.ID, p.Handset.State.Screen.Width, p.Handset.State.Screen.Height, t.User, t.ID, t.Component(), t.User,
			t == p.Handset.State.Screen.Top())
	}
	return 0
}

// monkey is the command monkey, for opening a package's launcher activity:
// monkey -p PKG -c android.intent.category.LAUNCHER 1.
func monkey(_ context.Context, p *phone.Call) int {
	h, args := p.Handset, p.Argv[1:]
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
	defer h.Lock()()
	found := h.Activities(phone.Intent{Action: phone.ActionMain, Categories: []string{phone.CategoryLauncher}, Package: pkg}, 0, false)
	if pkg == "" || len(found) == 0 {
		fmt.Fprintln(p.Stderr, "** No activities found to run, monkey aborted.")
		return 252
	}
	m := found[0]
	logStart(h, phone.Intent{Action: phone.ActionMain, Categories: []string{phone.CategoryLauncher}, Flags: 0x10200000}, m)
	h.Show(m.Package, 0, m.Class, phone.ActionMain)
	h.Pass(settle)
	fmt.Fprintln(p.Stdout, "Events injected: 1\n## Network stats: elapsed time=27ms (0ms mobile, 0ms wifi, 27ms not connected)")
	return 0
}
