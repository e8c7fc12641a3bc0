// Package farm knows who is in the room: the handsets that devices.yaml lists,
// what adb shows of each, and who has the use of one.
package farm

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"assay/harness/adb"
	"assay/harness/android"
)

// Inventory is devices.yaml: the farm as its owner wrote it down.
type Inventory struct {
	// Server is host:port of the adb server of the handsets that name none; "virtual" for the
	// embedded farm; empty: 127.0.0.1:5037.
	Server string `yaml:"server"`
	// Notice is "kind: sentence", which reports print of a handset that never answered; one
	// that did says so itself.
	Notice  string         `yaml:"notice"`
	Virtual Virtual        `yaml:"virtual"` // what the embedded farm is made of
	Roles   []RoleOverride `yaml:"roles"`   // which app plays a role, where a brand's own answer is not the one to test
	Power   string         `yaml:"power"`   // command that power-cycles a port: uhubctl -l {hub} -p {port} -a cycle; empty: none
	Hold    Hold           `yaml:"hold"`    // when handsets are held
	PerHub  int            `yaml:"per_hub"` // how many handsets of one USB hub are worked with at once; 0: DefaultPerHub
	Devices []Entry        `yaml:"devices"`
	File    string         `yaml:"-"` // that it was read from, for messages
}

// FileName is the file's name, for whoever is to mend something in it.
func (inv Inventory) FileName() string { return cmp.Or(inv.File, "devices.yaml") }

// Entry is one handset of the inventory.
type Entry struct {
	Serial  android.Serial `yaml:"serial"`
	Brand   string         `yaml:"brand"`
	Model   string         `yaml:"model"`
	USB     string         `yaml:"usb"`     // the port, as adb devices -l prints it (usb:1-4.2, or 1-4.2): tells two of one serial apart
	Connect string         `yaml:"connect"` // host:port for adb connect; its serial is then the same
	Server  string         `yaml:"server"`  // host:port of its adb server; empty: the inventory's
	Tags    []string       `yaml:"tags"`
	Note    string         `yaml:"note"`
	Retired bool           `yaml:"retired"` // listed, not to be used
	Reboot  bool           `yaml:"reboot"`  // may be rebooted to recover it
	Hub     string         `yaml:"hub"`     // what it hangs on, where its USB path does not say, or {hub} of power is to be another
	Power   string         `yaml:"power"`   // in place of the inventory's
	Hold    Hold           `yaml:"hold"`    // in place of the inventory's, limit by limit
}

// Virtual says what the embedded farm is made of.
type Virtual struct {
	Personas []string `yaml:"personas"` // by name or brand; empty: all
	Faults   []Fault  `yaml:"faults"`
}

// Fault puts one fault on one virtual handset.
type Fault struct {
	Serial android.Serial `yaml:"serial"`
	Fault  string         `yaml:"fault"` // unauthorized, offline, unplugged:match=am start …
}

// RoleOverride names the app that plays a role on a brand's handsets.
type RoleOverride struct {
	Brand   string          `yaml:"brand"`
	Role    string          `yaml:"role"`
	Package android.Package `yaml:"package"`
}

// Name is how people speak of the handset.
func (e Entry) Name() string {
	return strings.TrimSpace(strings.Join([]string{e.Brand, e.Model, "(" + string(e.serial()) + ")"}, " "))
}

func (e Entry) serial() android.Serial {
	if e.Serial == "" {
		return android.Serial(e.Connect)
	}
	return e.Serial
}

// port is the port of usb:, however devices.yaml writes it.
func (e Entry) port() string { return adb.Port(e.USB) }

// Problem is a fault of the inventory, at one entry.
type Problem struct {
	Index int // of the entry in devices, from 0; TopLevel for a key of the inventory itself
	Key   string
	Text  string
}

// TopLevel is the index of a Problem that is no entry's.
const TopLevel = -1

func (p *Problem) Error() string { return p.Path() + ": " + p.Text }

// Path is where the problem is: devices[2].usb, or power.
func (p *Problem) Path() string {
	if p.Index == TopLevel {
		return p.Key
	}
	return fmt.Sprintf("devices[%d].%s", p.Index, p.Key)
}

