package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"assay/harness/farm"
	"assay/harness/scenario"
	"assay/harness/strict"
)

// readInventory reads devices.yaml: strictly, with file, line and column for
// every fault, before any handset is touched.
func readInventory(path string) (farm.Inventory, error) {
	var inv farm.Inventory
	raw, err := strict.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return inv, fmt.Errorf("%s: no such file; name the farm's inventory with --devices, or write one as README.md shows", path)
	}
	if err != nil {
		return inv, err
	}
	if err := strict.Decode(path, raw, &inv); err != nil {
		return inv, err
	}
	inv.File = path
	places := strict.PlacesIn(path, raw)
	if places.Empty() {
		return inv, fmt.Errorf("%s: the file is empty: list the farm's handsets under devices:, as README.md shows", path)
	}
	return inv, errors.Join(located(path, places, inv.Check()), zeros(places, inv), knownRoles(places, inv))
}

// zeros refuses a 0 that is written where one that is left out means a default.
func zeros(places *strict.Places, inv farm.Inventory) error {
	var all []error
	refuse := func(path string, value float64, instead any) {
		if value == 0 && places.Written(path) && len(all) < mostFaults {
			all = append(all, places.Find(path, "0 is not taken: give 1 or more, or leave it out for %v", instead))
		}
	}
	refuse("$.per_hub", float64(inv.PerHub), farm.DefaultPerHub)
	holds := func(at string, h farm.Hold) {
		if !places.Written(at) {
			return
		}
		std := farm.DefaultHold
		refuse(at+".battery_hold", float64(h.BatteryHold), std.BatteryHold)
		refuse(at+".battery_release", float64(h.BatteryRelease), std.BatteryRelease)
		refuse(at+".heat_hold", h.HeatHold, std.HeatHold)
		refuse(at+".heat_release", h.HeatRelease, std.HeatRelease)
		refuse(at+".storage_hold", float64(h.StorageHold), std.StorageHold)
		refuse(at+".storage_release", float64(h.StorageRelease), std.StorageRelease)
	}
	holds("$.hold", inv.Hold)
	for i, e := range inv.Devices {
		holds(fmt.Sprintf("$.devices[%d].hold", i), e.Hold)
	}
	return errors.Join(all...)
}

// knownRoles refuses a role that no scenario can ask for.
func knownRoles(places *strict.Places, inv farm.Inventory) error {
	var all []error
	for i, r := range inv.Roles {
		if len(all) == mostFaults {
			break
		}
		if !slices.Contains(scenario.RoleNames(), strings.ToLower(r.Role)) {
			all = append(all, places.Find(fmt.Sprintf("$.roles[%d].role", i), "no role %q%s; there are: %s",
				r.Role, strict.Meant(r.Role, scenario.RoleNames()), strings.Join(scenario.RoleNames(), ", ")))
		}
	}
	return errors.Join(all...)
}

// located adds file, line and column to the problems of an inventory.
func located(path string, places *strict.Places, err error) error {
	many, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	problems := many.Unwrap()
	more := len(problems) - mostFaults
	var all []error
	for _, e := range problems[:min(len(problems), mostFaults)] {
		var p *farm.Problem
		if errors.As(e, &p) {
			e = places.Find("$."+p.Path(), "%s", p.Text)
		}
		all = append(all, e)
	}
	if more > 0 {
		all = append(all, fmt.Errorf("%s: and %d more faults", path, more))
	}
	return errors.Join(all...)
}

// mostFaults is how many faults of one inventory are told.
const mostFaults = 50
