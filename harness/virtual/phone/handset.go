package phone

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
	"assay/harness/virtual/sh"
)

// Handset is one virtual handset: what a persona describes, and what has been
// done to it since it was switched on. Commands that only read leave its state
// and its clock as they are, and may run side by side.
type Handset struct {
	Clock *Clock
	Log   *Log

	mu      sync.RWMutex // guards what follows
	State   State
	effects effects // what faults have done to the state

	persona  *persona.Persona
	seed     uint64
	programs Programs
	files    *disk.Tree
	faults   *fault.Box
	replay   Recording // of a replayed handset: what it was recorded to print
}

// New switches a handset on. The same persona, seed and commands give the same
// bytes, always. A persona that persona.Load accepted never makes it panic.
func New(p *persona.Persona, seed uint64, programs Programs) *Handset {
	c, err := newClock(p.Identity)
	if err != nil {
		panic(fmt.Sprintf("persona %s: %v", p.Name, err)) // refused by persona.Load
	}
	h := &Handset{persona: p, seed: seed, programs: programs, Clock: c, Log: newLog()}
	h.faults = fault.NewBox(fault.Hooks{CarryOut: h.carryOut, Denial: h.DumpDenial})
	h.files = disk.New(disk.Hooks{Seed: p.Identity.Serial, Now: c.Now, Denied: h.denied, Derived: h.stateFile})
	h.State = State{
		Properties: h.properties(), Settings: h.firstSettings(), Roles: maps.Clone(p.Roles),
		Uses: map[UseKey]*Use{}, UIDModes: map[int]map[string]persona.OpMode{}, OpModes: map[UseKey]persona.OpMode{},
		Traffic: map[TrafficKey]*Counter{}, nextInode: 20000 + int(h.Number("inode")%9000),
	}
	if h.State.Roles == nil {
		h.State.Roles = map[string]string{}
	}
	h.trust()
	h.install()
	h.lists()
	h.archives()
	h.buildProp()
	h.takeRoles()
	if home := h.home(); h.State.Package(home.Package) != nil {
		h.State.Package(home.Package).home = home.activity
	}
	h.startNatives()
	h.systemUses()
	h.wake()
	h.online()
	h.logBoot()
	h.unpack()
	h.planChores()
	return h
}

// takeRoles gives specimens the roles that the persona leaves open.
func (h *Handset) takeRoles() {
	for _, p := range h.State.SortedPackages() {
		if p.App == nil {
			continue
		}
		for _, r := range p.App.Roles {
			if h.State.Roles[r] == "" {
				h.State.Roles[r] = p.Name
			}
		}
	}
}

// unpack is what the lab did before the run: it woke the handset, and went home.
func (h *Handset) unpack() {
	home, at := h.State.Screen.Tasks[0], h.Clock.start.Add(-2*time.Minute).In(h.Clock.Zone())
	h.State.History.Usage = []UsageEvent{
		{At: at, Kind: UsageInteractive, Package: "android"},
		{At: at.Add(time.Second), Kind: UsageResumed, Package: home.Package, Class: home.activity, Instance: h.Number("instance", home.Package, home.activity) & 0xfffffff},
	}
}

// logBoot leaves what the log of a handset that is up holds at least.
func (h *Handset) logBoot() {
	h.LogSystem("system", 'I', "ActivityManager", "System now ready")
	h.Event("boot_progress_enable_screen", 18500+int(h.Number("boot")%9000))
	h.LogAs(h.State.processes[402], "main", 'I', "adbd", "adbd started")
}

// Serial is what adb devices shows.
func (h *Handset) Serial() string { return h.persona.Identity.Serial }

// Persona is what the handset was made from. It is not to be changed.
func (h *Handset) Persona() *persona.Persona { return h.persona }

// Banner is the identity that the handset's adbd gives in CNXN
// (adb.cpp, get_connection_string).
func (h *Handset) Banner() string {
	p := h.persona.Properties
	banner := fmt.Sprintf("device::ro.product.name=%s;ro.product.model=%s;ro.product.device=%s;",
		p["ro.product.name"], p["ro.product.model"], p["ro.product.device"])
	if f := h.Features(); len(f) > 0 {
		banner += "features=" + strings.Join(f, ",")
	}
	return banner
}

// Features are the adb features of the handset's release: none before Android
// 7, and from then on the shell protocol with exit statuses.
func (h *Handset) Features() []string {
	switch sdk := h.persona.SDK; {
	case sdk < 24:
		return nil
	case sdk < 26:
		return []string{"cmd", "shell_v2"}
	case sdk < 28:
		return []string{"cmd", "shell_v2", "stat_v2"}
	case sdk < 30:
		return []string{"cmd", "stat_v2", "shell_v2", "fixed_push_mkdir", "apex", "abb"}
	}
	return []string{"shell_v2", "cmd", "stat_v2", "ls_v2", "fixed_push_mkdir", "apex", "abb", "fixed_push_symlink_timestamp", "abb_exec"}
}

// MaxPayload is the longest message that the handset's adbd takes, in bytes:
// 4 KiB before Android 7, 256 KiB to Android 8, 1 MiB since.
func (h *Handset) MaxPayload() int {
	switch sdk := h.persona.SDK; {
	case sdk < 24:
		return 4 << 10
	case sdk < 28:
		return 256 << 10
	}
	return 1 << 20
}

// Uptime is the time since the handset booted, deep sleep included.
func (h *Handset) Uptime() time.Duration { return h.Clock.Uptime() }

// Zone is the handset's time zone.
func (h *Handset) Zone() *time.Location { return h.Clock.Zone() }

// SwitchedOn is when the handset was switched on for the run.
func (h *Handset) SwitchedOn() time.Time { return h.Clock.start }

// Dozing says whether the handset idles.
func (h *Handset) Dozing() bool { return h.effects.dozing }

// Faults are the handset's faults.
func (h *Handset) Faults() *fault.Box { return h.faults }

// SetProperty sets a property of getprop.
func (h *Handset) SetProperty(name, value string) {
	defer h.Lock()()
	h.State.Properties[name] = value
}

// PlayBack has the handset answer what a recording holds, from now on.
func (h *Handset) PlayBack(r Recording) { h.replay = r }

// Recording is what a replayed handset was recorded to print.
type Recording interface {
	// Script is a script with what stands for recorded scripts in their place.
	Script(script string) string
	// Command finds what answers to a command line.
	Command(argv []string) (sh.Command, bool)
	// Builtin finds a command that Script has put into a script.
	Builtin(name string) (sh.Command, bool)
}

// Real makes the handset's clock keep the wall's pace from now on.
func (h *Handset) Real() { h.Clock.keepPace() }

// Close gives back what the handset has on the host's disk. Nothing may be
// asked of it afterwards.
func (h *Handset) Close() error {
	h.files.Close()
	return nil
}
