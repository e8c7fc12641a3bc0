package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/viper"

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
	// viper knows no lines: what it would refuse is found, with its place, first.
	if err := strict.Decode(path, raw, &inv); err != nil {
		return inv, err
	}
	inv = farm.Inventory{}
	v := viper.New()
	v.SetConfigType("yaml")
	if err := v.ReadConfig(bytes.NewReader(raw)); err != nil {
		return inv, fmt.Errorf("%s: %w", path, err)
	}
	if err := v.UnmarshalExact(&inv); err != nil {
		return inv, fmt.Errorf("%s: %w", path, err)
	}
	return inv, errors.Join(located(path, raw, inv.Check()), knownRoles(path, raw, inv))
}

// knownRoles refuses a role that no scenario can ask for.
func knownRoles(path string, raw []byte, inv farm.Inventory) error {
	var all []error
	for i, r := range inv.Roles {
		if len(all) == mostFaults {
			break
		}
		if !slices.Contains(scenario.RoleNames(), strings.ToLower(r.Role)) {
			all = append(all, strict.PlacesIn(path, raw).Find(fmt.Sprintf("$.roles[%d].role", i), "no role %q%s; there are: %s",
				r.Role, strict.Meant(r.Role, scenario.RoleNames()), strings.Join(scenario.RoleNames(), ", ")))
		}
	}
	return errors.Join(all...)
}

// located adds file, line and column to the problems of an inventory.
func located(path string, raw []byte, err error) error {
	many, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	problems := many.Unwrap()
	more := len(problems) - mostFaults
	places := strict.PlacesIn(path, raw)
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
