package phone

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/fault"
)

// effects are what faults have done to a handset's state. Handset.mu guards
// them.
type effects struct {
	boots    int // since the handset was switched on
	restarts int // of system_server, since it booted
	windows  []fault.Window
	secure   bool // nothing but a person unlocks the keyguard
	dozing   bool // the handset idles
	lasting
}

// lasting is what a boot does not end: as if the image were made so.
type lasting struct {
	locale  string            // that a fault set; empty: the persona's
	logOff  bool              // nothing gets to the log
	filters map[string]string // properties that filter the log, with their values
}

// bootTakes is how long a handset takes from its kernel's start until adbd is up.
const bootTakes = 24*time.Second + 180*time.Millisecond

// boot starts the handset anew: what is on its storage stays, which is packages,
// grants, modes and uses of ops, settings, roles, files and persistent
// properties. Everything else is as after any boot, and the log begins anew.
func (h *Handset) boot() {
	s := &h.State
	h.effects = effects{boots: h.effects.boots + 1, lasting: h.effects.lasting}
	h.Clock.Advance(h.Clock.Now().Add(bootTakes + 9*time.Second))
	h.endAll()
	h.Clock.boot()
	h.Log.begin()
	props := h.properties()
	for key, value := range s.Properties {
		if strings.HasPrefix(key, "persist.") || key == "ro.serialno" || key == "ro.boot.serialno" {
			props[key] = value
		}
	}
	for _, key := range []string{"dev.bootcomplete", "service.bootanim.exit", "sys.boot_completed"} {
		delete(props, key)
	}
	maps.Copy(props, h.effects.filters)
	s.Properties = props
	s.Traffic = map[TrafficKey]*Counter{}
	h.wake()
	h.online()
	h.startNatives()
	h.LogAs(s.processes[402], "main", 'I', "adbd", "adbd started")
}

// endAll ends all that apps had under way or planned.
func (h *Handset) endAll() {
	s, now := &h.State, h.Clock.Now()
	for _, u := range s.Uses {
		if u.Until.After(now) {
			u.Duration -= u.Until.Sub(now)
			u.Until = now
		}
	}
	for _, p := range s.SortedProcesses() {
		h.releaseAll(p.PID)
	}
	past := &s.History // what system_server keeps in memory alone
	past.Sensors, past.Runs, past.Fixes, past.Chores = nil, nil, nil, nil
	s.sockets, s.Services, s.Plans = nil, nil, Agenda{made: s.Plans.made}
}

// booted is the end of a boot, or of a restart of the system.
func (h *Handset) booted() {
	props := h.properties()
	for _, key := range []string{"dev.bootcomplete", "service.bootanim.exit", "sys.boot_completed"} {
		h.State.Properties[key] = props[key]
	}
	h.Clock.Advance(h.Clock.Now().Add(15 * time.Second))
	h.LogSystem("system", 'I', "ActivityManager", "System now ready")
	h.Event("boot_progress_enable_screen", h.Clock.Uptime().Milliseconds())
	h.planChores()
}

// bootID is /proc/sys/kernel/random/boot_id: another one for each boot.
func (h *Handset) bootID() string {
	if h.effects.boots == 0 {
		return h.persona.Identity.BootID
	}
	part := func(n int) uint32 { return h.Number("boot_id", strconv.Itoa(h.effects.boots), strconv.Itoa(n)) }
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%08x%04x", part(0), part(1)&0xffff, part(2)&0xfff, part(3)&0x3fff|0x8000, part(4), part(5)&0xffff)
}

// bootIDFile is that file.
func (h *Handset) bootIDFile() []byte {
	defer h.RLock()()
	return []byte(h.bootID() + "\n")
}

// life tells one run of the system from another; the first has no name.
func (h *Handset) life() []string {
	if h.effects.boots == 0 && h.effects.restarts == 0 {
		return nil
	}
	return []string{strconv.Itoa(h.effects.boots), strconv.Itoa(h.effects.restarts)}
}

// zygote is the pid of the process that all apps come from.
func (h *Handset) zygote() int {
	if h.effects.restarts == 0 {
		return zygotePID
	}
	return h.SystemServerPID() - 20
}

// restartSystem ends system_server, and with it zygote and all apps, and starts
// them anew under other pids. The kernel, adbd and the other natives stay, and
// sys.boot_completed keeps saying 1 (rootdir, init.zygote64.rc).
func (h *Handset) restartSystem(services int64) {
	s := &h.State
	h.LogAs(s.processes[h.zygote()], "main", 'E', "Zygote", fmt.Sprintf("Exit zygote because system server (pid %d) has terminated",
		h.SystemServerPID()))
	h.endAll()
	for _, p := range s.SortedProcesses() {
		if p.Package != "" || p.Name == "zygote" {
			delete(s.processes, p.PID)
		}
	}
	h.effects = effects{boots: h.effects.boots, restarts: h.effects.restarts + 1, lasting: h.effects.lasting}
	h.Clock.Advance(h.Clock.Now().Add(6 * time.Second))
	natives := s.processes
	h.wake()
	h.startNatives()
	for _, p := range s.processes {
		p.Started = h.Clock.Now()
	}
	maps.Copy(s.processes, natives)
	delete(s.processes, zygotePID)
	s.processes[h.zygote()] = &Process{PID: h.zygote(), PPID: 1, Name: "zygote", Started: h.Clock.Now()}
	if h.persona.SDK >= 29 { // SystemServer.java
		s.Properties["sys.system_server.start_count"] = strconv.Itoa(h.effects.restarts + 1)
	}
	h.faults.BootFor(services)
}
