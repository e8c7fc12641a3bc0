package farm

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"assay/harness/adb"
)

// State is what can be done with a handset just now.
type State string

// States. Only a Ready handset is leased.
const (
	Connecting   State = "connecting" // adb is on its way to it, or it has come and nobody has asked it yet
	Unauthorized State = "unauthorized"
	Offline      State = "offline"
	Booting      State = "booting"
	Ready        State = "ready" // adb shows it as a device; whether it has booted is asked when it is leased
	Leased       State = "leased"
	Held         State = "held"        // battery, heat or storage: fit again by itself
	Recovering   State = "recovering"  // on the recovery ladder
	Quarantined  State = "quarantined" // out of use until a time, or until a person lifts it
	Missing      State = "missing"
	Retired      State = "retired"
	Unlisted     State = "unlisted"  // attached, but not in the inventory
	Ambiguous    State = "ambiguous" // two attached handsets answer to one entry, or another one than was leased
	Duplicate    State = "duplicate" // one handset, of which another entry is used: by cable and by network, or by two adb servers
)

// Place is one handset of the farm: what the inventory says of it, what adb
// says, and what that comes to.
type Place struct {
	Entry  Entry
	Row    adb.Row // zero where adb shows none
	State  State
	Cause  string // empty where Ready
	Remedy string
	Err    error // what it was concluded from, where that is an error
}

// sight is one row of one server's list.
type sight struct {
	adb.Row
	server string
	taken  bool // an entry speaks of it
}

// Survey compares the inventory with what the adb servers show; the servers of
// its handsets must be written as the lists'. Entries come first, in their order;
// then what is attached but not listed, by serial.
func Survey(inv Inventory, lists ...List) []Place {
	var seen []*sight
	for _, l := range lists {
		for _, r := range l.Rows {
			seen = append(seen, &sight{Row: r, server: l.Server})
		}
	}
	var places []Place
	for _, e := range inv.Devices {
		places = append(places, place(inv.complete(e), lists, seen))
	}
	var unlisted []Place
	for _, s := range seen {
		if s.taken {
			continue
		}
		e := Entry{Serial: s.Serial, Model: strings.ReplaceAll(s.Model, "_", " "), USB: s.Path, Server: s.server}
		unlisted = append(unlisted, Place{Entry: e, Row: s.Row, State: Unlisted,
			Cause:  "attached, but not in devices.yaml",
			Remedy: fmt.Sprintf("add an entry with serial: %s", s.Serial)})
	}
	sort.SliceStable(unlisted, func(i, j int) bool { return unlisted[i].Entry.Serial < unlisted[j].Entry.Serial })
	return append(places, unlisted...)
}

func place(e Entry, lists []List, seen []*sight) Place {
	answers, elsewhere := e.sights(seen)
	if e.Retired {
		return Place{Entry: e, State: Retired, Cause: "retired in devices.yaml", Remedy: "remove retired: true to use it again"}
	}
	for _, l := range lists {
		if l.Server == e.Server && l.Err != nil {
			return silent(e, l, len(lists) > 1)
		}
	}
	switch {
	case len(answers) == 0 && len(elsewhere) > 0:
		return Place{Entry: e, State: Missing, Cause: fmt.Sprintf("adb server %s does not show it, but %s does", e.Server, servers(elsewhere)),
			Remedy: "give its entry the server: that it is to be used by"}
	case len(answers) == 0:
		return Place{Entry: e, State: Missing, Cause: "adb does not show it", Remedy: missing(e)}
	case len(answers) > 1:
		return Place{Entry: e, State: Ambiguous,
			Cause:  fmt.Sprintf("%d attached handsets answer to serial %s: at %s", len(answers), e.serial(), paths(answers)),
			Remedy: "give the entry the usb: port of the one that is meant"}
	case slices.ContainsFunc(elsewhere, (*sight).usable):
		return Place{
			Entry:  e,
			State:  Ambiguous,
			Cause:  fmt.Sprintf("several adb servers have serial %s: %s, %s", e.serial(), e.Server, servers(elsewhere)),
			Remedy: "a handset is to have one adb server: have the others let it go (adb -P PORT disconnect, or unplug it there); two handsets of one serial need their usb: ports in devices.yaml",
		}
	}
	p := Place{Entry: e, Row: answers[0].Row}
	p.State, p.Cause, p.Remedy = read(p.Row)
	return p
}

// sights finds the rows that answer to an entry: of its own server, and of others
// that may show the same handset.
func (e Entry) sights(seen []*sight) (own, elsewhere []*sight) {
	for _, s := range seen {
		switch {
		case s.Serial != e.serial():
		case s.server == e.Server && (e.USB == "" || e.port() == s.Path):
			s.taken = true
			own = append(own, s)
		case s.server != e.Server && !e.another(s):
			s.taken = true
			elsewhere = append(elsewhere, s)
		}
	}
	return own, elsewhere
}

// another says whether what another server shows by the entry's serial is
// certainly another handset: a cable ends at one port of one computer.
func (e Entry) another(s *sight) bool {
	return e.USB != "" && s.Path != "" && (s.Path != e.port() || computer(s.server) != computer(e.Server))
}

// usable says whether a server can do more with the handset than show it.
func (s *sight) usable() bool {
	state, _, _ := read(s.Row)
	return state != Offline
}

func paths(all []*sight) string {
	var texts []string
	for _, s := range all {
		texts = append(texts, s.Path)
	}
	return strings.Join(texts, ", ")
}

func servers(all []*sight) string {
	var texts []string
	for _, s := range all {
		texts = append(texts, s.server)
	}
	return strings.Join(texts, ", ")
}

// silent is the place of a handset whose adb server shows nothing.
func silent(e Entry, l List, several bool) Place {
	p := Place{Entry: e, State: Missing, Err: l.Err, Cause: "no adb server answers", Remedy: adb.Remedy(l.Err)}
	switch {
	case errors.Is(l.Err, errNotAsked):
		p.State, p.Cause, p.Remedy = Connecting, l.Err.Error(), "wait"
		return p
	case !errors.Is(l.Err, adb.ErrNoServer):
		p.Cause = l.Err.Error()
	}
	if several {
		p.Cause += " (" + l.Server + ")"
		p.Remedy = strings.TrimPrefix(p.Remedy+"; this one: "+startIt(l.Server), "; ")
	}
	return p
}

func missing(e Entry) string {
	if e.Connect != "" {
		return "see that the handset listens: adb connect " + e.Connect
	}
	switch serial := string(e.serial()); {
	case strings.HasPrefix(serial, "emulator-"):
		return "start the emulator; 'adb devices -l' must show its serial"
	case e.USB == "" && (adb.Row{Serial: e.serial()}).Remote():
		return "see that the handset is switched on and in this network, then: " + adb.Quote("adb", "connect", serial)
	}
	return "check cable, hub port and USB debugging; 'adb devices -l' must show its serial"
}

// read turns the state that adb lists a handset in into ours.
func read(r adb.Row) (State, string, string) {
	var not *adb.StateError
	if !errors.As(r.Err(), &not) {
		return Ready, "", ""
	}
	state := Offline
	switch r.State {
	case "connecting", "authorizing":
		state = Connecting
	case "unauthorized":
		state = Unauthorized
	}
	return state, not.Cause(), not.Remedy()
}
