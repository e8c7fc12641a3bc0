package face

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"assay/harness/virtual/fault"
)

// Farm is a set of virtual handsets behind one adb server. Its methods may be
// called while it is served.
type Farm struct {
	mu      sync.Mutex
	slots   []*slot
	lastID  uint64
	plugged int           // handsets ever added: each has its own port on a hub
	changed chan struct{} // closed at the next change
	server  serverFaults
}

// slot is where a handset is plugged in.
type slot struct {
	handset  Handset
	path     string // usb:1-1.2
	id       uint64 // transport id; 0 while it has no row
	detached bool   // by host:disconnect

	product, model, device string // as its adbd introduced it
}

// NewFarm makes a farm that no handset is plugged into yet.
func NewFarm() *Farm { return &Farm{changed: make(chan struct{})} }

// portsOfHub is how many ports a USB hub of the farm has.
const portsOfHub = 7

// Add plugs a handset in. Two may have one serial, as in a real lab.
func (f *Farm) Add(h Handset) {
	banner := bannerFields(h.Banner())
	f.mu.Lock()
	path := fmt.Sprintf("usb:1-%d.%d", f.plugged/portsOfHub+1, f.plugged%portsOfHub+1)
	f.plugged++
	f.lastID++
	f.slots = append(f.slots, &slot{
		handset: h, path: path, id: f.lastID,
		product: banner["ro.product.name"], model: banner["ro.product.model"], device: banner["ro.product.device"],
	})
	f.mu.Unlock()
	h.Faults().OnChange(f.wake, func(of fault.Fault) { f.strike(of, h) })
	f.wake()
}

// bannerFields reads the properties of a banner as the server does (adb,
// adb.cpp, parse_banner).
func bannerFields(banner string) map[string]string {
	fields := map[string]string{}
	_, properties, _ := strings.Cut(banner, "::")
	for property := range strings.SplitSeq(properties, ";") {
		if name, value, ok := strings.Cut(property, "="); ok {
			fields[name] = value
		}
	}
	return fields
}

// Remove takes a handset out; its connections end.
func (f *Farm) Remove(h Handset) {
	f.mu.Lock()
	f.slots = slices.DeleteFunc(f.slots, func(s *slot) bool { return s.handset == h })
	f.mu.Unlock()
	h.Faults().Drop()
	f.wake()
}

// Handsets are those of the farm, in the order in which they were added.
func (f *Farm) Handsets() []Handset {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]Handset, len(f.slots))
	for i, s := range f.slots {
		all[i] = s.handset
	}
	return all
}

// wake tells everyone who tracks the farm to look again.
func (f *Farm) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.changed)
	f.changed = make(chan struct{})
}

// change is closed at the next change.
func (f *Farm) change() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changed
}

// row is a handset as the device list shows it.
type row struct {
	handset Handset
	serial  string
	state   string
	path    string
	id      uint64

	product, model, device string
}

