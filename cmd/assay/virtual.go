package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"assay/harness/android"
	"assay/harness/farm"
	"assay/harness/virtual"
	"assay/harness/virtual/face"
	"assay/harness/virtual/fault"
)

func (a *app) virtualCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "virtual",
		Short: "Serve virtual handsets, as an adb server and as devices for a real one",
		Long: `virtual serves the virtual farm until it is interrupted: as an adb server
(--listen), and, with --device-ports, each handset on a port of its own that a
real adb server accepts with 'adb connect'. The handsets' makers, packages and
permissions are facts of published firmware; what their specimen apps do is
invented.

--fault has one handset misbehave, --chaos all of them, each by a script that
follows from the seed and that is printed first. --faults lists what can go
wrong.`,
		Example: `  assay virtual --listen 127.0.0.1:5137        then: adb -P 5137 devices
  assay virtual --device-ports 5555 --persona samsung
                                               then: adb connect 127.0.0.1:5555
  assay virtual --chaos 7 --persona asus,vivo`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if a.set.GetBool("faults") {
				return a.listFaults()
			}
			return a.serveVirtual(c.Context())
		},
	}
	f := c.Flags()
	f.String("listen", "127.0.0.1:5137", "address of the adb server face; empty: none")
	f.Int("device-ports", 0, "first of the ports, one a handset, for 'adb connect' (0: none)")
	f.StringSlice("persona", nil, "only these personas, by name, brand, or file.yaml")
	f.StringSlice("replay", nil, "instead of personas: handsets that answer from recorded bundles, or folders of print-outs")
	f.StringSlice("fault", nil, "faults, as SERIAL=FAULT: unauthorized, offline, slow:1024, silent:dumpsys, cut:5000, unplugged:after=40")
	f.Bool("faults", false, "list the kinds of fault, and serve nothing")
	f.Uint64("chaos", 0, "seed of faults at random on every handset (0: none)")
	f.Int("chaos-steps", 200, "with --chaos, for how many services of each handset there are faults")
	f.Uint64("seed", 1, "seed of the handsets")
	return c
}

func (a *app) serveVirtual(ctx context.Context) error {
	v := farm.Virtual{Personas: a.list("persona")}
	for _, f := range a.list("fault") {
		serial, fault, ok := strings.Cut(f, "=")
		if !ok {
			return usage(fmt.Errorf("--fault %q: give SERIAL=FAULT", f))
		}
		v.Faults = append(v.Faults, farm.Fault{Serial: android.Serial(serial), Fault: fault})
	}
	handsets, err := a.served(v)
	if err != nil {
		return err
	}
	a.chaos(handsets)
	ctx, cancel := a.stoppable(ctx)
	defer cancel()
	serving, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-a.drain:
			stop()
		case <-serving.Done():
		}
	}()
	group, ctx := errgroup.WithContext(serving)
	if err := a.listenServer(ctx, group, handsets); err != nil {
		return &status{exitInfra, err}
	}
	if err := a.listenDevices(ctx, group, handsets); err != nil {
		return &status{exitInfra, err}
	}
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return &status{exitInfra, err}
	}
	return nil
}

// served makes the personas' handsets, or those that replay what --replay names.
func (a *app) served(v farm.Virtual) ([]*virtual.Handset, error) {
	dirs := a.list("replay")
	if len(dirs) == 0 {
		return a.virtualHandsets(v)
	}
	var handsets []*virtual.Handset
	for _, dir := range dirs {
		h, err := virtual.Replay(dir)
		if err != nil {
			return nil, usage(fmt.Errorf("--%w", err))
		}
		handsets = append(handsets, h)
	}
	return handsets, nil
}

// chaos gives every handset faults at random, and prints them as --fault takes
// them.
func (a *app) chaos(handsets []*virtual.Handset) {
	seed := a.set.GetUint64("chaos")
	if seed == 0 {
		return
	}
	for _, h := range handsets {
		script := fault.ChaosOf(seed, h.Serial(), a.set.GetInt("chaos-steps"))
		for _, one := range script {
			a.line("%s=%s", h.Serial(), one)
		}
		h.Follow(script)
	}
}

// listFaults prints what can go wrong, how each is written, and where it can be had.
func (a *app) listFaults() error {
	for _, row := range fault.All() {
		where := "either face"
		switch {
		case !row.Device:
			where = "adb server only: " + row.Where
		case !row.Server:
			where = "device only: " + row.Where
		case row.Where != "":
			where += "; " + row.Where
		}
		fmt.Fprintf(a.out, "%s\n  %s\n  for example %s; settings: %s\n  %s\n", row.Kind, row.About,
			strings.Join(row.Forms, ", "), strings.Join(row.Settings, ", "), where)
	}
	return nil
}

func (a *app) listenServer(ctx context.Context, group *errgroup.Group, handsets []*virtual.Handset) error {
	addr := a.set.GetString("listen")
	if addr == "" {
		return nil
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("adb server face: %w; choose another --listen", err)
	}
	fmt.Fprintf(a.out, "adb server on %s: %d virtual handsets\n", ln.Addr(), len(handsets))
	room := virtual.NewFarm(handsets...)
	group.Go(func() error { return face.Serve(ctx, ln, room) })
	return nil
}

func (a *app) listenDevices(ctx context.Context, group *errgroup.Group, handsets []*virtual.Handset) error {
	first := a.set.GetInt("device-ports")
	if first == 0 {
		return nil
	}
	for i, h := range handsets {
		ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(first+i)))
		if err != nil {
			return fmt.Errorf("device face of %s: %w; choose another --device-ports", h.Serial(), err)
		}
		a.line("adb connect %s   # %s", ln.Addr(), h.Serial())
		group.Go(func() error { return face.ServeDevice(ctx, ln, h) })
	}
	return nil
}
