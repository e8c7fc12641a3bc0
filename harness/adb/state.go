package adb

import (
	"errors"
	"fmt"
	"strings"
)

// stateDevice is the one state in which a handset can be worked with.
const stateDevice = "device"

// condition is a state that a server lists a handset in, and what it means.
type condition struct {
	name    string // as the server prints it, or the beginning of that
	err     error  // nil: it can be worked with
	cause   string // of its not being ready; empty: the state's name says it
	remedy  string // for a handset on a cable
	network string // for one on the network; empty: the same
}

// conditions are the states of adb 28 to 37 (adb.cpp to_string(ConnectionState);
// before adb 29 transport.cpp connection_state_name). "no permissions" is followed by
// what is wrong with udev (diagnose_usb.cpp UsbNoPermissionsShortHelpText). "unknown"
// is what a server prints where it has no word itself.
var conditions = []condition{
	{"authorizing", ErrUnauthorized, "adb is still connecting to the handset", waitForIt, ""},
	{"bootloader", ErrOtherMode, "", "start it into Android: fastboot reboot, or choose \"Start\" on its screen", ""},
	{"connecting", ErrOffline, "adb is still connecting to the handset", waitForIt, ""},
	{
		"detached",
		ErrOffline,
		"another program has had this adb server let the handset go (adb detach)",
		"when that program has done with it: adb -s SERIAL attach",
		"",
	},
	{stateDevice, nil, "", "", ""},
	{
		"host",
		ErrOtherMode,
		"what is there speaks as an adb server, and not as a handset",
		"plug a handset in at that place; if it is one, its adbd is not Android's",
		"see that its address is a handset's: adb connect",
	},
	{
		"no permissions",
		ErrNoPermissions,
		"this user may not open the USB device",
		"install the udev rules that README.md gives, and replug",
		"",
	},
	{
		"offline",
		ErrOffline,
		"adb sees the handset, but it does not answer",
		"replug the cable or power-cycle the hub port; then 'adb reconnect offline'",
		"see that the handset is switched on and in this network; then 'adb reconnect offline', or 'adb disconnect' and 'adb connect' its address",
	},
	{"recovery", ErrOtherMode, "", "choose \"Reboot system now\" on its screen, or: adb -s SERIAL reboot", ""},
	{"rescue", ErrOtherMode, "", "its system does not start: choose \"Try again\" on its screen, or flash it", ""},
	{"sideload", ErrOtherMode, "", "it waits for an update: let that end, then choose \"Reboot system now\" on its screen", ""},
	{"unauthorized", ErrUnauthorized, "the handset has not authorised this host's adb key",
		"unlock the handset and accept its \"Allow USB debugging?\" dialog; tick \"Always allow\"",
		"unlock the handset and accept its dialog that asks to allow debugging; with wireless debugging, pair it anew (adb pair)"},
	{
		"unknown",
		ErrOffline,
		"the adb server itself does not know the handset's state",
		"replug it; if it stays so, use a newer adb",
		"'adb disconnect' it, and connect it again; if it stays so, use a newer adb",
	},
}

const waitForIt = "wait; if it stays so, unlock the handset and see whether it asks \"Allow USB debugging?\""

// strange stands for a state that is none of these.
var strange = condition{err: ErrOffline, remedy: "see 'adb devices -l'; if this adb is newer than 37, use an older one"}

// conditionAt finds the state that a text begins with, and where it ends.
func conditionAt(text string) (c condition, end int, found bool) {
	for _, c := range conditions {
		rest, is := strings.CutPrefix(text, c.name)
		switch {
		case !is:
		case rest == "" || isBlank(rest[0]):
			return c, len(c.name) + explained(c, rest), true
		case errors.Is(c.err, ErrNoPermissions) && rest[0] == ';':
			return c, len(c.name) + explained(c, rest), true
		}
	}
	return condition{}, 0, false
}

// explained is the length of what follows "no permissions": it ends with a link in
// brackets, and may name a user of any name before.
func explained(c condition, rest string) int {
	if !errors.Is(c.err, ErrNoPermissions) || !strings.HasPrefix(rest, " (") && !strings.HasPrefix(rest, "; see [") {
		return 0
	}
	if see := strings.Index(rest, "; see ["); see >= 0 && !strings.Contains(rest[:see], c.name) {
		if end := strings.IndexByte(rest[see:], ']'); end >= 0 {
			return see + end + 1
		}
	}
	return max(0, strings.IndexByte(rest, ')')+1)
}

// condition is what the row's state means.
func (r Row) condition() condition {
	if c, end, ok := conditionAt(r.State); ok && end == len(r.State) {
		return c
	}
	return strange
}

// Err says why a handset in this row's state cannot be worked with: nil for
// "device", which itself is unproven until a short command has answered. Remedy gives
// what is to be done about just this state, on a cable or on the network.
func (r Row) Err() error {
	c := r.condition()
	if c.err == nil {
		return nil
	}
	return &StateError{Row: r, is: c}
}

// StateError is a handset that is listed in a state in which it cannot be worked with.
// It unwraps to ErrOffline, ErrUnauthorized, ErrNoPermissions or ErrOtherMode.
type StateError struct {
	Row Row
	is  condition
}

func (e *StateError) Error() string {
	return fmt.Sprintf("%s: %v (%s)", e.Row.Serial, e.is.err, e.state())
}

func (e *StateError) state() string {
	if e.is.name == "" {
		return fmt.Sprintf("unknown state %q", abbreviate(e.Row.State))
	}
	return fmt.Sprintf("state %q", abbreviate(e.Row.State))
}

func (e *StateError) Unwrap() error { return e.is.err }

// Cause says in a sentence's half what the state means.
func (e *StateError) Cause() string {
	switch {
	case e.is.name == "":
		return "adb shows the " + e.state()
	case errors.Is(e.is.err, ErrNoPermissions):
		return e.is.cause + ": " + abbreviate(e.Row.State)
	case e.is.cause == "":
		return "the handset is in " + e.is.name
	}
	return e.is.cause
}

// Remedy says what a person can do.
func (e *StateError) Remedy() string {
	remedy := e.is.remedy
	if e.is.network != "" && e.Row.Remote() {
		remedy = e.is.network
	}
	return strings.ReplaceAll(remedy, "-s SERIAL", "-s "+quoteWord(string(e.Row.Serial), false))
}
