package farm

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"assay/harness/adb"
	"assay/harness/android"
)

// Farm deals out leases on the handsets of one adb server.
type Farm struct {
	Server *adb.Server

	mu     sync.Mutex
	leased map[string]bool // by serial and port
}

// New opens the farm behind an adb server.
func New(server *adb.Server) *Farm {
	return &Farm{Server: server, leased: map[string]bool{}}
}

// Lease is the sole use of one handset until Return.
type Lease struct {
	Handset android.Handset
	Device  *adb.Device
	Entry   Entry

	farm *Farm
	key  string
}

// ErrLeased is returned for a handset that somebody else has the use of.
var ErrLeased = errors.New("handset is leased already")

// NotReady is why a handset cannot be leased.
type NotReady struct {
	State  State
	Cause  string
	Remedy string
}

func (n *NotReady) Error() string { return string(n.State) + ": " + n.Cause }

// Survey asks the adb server what is attached, connects what the inventory says
// is to be connected over TCP, and compares.
func (f *Farm) Survey(ctx context.Context, inv Inventory) ([]Place, error) {
	rows, err := f.Server.Devices(ctx)
	if err != nil {
		return nil, err
	}
	again := false
	for _, e := range inv.Devices {
		if e.Connect == "" || e.Retired || attached(rows, e) {
			continue
		}
		again = true
		// A handset that cannot be connected shows up as missing, with its remedy.
		_ = f.Server.Connect(ctx, e.Connect)
	}
	if again {
		if rows, err = f.Server.Devices(ctx); err != nil {
			return nil, err
		}
	}
	return Survey(inv, rows), nil
}

func attached(rows []adb.Row, e Entry) bool {
	for _, r := range rows {
		if r.Serial == e.serial() {
			return true
		}
	}
	return false
}

// bootPatience is how long a handset may take to finish booting before it is
// passed over.
const bootPatience = 60 * time.Second

// Lease gives the sole use of the handset at a place, once it has booted and
// said what it is. The error is a *NotReady where the handset is the reason.
func (f *Farm) Lease(ctx context.Context, p Place) (*Lease, error) {
	if p.State != Ready {
		return nil, &NotReady{State: p.State, Cause: p.Cause, Remedy: p.Remedy}
	}
	key := string(p.Row.Serial) + " " + p.Row.Path
	f.mu.Lock()
	if f.leased[key] {
		f.mu.Unlock()
		return nil, fmt.Errorf("%s: %w", p.Entry.Name(), ErrLeased)
	}
	f.leased[key] = true
	f.mu.Unlock()

	l := &Lease{Device: f.Server.Device(p.Row), Entry: p.Entry, farm: f, key: key}
	if err := booted(ctx, l.Device); err != nil {
		l.Return()
		return nil, err
	}
	handset, err := identify(ctx, l.Device, p)
	if err != nil {
		l.Return()
		return nil, fmt.Errorf("identify %s: %w", p.Entry.Name(), err)
	}
	l.Handset = handset
	return l, nil
}

// Return gives the handset back. It may be called twice.
func (l *Lease) Return() {
	l.farm.mu.Lock()
	defer l.farm.mu.Unlock()
	delete(l.farm.leased, l.key)
}

// Again finds the leased handset after its transport was lost, and says whether
// it is back.
func (l *Lease) Again(ctx context.Context, inv Inventory) (bool, error) {
	places, err := l.farm.Survey(ctx, Inventory{Devices: []Entry{l.Entry}, Server: inv.Server})
	if err != nil {
		return false, err
	}
	if places[0].State != Ready {
		return false, &NotReady{State: places[0].State, Cause: places[0].Cause, Remedy: places[0].Remedy}
	}
	l.Device = l.farm.Server.Device(places[0].Row)
	return true, nil
}

// booted waits until the handset says that it has started.
func booted(ctx context.Context, d *adb.Device) error {
	deadline := time.Now().Add(bootPatience)
	for {
		out, err := d.Shell(ctx, "getprop", android.PropBootCompleted)
		if err != nil {
			return err
		}
		if strings.TrimSpace(out) == "1" {
			return nil
		}
		if time.Now().After(deadline) {
			return &NotReady{State: Booting, Cause: "it has not finished booting after " + bootPatience.String(),
				Remedy: "look at its screen: a boot loop, or a lock that must be opened once"}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// identify asks the handset what it is. Brand and model of the inventory go
// first, so that a report says what its owner says.
func identify(ctx context.Context, d *adb.Device, p Place) (android.Handset, error) {
	h := android.Handset{Serial: p.Row.Serial}
	for _, ask := range []struct {
		property string
		into     *string
	}{
		{android.PropBrand, &h.Brand},
		{android.PropManufacturer, &h.Manufacturer},
		{android.PropModel, &h.Model},
		{android.PropDevice, &h.Device},
		{android.PropFingerprint, &h.Build.Fingerprint},
		{android.PropRelease, &h.Build.Release},
		{android.PropSecurityPatch, &h.Build.SecurityPatch},
	} {
		out, err := d.Shell(ctx, "getprop", ask.property)
		if err != nil {
			return h, err
		}
		*ask.into = strings.TrimSpace(out)
	}
	out, err := d.Shell(ctx, "getprop", android.PropSDK)
	if err != nil {
		return h, err
	}
	if h.Build.SDK, err = strconv.Atoi(strings.TrimSpace(out)); err != nil {
		return h, fmt.Errorf("%s is %q, not a number", android.PropSDK, strings.TrimSpace(out))
	}
	if p.Entry.Brand != "" {
		h.Brand = p.Entry.Brand
	}
	if p.Entry.Model != "" {
		h.Model = p.Entry.Model
	}
	return h, nil
}
