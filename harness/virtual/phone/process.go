package phone

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"assay/harness/virtual/persona"
)

// Process is one process of the handset.
type Process struct {
	PID, PPID, UID int
	Name           string // as ps prints it: package or package:process, or a path
	Package        string // empty for natives
	state          string // pers, top, fg, bg, cch; empty for natives
	Started        time.Time
}

// natives are processes that every handset runs before any app.
var natives = []Process{
	{PID: 1, PPID: 0, Name: "init"},
	{PID: 2, PPID: 0, Name: "kthreadd"},
	{PID: 3, PPID: 2, Name: "ksoftirqd/0"},
	{PID: 211, PPID: 1, UID: 1036, Name: "logd"},
	{PID: 212, PPID: 1, UID: 1000, Name: "servicemanager"},
	{PID: 240, PPID: 1, UID: 1000, Name: "surfaceflinger"},
	{PID: 305, PPID: 1, UID: 0, Name: "netd"},
	{PID: 311, PPID: 1, UID: 0, Name: "zygote"},
	{PID: 402, PPID: 1, UID: 2000, Name: "adbd"},
}

const zygotePID = 311

// startNatives fills the process table as it stands after boot.
func (h *Handset) startNatives() {
	s := &h.State
	s.processes = map[int]*Process{}
	for _, n := range natives {
		n.Started = h.BootTime()
		s.processes[n.PID] = &n
	}
	s.nextPID = h.SystemServerPID()
	system := &Process{PID: s.nextPID, PPID: h.zygote(), UID: 1000, Name: "system_server", Package: "android", state: "pers",
		Started: h.BootTime()}
	s.processes[system.PID] = system
	s.nextPID += 120
	for _, name := range []string{"com.android.systemui", "com.android.phone", h.home().Package} {
		if p := s.Package(name); p != nil {
			st := "pers"
			if name == h.home().Package {
				st = "top"
			}
			h.fork(p, 0, st, h.BootTime())
		}
	}
}

// SystemServerPID is the pid of system_server.
func (h *Handset) SystemServerPID() int {
	return 900 + int(h.Number(append([]string{"system_server"}, h.life()...)...)%500)
}

// fork adds a process for a package.
func (h *Handset) fork(p *Package, user int, st string, at time.Time) *Process {
	s := &h.State
	s.nextPID += 1 + int(h.Number("pid", fmt.Sprint(s.nextPID))%23)
	n := &Process{PID: s.nextPID, PPID: h.zygote(), UID: user*100000 + p.AppID, Name: p.Name, Package: p.Name, state: st, Started: at}
	s.processes[n.PID] = n
	return n
}

// ProcessOf finds a package's process for a user, or nil.
func (s *State) ProcessOf(pkg string, user int) *Process {
	for _, pid := range slices.Sorted(maps.Keys(s.processes)) {
		if p := s.processes[pid]; p.Package == pkg && p.Name != "system_server" && p.UID/100000 == user {
			return p
		}
	}
	return nil
}

// Start starts a package's process for a reason (activity, service, broadcast)
// unless it runs, and logs what Android logs.
func (h *Handset) Start(p *Package, user int, why, component string) *Process {
	if running := h.State.ProcessOf(p.Name, user); running != nil {
		return running
	}
	n := h.fork(p, user, "cch", h.Clock.Now())
	sdk := h.persona.SDK
	shown := component
	if sdk >= 29 {
		shown = "{" + persona.LongComponent(component) + "}"
	}
	if sdk < 23 {
		h.LogSystem("main", 'I', "ActivityManager", "Start proc %d:%s/%s for %s %s", n.PID, p.Name, FormatUID(n.UID), why, shown)
	} else {
		h.LogSystem("system", 'I', "ActivityManager", "Start proc %d:%s/%s for %s %s", n.PID, p.Name, FormatUID(n.UID), activityWord(why, sdk),
			shown)
	}
	h.Event("am_proc_start", user, n.PID, n.UID, p.Name, activityWord(why, sdk), shown)
	h.Event("am_proc_bound", user, n.PID, p.Name)
	u := p.Users[user]
	if u != nil {
		u.Stopped, u.NotLaunched = false, false
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

// Kill ends a process and what it holds open.
func (h *Handset) Kill(p *Process, why string) {
	delete(h.State.processes, p.PID)
	for _, s := range h.State.sockets {
		if s.pid == p.PID {
			s.closed = true
		}
	}
	h.State.sockets = slices.DeleteFunc(h.State.sockets, func(s *socket) bool { return s.closed })
	h.State.Services = slices.DeleteFunc(h.State.Services, func(s *Service) bool { return s.PID == p.PID })
	h.agenda().drop(p.PID)
	h.releaseAll(p.PID)
	for _, t := range h.State.Screen.Tasks {
		if t.Package == p.Package && t.User == p.UID/100000 {
			t.Dialog = nil
		}
	}
	for key, u := range h.State.Uses {
		if key.Package == p.Package && key.UID == p.UID && u.Until.After(h.Clock.Now()) {
			u.Duration -= u.Until.Sub(h.Clock.Now())
			u.Until = h.Clock.Now()
		}
	}
	if why != "" {
		adj := map[string]int{"top": 0, "fg": 100, "fgsvc": 200, "bg": 500}[p.state]
		if p.state == "cch" {
			adj = 905
		}
		h.Event("am_kill", p.UID/100000, p.PID, p.Name, adj, why)
		h.LogSystem("system", 'I', "ActivityManager", "Killing %d:%s/%s (adj %d): %s", p.PID, p.Name, FormatUID(p.UID), adj, why)
	}
	h.Event("am_proc_died", p.UID/100000, p.PID, p.Name)
}

// SortedProcesses lists the processes by pid.
func (s *State) SortedProcesses() []*Process {
	return slices.SortedFunc(maps.Values(s.processes), func(a, b *Process) int { return cmp.Compare(a.PID, b.PID) })
}
