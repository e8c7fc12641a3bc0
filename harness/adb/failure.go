package adb

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// failures gives the meaning of what follows FAIL, by how the text begins
// (transport.cpp acquire_one_transport, adb.cpp handle_host_request,
// client/usb_linux.cpp, client/transport_local.cpp; adb 28 to 36).
var failures = []struct {
	prefix string
	err    error
}{
	{"device detached", ErrOffline},
	{"device is not connected", ErrOffline},
	{"device not found", ErrNoDevice},
	{"device offline", ErrOffline},
	{"device still authorizing", ErrUnauthorized},
	{"device still connecting", ErrOffline},
	{"device unauthorized", ErrUnauthorized},
	{"failed to authenticate to", ErrUnauthorized},
	{"failed to connect to", ErrNoDevice},
	{"insufficient permissions", ErrNoPermissions},
	{"more than one", ErrAmbiguous},
	{"no device with transport id", ErrNoDevice},
	{"no devices", ErrNoDevice},
	{"no emulators found", ErrNoDevice},
	{"no permissions", ErrNoPermissions},
	{"no such device", ErrNoDevice},
}

// failure turns the text of a FAIL into an error that callers can branch on.
func failure(owner, service, text string) error {
	for _, f := range failures {
		if strings.HasPrefix(text, f.prefix) {
			return fmt.Errorf("%w (%s)", f.err, abbreviate(text))
		}
	}
	if strings.HasPrefix(text, "device '") && strings.HasSuffix(text, "' not found") {
		return fmt.Errorf("%w (%s)", ErrNoDevice, abbreviate(text))
	}
	return &Refused{Service: service, Text: text, Owner: owner}
}

// fileFailures gives the meaning of a sync FAIL, by how the text ends: adbd
// appends strerror (daemon/file_sync_service.cpp SendSyncFailErrno).
var fileFailures = []struct {
	suffix string
	err    error
}{
	{"File exists", fs.ErrExist},
	{"Is a directory", syscall.EISDIR},
	{"No space left on device", syscall.ENOSPC},
	{"No such file or directory", fs.ErrNotExist},
	{"Not a directory", syscall.ENOTDIR},
	{"Operation not permitted", fs.ErrPermission},
	{"Permission denied", fs.ErrPermission},
	{"Read-only file system", syscall.EROFS},
}

// fileFailure turns the text of a sync FAIL into an error.
func fileFailure(service, text string) error {
	refused := &Refused{Service: service, Text: text, Owner: OwnerHandset}
	for _, f := range fileFailures {
		if strings.HasSuffix(text, f.suffix) {
			return &fileError{refused, f.err}
		}
	}
	return refused
}

// fileError is a Refused that errors.Is also knows by the file system's error.
type fileError struct {
	*Refused
	err error
}

func (e *fileError) Error() string { return abbreviate(e.Text) }

func (e *fileError) Unwrap() []error { return []error{e.Refused, e.err} }

// deviceErrno turns an errno of the handset's (Linux's numbers, whatever this
// computer runs) into an error.
func deviceErrno(n uint32) error {
	switch n {
	case 1, 13: // EPERM, EACCES
		return fs.ErrPermission
	case 2: // ENOENT
		return fs.ErrNotExist
	case 20: // ENOTDIR
		return syscall.ENOTDIR
	case 40: // ELOOP
		return syscall.ELOOP
	}
	return fmt.Errorf("errno %d", n)
}

// Owner says whose fault an error of this package is: OwnerHost, OwnerServer,
// OwnerHandset, or "" where it is nobody's (a command's own exit status, a
// cancelled context) or not known.
func Owner(err error) string {
	var (
		lost    *TransportLost
		timeout *Timeout
		refused *Refused
		limit   *OutputLimit
	)
	switch {
	case errors.As(err, &lost):
		return lost.Owner
	case errors.As(err, &timeout):
		return timeout.Owner
	case errors.As(err, &refused):
		return refused.Owner
	case errors.As(err, &limit):
		return OwnerHandset
	}
	for _, f := range faults {
		if errors.Is(err, f.err) {
			return f.owner
		}
	}
	return ""
}

