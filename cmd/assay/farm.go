package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"assay/harness/adb"
	"assay/harness/farm"
	"assay/harness/strict"
	"assay/harness/virtual"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
)

// server gives the adb server of the handsets that name none, with all that an
// inventory names running. One that does not answer leaves its handsets missing;
// it is an error where there is no other. stop ends what was started for it here,
// which is the embedded farm alone.
func (a *app) server(ctx context.Context, inv farm.Inventory) (server *adb.Server, stop func() error, err error) {
	addr := cmp.Or(a.set.GetString("server"), inv.Server)
	stop = func() error { return nil }
	if addr == farm.EmbeddedServer {
		if own := slices.IndexFunc(inv.Devices, func(e farm.Entry) bool { return e.Server != "" }); own >= 0 {
			return nil, nil, usage(
				fmt.Errorf("the embedded farm has all handsets or none, and %s names an adb server of its own", inv.Devices[own].Name()),
			)
		}
		handsets, err := a.virtualHandsets(inv.Virtual)
		if err != nil {
			return nil, nil, err
		}
		if addr, stop, err = virtual.Start(ctx, handsets...); err != nil {
			return nil, nil, &status{exitInfra, fmt.Errorf("start the virtual farm: %w", err)}
		}
	}
	server = adb.NewServer(addr, adb.Options{Log: a.log})
	if err := a.ensure(ctx, inv, server.Addr()); err != nil {
		return nil, nil, &status{exitInfra, errors.Join(err, stop())}
	}
	return server, stop, nil
}

// mayStart says which adb servers are started where none answers, at first and again
// where one died: that of the default address, and those that devices.yaml names. One
// that --server gives is somebody's to start, and the embedded one ends with assay.
func (a *app) mayStart(inv farm.Inventory, main string) func(addr string) bool {
	given := a.set.GetString("server") != "" || a.isEmbedded(inv)
	return func(addr string) bool { return !given || !farm.SameServer(addr, main) }
}

// ensure makes sure that adb servers answer; main is that of the handsets which name
// none. The error is that of all where none does.
func (a *app) ensure(ctx context.Context, inv farm.Inventory, main string) error {
	addrs, mayStart := inv.Servers(main), a.mayStart(inv, main)
	errs := make([]error, len(addrs))
	var group sync.WaitGroup
	for i, addr := range addrs {
		group.Go(func() {
			server := adb.NewServer(addr, adb.Options{Log: a.log})
			_, err := server.Version(ctx)
			if mayStart(addr) && errors.Is(err, adb.ErrNoServer) {
				err = server.Ensure(ctx)
			}
			if err != nil {
				errs[i] = fmt.Errorf("%w; %s", err, adb.Remedy(err))
			}
		})
	}
	group.Wait()
	if !slices.Contains(errs, nil) {
		return errors.Join(errs...)
	}
	for i, err := range errs {
		if err != nil {
			a.log.Warn("its handsets are missing", "server", addrs[i], "err", err)
		}
	}
	return nil
}

// virtualHandsets makes the handsets of the embedded farm.
func (a *app) virtualHandsets(v farm.Virtual) ([]*virtual.Handset, error) {
	personas, err := choosePersonas(v.Personas)
	if err != nil {
		return nil, usage(err)
	}
	var handsets []*virtual.Handset
	for _, p := range personas {
		handsets = append(handsets, virtual.New(p, a.set.GetUint64("seed")))
	}
	for _, f := range v.Faults {
		parsed, err := fault.Parse(f.Fault)
		if err != nil {
			return nil, usage(fmt.Errorf("virtual.faults: %s: %w", f.Serial, err))
		}
		at := slices.IndexFunc(handsets, func(h *virtual.Handset) bool { return h.Serial() == string(f.Serial) })
		if at < 0 {
			return nil, usage(fmt.Errorf("virtual.faults: no virtual handset has serial %q%s", f.Serial,
				strict.Meant(string(f.Serial), serialsOf(handsets))))
		}
		handsets[at].Inject(parsed)
	}
	return handsets, nil
}

func serialsOf(handsets []*virtual.Handset) []string {
	var all []string
	for _, h := range handsets {
		all = append(all, h.Serial())
	}
	return all
}

// choosePersonas finds personas by name, serial or brand; none named means all.
// A name that ends in .yaml is a file of the caller's own.
func choosePersonas(names []string) ([]*persona.Persona, error) {
	if len(names) == 0 {
		return persona.All()
	}
	var chosen []*persona.Persona
	taken := map[string]bool{} // of those that the binary carries
	for _, name := range names {
		if strings.HasSuffix(name, ".yaml") {
			p, err := personaFile(name)
			if err != nil {
				return nil, err
			}
			chosen = append(chosen, p)
			continue
		}
		found, err := persona.Called(name)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, unknownPersona(name)
		}
		for _, p := range found {
			if !taken[p.Name] {
				taken[p.Name] = true
				chosen = append(chosen, p)
			}
		}
	}
	return chosen, nil
}

func unknownPersona(name string) error {
	all, err := persona.All()
	if err != nil {
		return err
	}
	var known, names []string
	for _, p := range all {
		known = append(known, p.Name, p.Brand, p.Identity.Serial)
		names = append(names, p.Name)
	}
	return fmt.Errorf("no persona %q%s; there are %s", name, strict.Meant(name, known), strings.Join(names, ", "))
}