// Check finds what is wrong with an inventory before any handset is touched.
// The error joins one *Problem for each fault.
func (inv Inventory) Check() error {
	var problems []error
	add := func(i int, key, format string, args ...any) {
		problems = append(problems, &Problem{Index: i, Key: key, Text: fmt.Sprintf(format, args...)})
	}
	checkCare(TopLevel, inv.Power, inv.Hold, add)
	inv.checkServers(add)
	if inv.PerHub < 0 {
		add(TopLevel, "per_hub", "%d: give 1 or more, or leave it out for %d", inv.PerHub, DefaultPerHub)
	}
	listed := listing{}
	for i, e := range inv.Devices {
		hold := e.Hold
		if hold != (Hold{}) { // else the inventory's, whose problems are told once
			hold = hold.Or(inv.Hold)
		}
		checkCare(i, e.Power, hold, add)
		if err := checkAddress(e.Connect, "192.168.7.20:5555"); err != nil && e.Connect != "" {
			add(i, "connect", "%v", err)
		}
		if e.serial() == "" {
			add(i, "serial", "missing; copy it from the first column of 'adb devices -l'")
			continue
		}
		if j, taken := listed.enter(i, e); taken {
			add(
				i,
				"serial",
				"%s is listed already as devices[%d]; give each handset of one serial its own usb: port, as 'adb devices -l' prints it",
				e.serial(),
				j,
			)
		}
	}
	return errors.Join(problems...)
}

// listing is the handsets that an inventory has named so far, by serial and port.
type listing map[[2]string]int

// enter notes the i-th entry, and gives the first one before it that may be the
// same handset: of its serial, and of its port or without one.
func (l listing) enter(i int, e Entry) (first int, taken bool) {
	serial := string(e.serial())
	first, taken = l[[2]string{serial, e.port()}]
	if anywhere, ok := l[[2]string{serial}]; ok && (!taken || anywhere < first) {
		first, taken = anywhere, true
	}
	if _, ok := l[[2]string{serial, e.port()}]; !ok {
		l[[2]string{serial, e.port()}] = i
	}
	return first, taken
}

// EmbeddedServer is the word for the farm that the binary carries, in place of
// the address of the inventory's adb server.
const EmbeddedServer = "virtual"

// checkServers finds what is wrong with the adb servers that are named.
func (inv Inventory) checkServers(add func(i int, key, format string, args ...any)) {
	if inv.Server != "" && inv.Server != EmbeddedServer {
		if err := checkServer(inv.Server); err != nil {
			add(TopLevel, "server", "%v", err)
		}
	}
	handsets := map[string]int{}
	for i, e := range inv.Devices {
		switch err := checkServer(e.Server); {
		case e.Server == "":
		case inv.Server == EmbeddedServer:
			add(i, "server", "the farm's server is the embedded one: all handsets are there, or none")
		case err != nil:
			add(i, "server", "%v", err)
		case computer(e.Server) != computer(inv.Server) && e.Power == "" && inv.Power != "" && !strings.Contains(inv.Power, "{server}"):
			add(i, "server", "the farm's power: would switch a port of another computer; give the entry its own, or use {server} in it")
		}
		if e.Retired || inv.Server == EmbeddedServer {
			continue
		}
		server := canonical(cmp.Or(e.Server, inv.Server, adb.DefaultAddr))
		if handsets[server]++; handsets[server] == ServerRoom+1 {
			crowded := &Crowded{server, handsets[server]}
			add(i, "serial", "%v; %s", crowded, crowded.Remedy())
		}
	}
}

// checkCare finds what is wrong with how a handset is to be cared for.
func checkCare(i int, power string, hold Hold, add func(i int, key, format string, args ...any)) {
	if err := Power(power).check(); err != nil {
		add(i, "power", "%v", err)
	}
	for _, p := range hold.problems() {
		add(i, "hold", "%s", p)
	}
}

// complete gives an entry what it leaves to the inventory.
func (inv Inventory) complete(e Entry) Entry {
	e.Power = cmp.Or(e.Power, inv.Power)
	e.Hold = e.Hold.Or(inv.Hold)
	return e
}

// Filter chooses handsets; an empty list chooses all. Brands and models compare
// without regard to case.
type Filter struct {
	Brands, Models, Serials []string
}

// Wants says whether the filter lets an entry through.
func (f Filter) Wants(e Entry) bool {
	return wants(f.Brands, e.Brand) && wants(f.Models, e.Model) && wants(f.Serials, string(e.serial()))
}

func wants(any []string, value string) bool {
	return len(any) == 0 || slices.ContainsFunc(any, func(s string) bool { return strings.EqualFold(s, value) })
}

// Key names the entry in a run's journal: its serial, and its port where the
// entry gives one.
func (e Entry) Key() string {
	if e.USB != "" {
		return string(e.serial()) + "@" + e.port()
	}
	return string(e.serial())
}