// rows are the handsets that have a row. look says that somebody asks, which
// brings some faults nearer to their end.
func (f *Farm) rows(look bool) []row {
	f.mu.Lock()
	slots := slices.Clone(f.slots)
	f.mu.Unlock()
	states := make([]string, len(slots))
	for i, s := range slots {
		states[i] = s.handset.Faults().State(look)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var rows []row
	for i, s := range slots {
		if states[i] == fault.Gone || s.detached {
			s.id = 0
			continue
		}
		if s.id == 0 {
			f.lastID++
			s.id = f.lastID
		}
		serial := s.handset.Faults().ShownSerial(s.handset.Serial())
		if states[i] == fault.NoPermission {
			serial = "????????????"
		}
		rows = append(rows, row{s.handset, serial, states[i], s.path, s.id, s.product, s.model, s.device})
	}
	return rows
}

// setDetached takes a handset's row away, or gives it back, and says whether
// there was anything to do.
func (f *Farm) setDetached(serial string, detached bool) bool {
	f.mu.Lock()
	var touched []Handset
	for _, s := range f.slots {
		if (serial == "" || s.handset.Serial() == serial) && s.detached != detached && (serial != "" ||
			strings.Contains(s.handset.Serial(), ":")) {
			s.detached, s.id = detached, 0
			touched = append(touched, s.handset)
		}
	}
	f.mu.Unlock()
	for _, h := range touched {
		h.Faults().Drop()
	}
	if len(touched) > 0 {
		f.wake()
	}
	return len(touched) > 0
}

// target says which handset a request is meant for.
type target struct {
	id     uint64 // a transport id
	serial string // a serial, a device path, or product:, model: or device: and a value
	kind   string // usb, local or any, where neither of the others is given
}

// acquire finds the one handset that is meant, and fails in the server's own
// words (adb, transport.cpp, acquire_one_transport). Its state may be any where
// anyState is set.
func (f *Farm) acquire(t target, anyState bool) (row, error) {
	var found []row
	for _, r := range f.rows(true) {
		if t.matches(r) {
			found = append(found, r)
		}
	}
	if len(found) == 0 {
		return row{}, t.none()
	}
	if len(found) > 1 {
		return row{}, t.several()
	}
	r := found[0]
	if !anyState {
		switch r.state {
		case "offline":
			return row{}, errServer("device offline")
		case "unauthorized":
			return row{}, errServer("device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set\n" +
				"Try 'adb kill-server' if that seems wrong.\nOtherwise check for a confirmation dialog on your device.")
		case fault.NoPermission:
			return row{}, errServer("insufficient permissions for device: user in plugdev group; are your udev rules wrong?\n" +
				"See [http://developer.android.com/tools/device.html] for more information")
		}
	}
	return r, nil
}

// errServer is a text that the server sends with FAIL.
type errServer string

func (e errServer) Error() string { return string(e) }

func (t target) matches(r row) bool {
	switch {
	case t.id != 0:
		return r.id == t.id
	case t.serial == "":
		return t.kind != "local"
	case t.serial == r.serial || t.serial == r.path:
		return true
	}
	name, value, _ := strings.Cut(t.serial, ":")
	switch name {
	case "product":
		return value == r.product
	case "model":
		return value == listed(r.model)
	case "device":
		return value == r.device
	}
	return false
}

func (t target) none() error {
	switch {
	case t.id != 0:
		return errServer(fmt.Sprintf("no device with transport id '%d'", t.id))
	case t.serial != "":
		return errServer(fmt.Sprintf("device '%s' not found", t.serial))
	case t.kind == "local":
		return errServer("no emulators found")
	case t.kind == "usb":
		return errServer("no devices found")
	}
	return errServer("no devices/emulators found")
}

func (t target) several() error {
	if t.kind == "any" && t.serial == "" {
		return errServer("more than one device/emulator")
	}
	return errServer("more than one device")
}

// list is the text of host:devices, or of host:devices-l where long is set.
func list(rows []row, long bool) string {
	var text strings.Builder
	for _, r := range rows {
		serial := r.serial
		if serial == "" {
			serial = "(no serial number)"
		}
		if !long {
			fmt.Fprintf(&text, "%s\t%s\n", serial, r.state)
			continue
		}
		fmt.Fprintf(&text, "%-22s %s", serial, r.state)
		if !strings.Contains(r.serial, ":") {
			text.WriteString(" " + r.path)
		}
		if r.state == "device" {
			for _, field := range [][2]string{{"product:", r.product}, {"model:", listed(r.model)}, {"device:", r.device}} {
				if field[1] != "" {
					text.WriteString(" " + field[0] + field[1])
				}
			}
		}
		fmt.Fprintf(&text, " transport_id:%d\n", r.id)
	}
	return text.String()
}

// listed is a model as devices-l shows it: what is neither letter nor digit
// becomes an underscore (adb, transport.cpp, sanitize).
func listed(model string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, model)
}
