package farm

import (
	"cmp"
	"strings"

	"assay/harness/adb"
)

// DefaultPerHub is how many handsets of one hub are worked with at once where
// devices.yaml gives no per_hub: what a powered hub of ten ports can feed.
const DefaultPerHub = 10

// Hubs gives the hubs that a handset hangs on, the nearest first and the
// computer's own left out: usb:1-4.3.2 hangs on usb:1-4.3 and on usb:1-4. Where
// devices.yaml names its hub it is that one alone; on the network there is none.
// A hub of another computer than this has its name before it: labhost usb:1-4.
func (p Place) Hubs() []string {
	if p.Entry.Hub != "" {
		return []string{adb.Port(p.Entry.Hub)}
	}
	var hubs []string
	hub, _ := splitPort(cmp.Or(p.Row.Path, p.Entry.port()))
	for hub != "" {
		up, _ := splitPort(hub)
		if up != "" { // else it is the root hub
			hubs = append(hubs, strings.TrimSpace(computer(p.Entry.Server)+" "+hub))
		}
		hub = up
	}
	return hubs
}
