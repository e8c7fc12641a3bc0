package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/farm"
	"assay/harness/obstacle"
)

// Limits of one question to a handset's shell.
const (
	lookTime = 10 * time.Second
	mostLook = 4 << 10 // bytes
)

// checkShells looks what the ready handsets keep from adb's shell, as far as a
// property or a setting shows it.
func checkShells(ctx context.Context, room *farm.Farm, places []farm.Place) []check {
	found := make([][]check, len(places))
	var group errgroup.Group
	group.SetLimit(mostChecks)
	for i, p := range places {
		if p.State == farm.Ready {
			group.Go(func() error {
				found[i] = checkShell(ctx, p.Entry, room.Device(p))
				return nil
			})
		}
	}
	group.Wait()
	var all []check
	for _, f := range found {
		all = append(all, f...)
	}
	return all
}

func checkShell(ctx context.Context, e farm.Entry, d *adb.Device) []check {
	ask := asking(d)
	makers := []string{e.Brand}
	for _, prop := range []string{android.PropManufacturer, android.PropBrand} {
		maker, err := ask(ctx, "getprop", prop)
		if err != nil {
			return []check{untold(e, err)}
		}
		makers = append(makers, maker)
	}
	seen, err := obstacle.Beforehand(ctx, ask, makers...)
	var all []check
	for _, s := range seen {
		found := fmt.Sprintf("%s: %q keeps from its shell: %s (%s)", e.Name(), s.Row.Name, strings.Join(s.Row.Blocks, ", "), s.Shown)
		all = append(all, check{"shell", safe(found), s.Row.Todo(), false})
	}
	if err != nil {
		all = append(all, untold(e, err))
	}
	return all
}

func untold(e farm.Entry, err error) check {
	why := strings.ReplaceAll(err.Error(), "\n", "; ")
	return check{"shell", safe(e.Name() + ": what its shell is refused cannot be told: " + why), "", false}
}

// asking gives what obstacle asks by: one short command of a handset's shell.
func asking(d *adb.Device) obstacle.Asks {
	return func(ctx context.Context, argv ...string) (string, error) {
		var out, complaint bytes.Buffer
		c := adb.Command{Argv: argv, Stdout: &out, Stderr: &complaint, Total: lookTime, Limit: mostLook}
		exit, err := d.Run(ctx, c)
		if err == nil && exit != 0 {
			err = &adb.ExitError{Command: c.String(), Exit: exit, Stderr: complaint.String()}
		}
		return out.String(), err
	}
}
