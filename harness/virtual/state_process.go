package virtual

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"assay/harness/virtual/persona"
)

// proc is one process of the handset.
type proc struct {
	pid, ppid, uid int
	name           string // as ps prints it: package or package:process, or a path
	pkg            string // empty for natives
	state          string // pers, top, fg, bg, cch; empty for natives
	started        time.Time
}

// natives are processes that every handset runs before any app.
var natives = []proc{
	{pid: 1, ppid: 0, name: "init"},
	{pid: 2, ppid: 0, name: "kthreadd"},
	{pid: 3, ppid: 2, name: "ksoftirqd/0"},
	{pid: 211, ppid: 1, uid: 1036, name: "logd"},
	{pid: 212, ppid: 1, uid: 1000, name: "servicemanager"},
	{pid: 240, ppid: 1, uid: 1000, name: "surfaceflinger"},
	{pid: 305, ppid: 1, uid: 0, name: "netd"},
	{pid: 311, ppid: 1, uid: 0, name: "zygote"},
	{pid: 402, ppid: 1, uid: 2000, name: "adbd"},
}

const zygotePID = 311

// startNatives fills the process table as it stands after boot.
func (h *PhoneHandset) startNatives() {
	s := &h.state
	s.processes = map[int]*proc{}
	for _, n := range natives {
		n.started = h.bootTime()
		s.processes[n.pid] = &n
	}
	s.nextPID = h.systemServer()
	system := &proc{pid: s.nextPID, ppid: h.zygote(), uid: 1000, name: "system_server", pkg: "android", state: "pers", started: h.bootTime()}
	s.processes[system.pid] = system
	s.nextPID += 120
	for _, name := range []string{"com.android.systemui", "com.android.phone", h.home().pkg} {
		if p := s.find(name); p != nil {
			st := "pers"
			if name == h.home().pkg {
				st = "top"
			}
			h.fork(p, 0, st, h.bootTime())
		}
	}
}

// systemServer is the pid of system_server.
func (h *PhoneHandset) systemServer() int {
	return 900 + int(h.number(append([]string{"system_server"}, h.life()...)...)%500)
}

// fork adds a process for a package.
func (h *PhoneHandset) fork(p *installed, user int, st string, at time.Time) *proc {
	s := &h.state
	s.nextPID += 1 + int(h.number("pid", fmt.Sprint(s.nextPID))%23)
	n := &proc{pid: s.nextPID, ppid: h.zygote(), uid: user*100000 + p.uid, name: p.Name, pkg: p.Name, state: st, started: at}
	s.processes[n.pid] = n
	return n
}

// processOf finds a package's process for a user, or nil.
func (s *state) processOf(pkg string, user int) *proc {
	for _, pid := range slices.Sorted(maps.Keys(s.processes)) {
		if p := s.processes[pid]; p.pkg == pkg && p.name != "system_server" && p.uid/100000 == user {
			return p
		}
	}
	return nil
}

// start starts a package's process for a reason (activity, service, broadcast)
// unless it runs, and logs what Android logs.
func (h *PhoneHandset) start(p *installed, user int, why, component string) *proc {
	if running := h.state.processOf(p.Name, user); running != nil {
		return running
	}
	n := h.fork(p, user, "cch", h.clock.Now())
	sdk := h.persona.SDK
	shown := component
	if sdk >= 29 {
		shown = "{" + persona.LongComponent(component) + "}"
	}
	if sdk < 23 {
		h.logSystem("main", 'I', "ActivityManager", "Start proc %d:%s/%s for %s %s", n.pid, p.Name, formatUID(n.uid), why, shown)
	} else {
		h.logSystem("system", 'I', "ActivityManager", "Start proc %d:%s/%s for %s %s", n.pid, p.Name, formatUID(n.uid), activityWord(why, sdk), shown)
	}
	h.event("am_proc_start", user, n.pid, n.uid, p.Name, activityWord(why, sdk), shown)
	h.event("am_proc_bound", user, n.pid, p.Name)
	u := p.users[user]
	if u != nil {
		u.stopped, u.notLaunched = false, false
	}
	return n
}

// activityWord is what an activity's start is called: a top one from Android 11.
func activityWord(why string, sdk int) string {
	switch {
	case why == "activity" && sdk == 29:
		return "pre-top-activity"
	case why == "activity" && sdk >= 30:
		return "next-top-activity"
	}
	return why
}

// kill ends a process and what it holds open.
func (h *PhoneHandset) kill(p *proc, why string) {
	delete(h.state.processes, p.pid)
	for _, s := range h.state.sockets {
		if s.pid == p.pid {
			s.closed = true
		}
	}
	h.state.sockets = slices.DeleteFunc(h.state.sockets, func(s *socket) bool { return s.closed })
	h.state.services = slices.DeleteFunc(h.state.services, func(s *startedService) bool { return s.pid == p.pid })
	h.agenda().drop(p.pid)
	h.releaseAll(p.pid)
	for _, t := range h.state.screen.tasks {
		if t.pkg == p.pkg && t.user == p.uid/100000 {
			t.dialog = nil
		}
	}
	for key, u := range h.state.uses {
		if key.pkg == p.pkg && key.uid == p.uid && u.until.After(h.clock.Now()) {
			u.duration -= u.until.Sub(h.clock.Now())
			u.until = h.clock.Now()
		}
	}
	if why != "" {
		adj := map[string]int{"top": 0, "fg": 100, "fgsvc": 200, "bg": 500}[p.state]
		if p.state == "cch" {
			adj = 905
		}
		h.event("am_kill", p.uid/100000, p.pid, p.name, adj, why)
		h.logSystem("system", 'I', "ActivityManager", "Killing %d:%s/%s (adj %d): %s", p.pid, p.name, formatUID(p.uid), adj, why)
	}
	h.event("am_proc_died", p.uid/100000, p.pid, p.name)
}

// sortedProcesses lists the processes by pid.
func (s *state) sortedProcesses() []*proc {
	return slices.SortedFunc(maps.Values(s.processes), func(a, b *proc) int { return cmp.Compare(a.pid, b.pid) })
}
