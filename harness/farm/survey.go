package farm

import (
	"fmt"
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
)

// Place is one handset of the farm: what the inventory says of it, what adb
// says, and what that comes to.
type Place struct {
	Entry  Entry
	Row    adb.Row // zero where adb shows none
	State  State
	Cause  string // empty where Ready
	Remedy string
}

// Survey compares the inventory with what adb shows. Entries come first, in
// their order; then what is attached but not listed, by serial.
func Survey(inv Inventory, rows []adb.Row) []Place {
	var places []Place
	taken := make([]bool, len(rows))
	for _, e := range inv.Devices {
		e = inv.complete(e)
		var answers []int
		for i, r := range rows {
			if r.Serial == e.serial() && (e.USB == "" || e.USB == r.Path) {
				answers = append(answers, i)
				taken[i] = true
			}
		}
		places = append(places, place(e, rows, answers))
	}
	var unlisted []Place
	for i, r := range rows {
		if taken[i] {
			continue
		}
		e := Entry{Serial: r.Serial, Model: strings.ReplaceAll(r.Model, "_", " "), USB: r.Path}
		unlisted = append(unlisted, Place{Entry: e, Row: r, State: Unlisted,
			Cause:  "attached, but not in devices.yaml",
			Remedy: fmt.Sprintf("add an entry with serial: %s", r.Serial)})
	}
	sort.SliceStable(unlisted, func(i, j int) bool { return unlisted[i].Entry.Serial < unlisted[j].Entry.Serial })
	return append(places, unlisted...)
}

func place(e Entry, rows []adb.Row, answers []int) Place {
	if e.Retired {
		return Place{Entry: e, State: Retired, Cause: "retired in devices.yaml", Remedy: "remove retired: true to use it again"}
	}
	switch len(answers) {
	case 0:
		return Place{Entry: e, State: Missing, Cause: "adb does not show it", Remedy: missing(e)}
	case 1:
		p := Place{Entry: e, Row: rows[answers[0]]}
		p.State, p.Cause, p.Remedy = read(p.Row.State)
		return p
	}
	paths := make([]string, 0, len(answers))
	for _, i := range answers {
		paths = append(paths, rows[i].Path)
	}
	return Place{Entry: e, State: Ambiguous,
		Cause:  fmt.Sprintf("%d attached handsets answer to serial %s: at %s", len(answers), e.serial(), strings.Join(paths, ", ")),
		Remedy: "give the entry the usb: port of the one that is meant"}
}

func missing(e Entry) string {
	if e.Connect != "" {
		return "see that the handset listens: adb connect " + e.Connect
	}
	return "check cable, hub port and USB debugging; 'adb devices -l' must show its serial"
}

// read turns the state column of adb devices into ours.
func read(state string) (State, string, string) {
	switch {
	case state == "device":
		return Ready, "", ""
	case state == "connecting" || state == "authorizing":
		return Connecting, "adb is still connecting to the handset", "wait; if it stays so, unlock the handset and see whether it asks \"Allow USB debugging?\""
	case state == "unauthorized":
		return Unauthorized, "the handset has not authorised this host's adb key",
			"unlock the handset and accept its \"Allow USB debugging?\" dialog; tick \"Always allow\""
	case state == "offline":
		return Offline, "adb sees the handset, but it does not answer",
			"replug the cable or power-cycle the hub port; then 'adb reconnect offline'"
	case strings.HasPrefix(state, "no permissions"):
		return Offline, "this user may not open the USB device: " + state,
			"install the udev rules that README.md gives, and replug"
	case state == "bootloader" || state == "recovery" || state == "sideload" || state == "rescue":
		return Offline, "the handset is in " + state, "start it into Android: adb -s SERIAL reboot"
	}
	return Offline, "adb shows the unknown state " + fmt.Sprintf("%q", state), "see 'adb devices -l'"
}
