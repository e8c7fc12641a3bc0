package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/olekukonko/tablewriter"
	"github.com/spf13/cobra"

	"assay/harness/adb"
	"assay/harness/farm"
)

func (a *app) devicesCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "devices",
		Short: "Compare devices.yaml with what is attached",
		Long: `devices lists every handset of devices.yaml and every other that adb shows:
ready, unauthorized, offline, missing, unlisted, ambiguous (two of one serial),
retired; with the cause and what to do about it.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.devices(c.Context()) },
	}
	farmFlags(c.Flags())
	c.Flags().Bool("watch", false, "go on, and print the list again whenever it changes")
	c.Flags().Bool("json", false, "JSON, one list a line")
	c.Flags().Uint64("seed", 1, "seed of the virtual farm")
	return c
}

func (a *app) devices(ctx context.Context) error {
	inv, err := readInventory(a.set.GetString("devices"))
	if err != nil {
		return usage(err)
	}
	ctx, cancel := a.interruptible(ctx)
	defer cancel()
	server, stop, err := a.server(ctx, inv)
	if err != nil {
		return err
	}
	defer stop()
	places, err := farm.New(server).Survey(ctx, inv)
	if err != nil {
		return &status{exitInfra, err}
	}
	if err := a.printPlaces(places); err != nil {
		return err
	}
	if a.set.GetBool("watch") {
		return a.watchDevices(ctx, server, inv, places)
	}
	if slices.ContainsFunc(places, func(p farm.Place) bool { return p.State == farm.Ready }) {
		return nil
	}
	return &status{exitNothing, errors.New("no handset is ready")}
}

// watchDevices prints the list whenever it changes, until it is interrupted.
func (a *app) watchDevices(ctx context.Context, server *adb.Server, inv farm.Inventory, last []farm.Place) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-a.drain:
			cancel()
		case <-ctx.Done():
		}
	}()
	err := server.Watch(ctx, time.Second, func(rows []adb.Row) {
		places := farm.Survey(inv, rows)
		if slices.EqualFunc(places, last, samePlace) {
			return
		}
		last = places
		fmt.Fprintln(a.out)
		if err := a.printPlaces(places); err != nil {
			cancel()
		}
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func samePlace(x, y farm.Place) bool {
	return x.Entry.Key() == y.Entry.Key() && x.State == y.State && x.Cause == y.Cause
}

// placeRow is one handset in the JSON form.
type placeRow struct {
	Brand  string     `json:"brand"`
	Model  string     `json:"model"`
	Serial string     `json:"serial"`
	USB    string     `json:"usb"`
	State  farm.State `json:"state"`
	Cause  string     `json:"cause,omitempty"`
	Remedy string     `json:"remedy,omitempty"`
}

func (a *app) printPlaces(places []farm.Place) error {
	rows := make([]placeRow, 0, len(places))
	for _, p := range places {
		usb := p.Row.Path
		if usb == "" {
			usb = p.Entry.USB
		}
		rows = append(rows, placeRow{p.Entry.Brand, p.Entry.Model, p.Entry.Key(), usb, p.State, p.Cause, p.Remedy})
	}
	if a.set.GetBool("json") {
		return json.NewEncoder(a.out).Encode(rows)
	}
	return placeTable(a.out, rows)
}

func placeTable(w io.Writer, rows []placeRow) error {
	t := tablewriter.NewWriter(w)
	t.Header("Brand", "Model", "Serial", "Port", "State", "What to do")
	for _, r := range rows {
		todo := r.Cause
		if r.Remedy != "" {
			todo += ": " + r.Remedy
		}
		if err := t.Append(r.Brand, r.Model, r.Serial, r.USB, string(r.State), todo); err != nil {
			return err
		}
	}
	return t.Render()
}