// Remedy says in plain words what a person can do about an error of this
// package, or "" where there is nothing to do.
func Remedy(err error) string {
	var state *StateError
	if errors.As(err, &state) {
		return state.Remedy()
	}
	remote := Remote(err)
	for _, f := range faults {
		switch {
		case !errors.Is(err, f.err):
		case remote && f.network != "":
			return f.network
		default:
			return f.remedy
		}
	}
	var (
		lost    *TransportLost
		timeout *Timeout
		refused *Refused
		limit   *OutputLimit
	)
	switch {
	case errors.As(err, &lost) && lost.Owner == OwnerServer:
		return "the adb server stopped; find out who stops it (a version mismatch between adb programs does), then run again"
	case errors.As(err, &lost) && remote:
		return "see that the handset stays in its network (battery, Wi-Fi that sleeps, an address that changed), then run again"
	case errors.As(err, &lost):
		return "check the cable, the hub and its power; plug the handset into another port, then run again"
	case errors.As(err, &timeout) && timeout.Owner == OwnerServer:
		return "the adb server does not answer: look for a hung adb process, and restart it when no other job uses it"
	case errors.As(err, &timeout):
		return "the handset does not answer: look at its screen, reboot it if it is frozen; raise the limit if the command is just slow"
	case errors.As(err, &refused) && refused.Owner == OwnerServer:
		return "the adb server does not know this request: use adb 29 or newer"
	case errors.As(err, &limit):
		return "the command printed more than was allowed: raise its limit, or ask for less"
	}
	return ""
}

// faults are the sentinels, with whose fault each is and what to do; network is that
// for a handset that no cable leads to, where it is another thing.
var faults = []struct {
	err             error
	owner           string
	remedy, network string
}{
	{
		ErrUnauthorized,
		OwnerHandset,
		"unlock the handset and accept the prompt \"Allow USB debugging?\" (its RSA fingerprint is this computer's); if none shows, turn USB debugging off and on, or revoke its authorizations and plug it in again",
		"unlock the handset and accept its prompt that asks to allow debugging; with wireless debugging, pair it anew (adb pair)",
	},
	{
		ErrOffline,
		OwnerHandset,
		"plug the handset in again, or turn USB debugging off and on; reboot it if it stays offline",
		"see that the handset is switched on and in this network, then adb disconnect and adb connect its address; reboot it if it stays offline",
	},
	{
		ErrNoDevice,
		OwnerHandset,
		"check that the handset is switched on, plugged in with a data cable, and has USB debugging turned on; for one on the network, that its address is right and that it listens",
		"check that the handset is switched on and in this network, that its address is right, and that it listens: adb connect its address",
	},
	{
		ErrAmbiguous,
		OwnerHandset,
		"several handsets share this serial: leave one of them plugged in, or tell them apart by their USB path",
		"several handsets share this serial: leave one of them connected (adb disconnect)",
	},
	{
		ErrNoPermissions,
		OwnerHost,
		"give this user access to the USB device: install udev rules for Android (Debian: android-sdk-platform-tools-common), join the group plugdev, log in again, and plug the handset in again",
		"",
	},
	{ErrOtherMode, OwnerHandset, "the handset is in recovery, sideload or its bootloader: start Android (choose \"Reboot system now\")", ""},
	{
		ErrNoBinary,
		OwnerHost,
		"install adb (Debian: apt install adb) or put it on PATH, or start an adb server yourself, or give the address of one that runs",
		"",
	},
	{ErrNoServer, OwnerServer, "start one with \"adb start-server\", or give the address of one that runs", ""},
	{ErrTooLong, "", "put the command into a script on the handset, and run that", ""},
	{ErrNoStdin, OwnerHandset, "push the input to a file on the handset, and have the command read that", ""},
	{syscall.EMFILE, OwnerHost, "raise this user's limit of open files (ulimit -n)", ""},
	{syscall.ENFILE, OwnerHost, "this computer has too many open files: end what does not need to run", ""},
	{syscall.ENOSPC, OwnerHandset, "make room on the handset", ""},
	{syscall.EROFS, OwnerHandset, "choose a folder that may be written, such as /data/local/tmp", ""},
}
