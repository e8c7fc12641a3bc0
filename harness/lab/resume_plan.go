package lab

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/lab/schedule"
	"assay/harness/ledger"
	"assay/harness/scenario"
	"assay/harness/strict"
)

// ErrAnotherRun is wrapped by the error of a run that cannot go on with the plan
// at hand.
var ErrAnotherRun = errors.New("the run was made with another plan")

// Resumable says why no plan can go on with the run of a record: one that was imported
// has nothing to play, and an old one does not keep what it played. The error wraps
// ErrAnotherRun.
func Resumable(record ledger.Record) error {
	switch {
	case len(record.Scenarios) == 0:
		return fmt.Errorf("%w: %s was imported; there is nothing to play", ErrAnotherRun, record.Name)
	case record.Schema < ledger.TextsKept:
		return fmt.Errorf("%w: its run.json has schema %d, which does not keep what its scenarios say, "+
			"so that nobody can tell whether these are the same; "+
			"go on with assay %q, which wrote it, or begin a new run", ErrAnotherRun, record.Schema, record.Tool)
	}
	return nil
}

// adopt takes over from the record of the run in dir what the plan must share with it.
// Of the plan's scenarios it takes those that the run was to play, and of those only
// what reads, byte for byte, as it did then; the text in run.json is never played. The
// error names each that is not here as it was.
func (p *Plan) adopt(record ledger.Record, dir string) error {
	if err := Resumable(record); err != nil {
		return err
	}
	var problems []error
	all := p.Scenarios
	p.Scenarios = nil
	for _, want := range record.Scenarios {
		s, err := among(want, all)
		problems = append(problems, err)
		p.Scenarios = append(p.Scenarios, s)
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("%w, by assay %q:\n%w\nhow each was is under \"text\" in %s: give --scenarios a folder where they stand so, "+
			"or begin a new run", ErrAnotherRun, record.Tool, err, filepath.Join(dir, ledger.RecordName))
	}
	if err := sameRoles(record, p.Inventory); err != nil {
		return fmt.Errorf("%w:\n%w\ngive --devices as it was, or begin a new run", ErrAnotherRun, err)
	}
	p.Name, p.Seed, p.Repeat = record.Name, record.Seed, record.Repeat
	return nil
}

// among finds a scenario of a run among those that are here.
func among(r ledger.Scenario, all []scenario.Scenario) (scenario.Scenario, error) {
	var names []string
	for _, s := range all {
		switch got := digestOf(s); {
		case s.Name != r.Name:
			names = append(names, s.Name)
		case got != r.Digest:
			return s, fmt.Errorf("scenario %s: %s has SHA-256 %s, what the run was to play has %s", r.Name, s.File(), got, r.Digest)
		default:
			return s, nil
		}
	}
	if near := strict.Nearest(r.Name, names); near != "" {
		return scenario.Scenario{}, fmt.Errorf("scenario %s: it is not here; was it renamed to %s?", r.Name, near)
	}
	return scenario.Scenario{}, fmt.Errorf("scenario %s: it is not here", r.Name)
}

// digestOf is the SHA-256 of a scenario's file, hex.
func digestOf(s scenario.Scenario) string { return evidence.Digest([]byte(s.Text)) }

// rolesOf gives the roles that an inventory decides for the brands of some handsets, by
// brand and role.
func rolesOf(inv farm.Inventory, handsets []ledger.Handset) []ledger.Role {
	decided := map[[2]string]android.Package{}
	for _, h := range handsets {
		brand := strings.ToLower(h.Brand)
		for role, pkg := range overrides(inv, h.Brand).Roles[brand] {
			decided[[2]string{brand, role}] = pkg
		}
	}
	var all []ledger.Role
	for _, key := range slices.SortedFunc(maps.Keys(decided), func(x, y [2]string) int { return slices.Compare(x[:], y[:]) }) {
		all = append(all, ledger.Role{Brand: key[0], Role: key[1], Package: decided[key]})
	}
	return all
}

// sameRoles names what an inventory decides otherwise than the run's did.
func sameRoles(r ledger.Record, inv farm.Inventory) error {
	now := rolesOf(inv, r.Handsets)
	var problems []error
	for _, role := range r.Roles {
		if !slices.Contains(now, role) {
			problems = append(problems, fmt.Errorf("role %s of %s: %s had %s play it, and has not now",
				role.Role, role.Brand, inv.FileName(), role.Package))
		}
	}
	for _, role := range now {
		if !slices.Contains(r.Roles, role) {
			problems = append(problems, fmt.Errorf("role %s of %s: %s has %s play it, and had not then",
				role.Role, role.Brand, inv.FileName(), role.Package))
		}
	}
	return errors.Join(problems...)
}

// listedPlaces gives the places of the handsets that the run was made with, and
// what their adb servers have to carry.
func (r *Runner) listedPlaces(ctx context.Context, plan Plan, record ledger.Record) ([]farm.Place, []schedule.Load, error) {
	all, err := r.survey(ctx, plan.Inventory)
	if err != nil {
		return nil, nil, err
	}
	all = r.newFarm().Once(ctx, all, func(e farm.Entry) bool { return owes(record, e) })
	listed := map[string][]farm.Place{}
	for _, p := range all {
		if key := p.Entry.Key(); p.State != farm.Unlisted {
			listed[key] = append(listed[key], p)
		}
	}
	var places []farm.Place
	for _, h := range record.Handsets {
		found := listed[h.Key]
		if len(found) == 0 {
			return nil, nil, fmt.Errorf("%w: it has handset %s, which %s does not list; give --devices as it was",
				ErrAnotherRun, h.Key, plan.Inventory.FileName())
		}
		if e := found[0].Entry; e.Brand != h.Brand || e.Model != h.Model { // what it printed then would be another handset's
			return nil, nil, fmt.Errorf("%w: its handset %s was %q %q in %s, and is %q %q there; give --devices as it was",
				ErrAnotherRun, h.Key, h.Brand, h.Model, plan.Inventory.FileName(), e.Brand, e.Model)
		}
		places = append(places, found...)
	}
	servers, err := loads(all, places)
	return places, servers, err
}

// owes says whether an entry's handset is one of the run.
func owes(r ledger.Record, e farm.Entry) bool {
	return slices.ContainsFunc(r.Handsets, func(h ledger.Handset) bool { return h.Key == e.Key() })
}
