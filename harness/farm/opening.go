package farm

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"assay/harness/adb"
	"assay/harness/android"
)

// bootPatience is how long a handset may take to finish booting before it is
// passed over.
const bootPatience = 60 * time.Second

// Lease gives the sole use of the handset at a place, once it has booted and
// said what it is. The error is a *NotReady where the handset is the reason.
func (f *Farm) Lease(ctx context.Context, p Place) (*Lease, error) {
	if p.State != Ready {
		return nil, notReady(p)
	}
	l, err := f.noteLease(p)
	if err != nil {
		return nil, err
	}
	if err := l.open(ctx, p); err != nil {
		l.Return()
		return nil, err
	}
	return l, nil
}

// open readies a handset that is to be leased.
func (l *Lease) open(ctx context.Context, p Place) error {
	if err := booted(ctx, l.farm.clock(), l.Device); err != nil {
		return err
	}
	handset, err := identify(ctx, l.Device, p)
	if err != nil {
		return fmt.Errorf("identify %s: %w", p.Entry.Name(), err)
	}
	l.Handset = handset
	if l.identity, err = l.farm.identityOf(ctx, l.Device); err != nil {
		return err
	}
	l.BootID = l.identity.Boot
	if err := l.sole(); err != nil {
		return err
	}
	if looping := l.farm.sawBoot(l.Entry, l.BootID); looping != nil {
		return looping
	}
	if !l.farm.CheckUp {
		return nil
	}
	_, err = l.Check(ctx)
	return err
}

// Again finds the leased handset after its transport was lost, and says whether
// it is back. A handset of another build than was leased is refused, with
// ErrOtherHandset.
func (l *Lease) Again(ctx context.Context, inv Inventory) (bool, error) {
	places, err := l.farm.Survey(ctx, Inventory{Devices: []Entry{l.Entry}, Server: inv.Server})
	if err != nil {
		return false, err
	}
	if places[0].State != Ready {
		return false, notReady(places[0])
	}
	d := l.farm.Device(places[0])
	fingerprint, err := short(ctx, d, l.farm.answer(), "getprop", android.PropFingerprint)
	if err != nil {
		return false, err
	}
	if err := l.sameHandset(strings.TrimSpace(fingerprint)); err != nil {
		return false, err
	}
	l.Device = d
	return true, nil
}

// sameHandset refuses another handset than the one that was leased. One that
// does not say what it is has not come up far enough.
func (l *Lease) sameHandset(fingerprint string) error {
	was := l.Handset.Build.Fingerprint
	switch {
	case was == "" || fingerprint == was:
		return nil
	case fingerprint == "":
		return &NotReady{State: Booting, Cause: "it does not say yet which build it runs", Remedy: "wait until it has booted"}
	}
	l.farm.log().Warn("another handset answers", "handset", l.Entry.Name(), "leased", was, "answers", fingerprint)
	return &NotReady{
		State:  Ambiguous,
		Cause:  fmt.Sprintf("another handset answers at its place: build %s, where %s was leased", brief(fingerprint), brief(was)),
		Remedy: "put the leased handset back, or run again with the new one",
		Err:    ErrOtherHandset,
	}
}

// booted waits until the handset says that it has started.
func booted(ctx context.Context, clock Clock, d *adb.Device) error {
	deadline := clock.Now().Add(bootPatience)
	for {
		out, err := d.Shell(ctx, "getprop", android.PropBootCompleted)
		if err != nil {
			return err
		}
		if strings.TrimSpace(out) == "1" {
			return nil
		}
		if clock.Now().After(deadline) {
			return &NotReady{State: Booting, Cause: "it has not finished booting after " + bootPatience.String(),
				Remedy: "look at its screen: a boot loop, or a lock that must be opened once"}
		}
		if err := clock.Wait(ctx, time.Second); err != nil {
			return err
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
