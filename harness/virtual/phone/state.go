package phone

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"assay/harness/virtual/persona"
)

// State is all that changes on a handset while it is driven. Handset.mu guards it.
type State struct {
	Order       []*Package // as pm lists them
	SharedUsers []*SharedUser
	Permissions []Permission      // by name, as dumpsys package lists them
	Roles       map[string]string // role -> package
	Properties  map[string]string
	Settings    map[string]map[string]string // namespace -> key -> value
	Credential  string                       // what unlocks the screen; "": nothing is asked

	Uses     map[UseKey]*Use
	UIDModes map[int]map[string]persona.OpMode // UID -> op -> mode, where not the default
	OpModes  map[UseKey]persona.OpMode         // package -> op -> mode; only uid, pkg and op of the key are set

	Screen   Screen
	Services []*Service // in the order in which they were started
	Traffic  map[TrafficKey]*Counter
	History  History
	Plans    Agenda

	packages  map[string]*Package
	uids      map[int][]*Package // appId -> packages, by name
	processes map[int]*Process
	nextPID   int
	sockets   []*socket
	nextInode int
}

// Hash gives the short hex number that dumps print for an object, the same each
// time for the same object of the same handset (System.identityHashCode).
func (h *Handset) Hash(parts ...string) string {
	return fmt.Sprintf("%x", h.Number(parts...)&0xfffffff)
}

// Number gives an arbitrary number that depends on the handset, the seed and parts.
func (h *Handset) Number(parts ...string) uint32 {
	f := fnv.New64a()
	fmt.Fprintf(f, "%d\x00%s\x00%s", h.seed, h.persona.Identity.Serial, strings.Join(parts, "\x00"))
	sum := f.Sum64()
	return uint32(sum ^ sum>>32)
}

// UserIDs are the handset's Android users.
func (h *Handset) UserIDs() []int {
	if len(h.persona.Users) == 0 {
		return []int{0}
	}
	return h.persona.Users
}

// BootTime is when the handset was last switched on.
func (h *Handset) BootTime() time.Time { return h.Clock.bootTime() }

// Lock takes the state for writing and lets the handset catch up with its clock,
// where that keeps the wall's pace.
func (h *Handset) Lock() func() {
	h.mu.Lock()
	h.catchUp()
	return h.mu.Unlock
}

// RLock takes the state for reading.
func (h *Handset) RLock() func() {
	if h.Clock.isReal() {
		h.Lock()()
	}
	h.mu.RLock()
	return h.mu.RUnlock
}
