package virtual

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Handset is one virtual handset: what a persona describes, and what has been
// done to it since it was switched on. Commands that only read leave its state
// and its clock as they are, and may run side by side.
type Handset struct {
	persona *Persona
	seed    uint64
	clock   *clock
	files   *fileTree
	faults  *faultBox

	mu sync.RWMutex // guards all below
}

// New switches a handset on. The same persona, seed and commands give the same
// bytes, always. A persona that LoadPersona accepted never makes it panic.
func New(p *Persona, seed uint64) *Handset {
	c, err := newClock(p.Identity.Clock, p.Identity.Zone)
	if err != nil {
		panic(fmt.Sprintf("persona %s: %v", p.Name, err)) // refused by LoadPersona
	}
	h := &Handset{persona: p, seed: seed, clock: c, files: newFileTree(), faults: newFaultBox()}
	return h
}

// Serial is what adb devices shows.
func (h *Handset) Serial() string { return h.persona.Identity.Serial }

// Persona is what the handset was made from.
func (h *Handset) Persona() *Persona { return h.persona }

// Banner is the identity that the handset's adbd gives in CNXN
// (packages/modules/adb, get_connection_string).
func (h *Handset) Banner() string {
	p := h.persona.Properties
	return fmt.Sprintf("device::ro.product.name=%s;ro.product.model=%s;ro.product.device=%s;features=%s",
		p["ro.product.name"], p["ro.product.model"], p["ro.product.device"], strings.Join(h.Features(), ","))
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

// Real makes the handset's clock keep the wall's pace.
func (h *Handset) Real() { h.clock.keepPace() }

// Sleep lets d pass on the handset and plays, in order, all that its apps do in
// that time. It returns at once, unless the handset keeps the wall's pace.
func (h *Handset) Sleep(ctx context.Context, d time.Duration) error {
	h.clock.advance(h.clock.Now().Add(d))
	return ctx.Err()
}

// synthetic gives the maker of a file that stands for state, as those of /proc
// do, and whether the path names one.
func (h *Handset) synthetic(path string) (func() []byte, bool) { return nil, false }

// androidCommands are the commands that read or change the handset's state;
// the toolbox holds those that any Unix has.
var androidCommands = map[string]command{}
