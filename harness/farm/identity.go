package farm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"assay/harness/adb"
	"assay/harness/android"
)

// identity tells a handset from all others, by whichever way it is reached: what
// its kernel calls this boot, and its own serial. Both: cheap handsets share serials,
// and emulators that were started from one snapshot share a boot. The zero value is
// of a handset that does not say, and is nobody else's.
type identity struct {
	Boot   string `json:"boot_id,omitempty"` // bootIDFile
	Serial string `json:"serialno,omitempty"`
}

func (i identity) is(other identity) bool { return i == other && i.Boot != "" && i.Serial != "" }

// identityOf asks a handset for its identity. The error is the transport's; a handset
// that refuses to say has none.
func (f *Farm) identityOf(ctx context.Context, d *adb.Device) (identity, error) {
	var is identity
	for _, ask := range []struct {
		argv []string
		into *string
	}{{[]string{"cat", bootIDFile}, &is.Boot}, {[]string{"getprop", android.PropSerial}, &is.Serial}} {
		out, err := short(ctx, d, f.answer(), ask.argv...)
		if err != nil && !exited(err) {
			return identity{}, err
		}
		if err == nil {
			*ask.into = strings.TrimSpace(out)
		}
	}
	return is, nil
}

// Once finds handsets that several entries stand for, as one by its cable and one by
// its address on the network do, and leaves one entry of each to be used: of those
// that are wanted (nil: all), one on a cable, else the first. The others are Duplicate.
// Quarantine is a handset's: where one of its entries is there, all are.
//
// It asks handsets who they are only where one may be there twice: where one is on
// the network, or there are several adb servers. One that does not say is left alone.
func (f *Farm) Once(ctx context.Context, places []Place, wanted func(Entry) bool) []Place {
	places = slices.Clone(places)
	var askable []int
	twice, server := false, ""
	for i, p := range places {
		if p.State != Ready && (p.State != Quarantined || p.Row.Err() != nil || p.Row.Serial == "") {
			continue
		}
		twice = twice || p.Row.Remote() || len(askable) > 0 && p.Entry.Server != server
		server = p.Entry.Server
		askable = append(askable, i)
	}
	if !twice || len(askable) < 2 {
		return places
	}
	for _, same := range f.together(ctx, places, askable) {
		useOne(places, same, wanted)
	}
	return places
}

// mostAsked is how many handsets are asked at once who they are.
const mostAsked = 32

// together asks handsets who they are, and gives those that are one, by their index.
func (f *Farm) together(ctx context.Context, places []Place, askable []int) [][]int {
	are := make([]identity, len(places))
	var group errgroup.Group
	group.SetLimit(mostAsked)
	for _, i := range askable {
		group.Go(func() error {
			// Who does not answer is not merged: whoever leases it is told why.
			are[i], _ = f.identityOf(ctx, f.Device(places[i]))
			return nil
		})
	}
	group.Wait()
	var found [][]int
	for n, i := range askable {
		same := []int{i}
		for _, j := range askable[n+1:] {
			if are[i].is(are[j]) {
				same = append(same, j)
				are[j] = identity{}
			}
		}
		if len(same) > 1 {
			found = append(found, same)
		}
	}
	return found
}

// useOne says which of the places of one handset is used.
func useOne(places []Place, same []int, wanted func(Entry) bool) {
	use := -1
	for _, i := range same {
		p := places[i]
		switch {
		case wanted != nil && !wanted(p.Entry):
		case use < 0, places[use].Row.Remote() && !p.Row.Remote():
			use = i
		}
	}
	if use < 0 {
		return
	}
	for _, i := range same {
		if p := places[i]; p.State == Quarantined && places[use].State != Quarantined {
			places[use].State, places[use].Remedy = Quarantined, p.Remedy
			places[use].Cause = "it is " + p.Entry.Name() + " as well, which is in quarantine: " + p.Cause
		}
		if i != use && (wanted == nil || wanted(places[i].Entry)) {
			places[i].duplicate(places[use])
		}
	}
}

// duplicate says of a place that its handset is used by another.
func (p *Place) duplicate(used Place) {
	p.State, p.Err = Duplicate, nil
	p.Cause = fmt.Sprintf("it is %s%s as well: both have one boot_id and one ro.serialno", used.Entry.Name(), used.whence())
	p.Remedy = "remove one of the two entries from devices.yaml"
	if p.Row.Remote() {
		p.Remedy += fmt.Sprintf(", or have adb let this one go: %s", adb.Quote("adb", "disconnect", string(p.Row.Serial)))
	}
}

// whence says by which way a handset is reached.
func (p Place) whence() string {
	switch {
	case p.Row.Path != "":
		return " at " + p.Row.Path
	case p.Row.Remote():
		return " on the network"
	}
	return ""
}

// sole refuses a handset that is leased already, under another entry: here, or by
// another process of this host.
func (l *Lease) sole() error {
	if l.identity.Boot == "" {
		return nil
	}
	l.farm.mu.Lock()
	for other := range l.farm.running {
		if l.isSameAs(other) {
			l.farm.mu.Unlock()
			return &NotReady{State: Duplicate,
				Cause:  fmt.Sprintf("it is %s of adb server %s, which is leased: both run the same boot", other.Entry.Name(), other.Entry.Server),
				Remedy: "a handset is to have one adb server and one entry: remove one of the two from devices.yaml", Err: ErrLeased}
		}
	}
	l.farm.running[l] = struct{}{}
	l.farm.mu.Unlock()
	return l.claim.identify(l.identity)
}

// isSameAs says whether two leases are of one handset. By two adb servers a boot of
// one build is enough: a handset need not have a serial of its own.
func (l *Lease) isSameAs(other *Lease) bool {
	mine, its := l.identity, other.identity
	build := l.Handset.Build.Fingerprint
	sameBuild := build != "" && build == other.Handset.Build.Fingerprint
	return mine.is(its) || mine.Boot == its.Boot && sameBuild && l.Entry.Server != other.Entry.Server
}

// isBoot notes the boot that the leased handset runs by now.
func (l *Lease) isBoot(id string) error {
	l.farm.mu.Lock()
	l.BootID = id
	changed := id != "" && l.identity.Boot != "" && l.identity.Boot != id
	if changed {
		l.identity.Boot = id
	}
	l.farm.mu.Unlock()
	if !changed {
		return nil
	}
	if err := l.claim.identify(l.identity); err != nil && !errors.Is(err, ErrLapsed) { // which Renew tells
		return err
	}
	return nil
}
