package virtual

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
func (h *PhoneHandset) boot() {
	s := &h.state
	h.effects = effects{boots: h.effects.boots + 1, lasting: h.effects.lasting}
	h.clock.advance(h.clock.Now().Add(bootTakes + 9*time.Second))
	h.endAll()
	h.clock.boot()
	h.log.begin()
	props := h.properties()
	for key, value := range s.props {
		if strings.HasPrefix(key, "persist.") || key == "ro.serialno" || key == "ro.boot.serialno" {
			props[key] = value
		}
	}
	for _, key := range []string{"dev.bootcomplete", "service.bootanim.exit", "sys.boot_completed"} {
		delete(props, key)
	}
	maps.Copy(props, h.effects.filters)
	s.props = props
	s.traffic = map[trafficKey]*counter{}
	h.wake()
	h.online()
	h.startNatives()
	h.logAs(s.processes[402], "main", 'I', "adbd", "adbd started")
}

// endAll ends all that apps had under way or planned.
func (h *PhoneHandset) endAll() {
	s, now := &h.state, h.clock.Now()
	for _, u := range s.uses {
		if u.until.After(now) {
			u.duration -= u.until.Sub(now)
			u.until = now
		}
	}
	for _, p := range s.sortedProcesses() {
		h.releaseAll(p.pid)
	}
	past := &s.past // what system_server keeps in memory alone
	past.senses, past.runs, past.fixes, past.chores = nil, nil, nil, nil
	s.sockets, s.services, s.plans = nil, nil, agenda{made: s.plans.made}
}

// booted is the end of a boot, or of a restart of the system.
func (h *PhoneHandset) booted() {
	props := h.properties()
	for _, key := range []string{"dev.bootcomplete", "service.bootanim.exit", "sys.boot_completed"} {
		h.state.props[key] = props[key]
	}
	h.clock.advance(h.clock.Now().Add(15 * time.Second))
	h.logSystem("system", 'I', "ActivityManager", "System now ready")
	h.event("boot_progress_enable_screen", h.clock.Uptime().Milliseconds())
	h.planChores()
}

// bootID is /proc/sys/kernel/random/boot_id: another one for each boot.
func (h *PhoneHandset) bootID() string {
	if h.effects.boots == 0 {
		return h.persona.Identity.BootID
	}
	part := func(n int) uint32 { return h.number("boot_id", strconv.Itoa(h.effects.boots), strconv.Itoa(n)) }
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%08x%04x", part(0), part(1)&0xffff, part(2)&0xfff, part(3)&0x3fff|0x8000, part(4), part(5)&0xffff)
}

// bootIDFile is that file.
func (h *PhoneHandset) bootIDFile() []byte {
	defer h.rlock()()
	return []byte(h.bootID() + "\n")
}

// life tells one run of the system from another; the first has no name.
func (h *PhoneHandset) life() []string {
	if h.effects.boots == 0 && h.effects.restarts == 0 {
		return nil
	}
	return []string{strconv.Itoa(h.effects.boots), strconv.Itoa(h.effects.restarts)}
}

// zygote is the pid of the process that all apps come from.
func (h *PhoneHandset) zygote() int {
	if h.effects.restarts == 0 {
		return zygotePID
	}
	return h.systemServer() - 20
}

// restartSystem ends system_server, and with it zygote and all apps, and starts
// them anew under other pids. The kernel, adbd and the other natives stay, and
// sys.boot_completed keeps saying 1 (rootdir, init.zygote64.rc).
func (h *PhoneHandset) restartSystem(services int64) {
	s := &h.state
	h.logAs(s.processes[h.zygote()], "main", 'E', "Zygote", "Exit zygote because system server (pid %d) has terminated", h.systemServer())
	h.endAll()
	for _, p := range s.sortedProcesses() {
		if p.pkg != "" || p.name == "zygote" {
			delete(s.processes, p.pid)
		}
	}
	h.effects = effects{boots: h.effects.boots, restarts: h.effects.restarts + 1, lasting: h.effects.lasting}
	h.clock.advance(h.clock.Now().Add(6 * time.Second))
	natives := s.processes
	h.wake()
	h.startNatives()
	for _, p := range s.processes {
		p.started = h.clock.Now()
	}
	maps.Copy(s.processes, natives)
	delete(s.processes, zygotePID)
	s.processes[h.zygote()] = &proc{pid: h.zygote(), ppid: 1, name: "zygote", started: h.clock.Now()}
	if h.persona.SDK >= 29 { // SystemServer.java
		s.props["sys.system_server.start_count"] = strconv.Itoa(h.effects.restarts + 1)
	}
	h.faults.BootFor(services)
}
