package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/viper"

	"assay/harness/farm"
	"assay/harness/strict"
)

// readInventory reads devices.yaml: strictly, with file, line and column for
// every fault, before any handset is touched.
func readInventory(path string) (farm.Inventory, error) {
	var inv farm.Inventory
	raw, err := os.ReadFile(path)
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
	return inv, located(path, raw, inv.Check())
}

// located adds file, line and column to the problems of an inventory.
func located(path string, raw []byte, err error) error {
	many, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	var all []error
	for _, e := range many.Unwrap() {
		var p *farm.Problem
		if errors.As(e, &p) {
			e = strict.Find(path, raw, "$."+p.Path(), "%s", p.Text)
		}
		all = append(all, e)
	}
	return errors.Join(all...)
}
