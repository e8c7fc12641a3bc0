package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/olekukonko/tablewriter"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"assay/harness/adb"
	"assay/harness/farm"
	"assay/reports"
)

func (a *app) devicesCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "devices",
		Short: "Compare devices.yaml with what is attached",
		Long: `devices lists every handset of devices.yaml and every other that adb shows:
ready, connecting, unauthorized, offline, missing, unlisted, ambiguous (two of
one serial), duplicate (one handset, by cable and by network), quarantined,
retired; with the cause and what to do about it.

Where one handset may be there twice, by cable and by network or by two adb
servers, those that are ready are asked for their boot_id and serial number.

With --check each handset that is ready is asked how it is, and may turn out to
be booting or held: low battery, heat, full storage. With --watch the list is
kept: handsets are asked when they come and from time to time, one that comes
and goes is one incident, and each change of a state is printed.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.devices(c.Context()) },
	}
	farmFlags(c.Flags())
	stateFlag(c.Flags())
	c.Flags().Bool("check", false, "ask each ready handset for its battery, heat and storage")
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
	ctx, cancel := a.stoppable(ctx)
	defer cancel()
	server, stop, err := a.server(ctx, inv)
	if err != nil {
		return err
	}
	defer stop()
	room := farm.New(server)
	room.Log, room.Quarantine, room.MayStart = a.log, a.quarantine(), a.mayStart(inv, server.Addr())
	if a.set.GetBool("watch") {
		return a.watchDevices(ctx, &farm.Monitor{Farm: room, Inventory: inv})
	}
	places, err := room.Survey(ctx, inv)
	if err != nil {
		return &status{exitInfra, err}
	}
	places = room.Once(ctx, places, nil)
	statuses := make([]farm.Status, len(places))
	for i, p := range places {
		statuses[i] = farm.Status{Entry: p.Entry, Health: farm.Health{Place: p, State: p.State, Cause: p.Cause, Remedy: p.Remedy}}
	}
	if a.set.GetBool("check") {
		checkAll(ctx, room, statuses)
	}
	if err := a.printStatuses(statuses); err != nil {
		return err
	}
	if slices.ContainsFunc(statuses, func(s farm.Status) bool { return s.State == farm.Ready }) {
		return nil
	}
	return &status{exitNothing, fmt.Errorf("no handset is ready%s", nothing(inv, statuses))}
}

// nothing says why there is no handset at all.
func nothing(inv farm.Inventory, statuses []farm.Status) string {
	switch {
	case len(statuses) == 0:
		return ": " + inv.FileName() + " lists none, and adb shows none"
	case len(inv.Devices) == 0:
		return ": " + inv.FileName() + " lists none; add an entry for each that is to be used"
	}
	return ""
}

// mostChecks is how many handsets are asked at once how they are.
const mostChecks = 8

// checkAll asks the ready handsets how they are.
func checkAll(ctx context.Context, room *farm.Farm, statuses []farm.Status) {
	var group errgroup.Group
	group.SetLimit(mostChecks)
	for i, s := range statuses {
		if s.State != farm.Ready {
			continue
		}
		group.Go(func() error {
			var e farm.Event
			v, err := farm.Check(ctx, room.Device(s.Place))
			if e = (farm.Measured{Vitals: v}); err != nil {
				e = farm.Unanswered{Err: err}
			}
			statuses[i].Health = s.After(e, time.Now(), farm.Limits{})
			return nil
		})
	}
	group.Wait()
}

// watchDevices prints the list whenever a state changes, until it is
// interrupted.
func (a *app) watchDevices(ctx context.Context, m *farm.Monitor) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-a.drain:
			cancel()
		case <-ctx.Done():
		}
	}()
	changed := make(chan struct{}, 1)
	m.Changed = func(farm.Status) {
		select {
		case changed <- struct{}{}:
		default: // the list is to be printed anyway
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.printChanges(ctx, m, changed) })
	group.Go(func() error { return m.Run(ctx) })
	err := group.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// together is how long changes are awaited before the list is printed, so that a
// hub that comes is one list and not one for each handset.
const together = 400 * time.Millisecond

func (a *app) printChanges(ctx context.Context, m *farm.Monitor, changed <-chan struct{}) error {
	for first := true; ; first = false {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(together):
		}
		if !first && !a.set.GetBool("json") {
			fmt.Fprintln(a.out)
		}
		if err := a.printStatuses(m.Statuses()); err != nil {
			return err
		}
	}
}

// placeRow is one handset in the JSON form.
type placeRow struct {
	Brand     string       `json:"brand"`
	Model     string       `json:"model"`
	Serial    string       `json:"serial"`
	USB       string       `json:"usb"`
	Server    string       `json:"server,omitempty"` // its adb server, where there are several
	State     farm.State   `json:"state"`
	Cause     string       `json:"cause,omitempty"`
	Remedy    string       `json:"remedy,omitempty"`
	Since     time.Time    `json:"since,omitzero"`
	Incidents int          `json:"incidents,omitempty"` // losses while it was watched
	Vitals    *farm.Vitals `json:"vitals,omitempty"`
}

func (a *app) printStatuses(statuses []farm.Status) error {
	rows := make([]placeRow, 0, len(statuses))
	for _, s := range statuses {
		rows = append(rows, placeRow{s.Entry.Brand, s.Entry.Model, s.Entry.Key(), cmp.Or(s.Place.Row.Path, adb.Port(s.Entry.USB)),
			s.Entry.Server, s.State, s.Cause, s.Remedy, s.Since.UTC(), s.Incidents, s.Vitals})
	}
	if !slices.ContainsFunc(rows, func(r placeRow) bool { return r.Server != rows[0].Server }) {
		for i := range rows {
			rows[i].Server = ""
		}
	}
	if a.set.GetBool("json") {
		return json.NewEncoder(newJSONScreen(a.raw.out)).Encode(rows)
	}
	return placesFor(a.out, rows, a.set.GetBool("check") || a.set.GetBool("watch"), a.options())
}

// placesFor draws the handsets as a table where the terminal is wide enough for it, and
// else each by itself, as report does.
func placesFor(out io.Writer, rows []placeRow, asked bool, o reports.Options) error {
	var table bytes.Buffer
	if err := placeTable(&table, rows, asked); err != nil {
		return err
	}
	widest := 0
	for line := range bytes.Lines(table.Bytes()) {
		widest = max(widest, len([]rune(strings.TrimRight(string(line), "\n"))))
	}
	if o.Width == 0 || widest <= o.Width {
		_, err := out.Write(table.Bytes())
		return err
	}
	t := reports.Table{Name: "devices", Title: "Handsets", About: "What devices.yaml lists, compared with what adb shows.", Group: 3}
	for _, name := range []string{"Brand", "Model", "Serial", "Port", "Server", "State", "Battery", "Heat", "Free", "What to do"} {
		t.Columns = append(t.Columns, reports.Column{Name: name})
	}
	for _, r := range rows {
		row := []reports.Cell{{Text: r.Brand}, {Text: r.Model}, {Text: r.Serial}, {Text: r.USB}, {Text: r.Server}, {Text: string(r.State)}}
		for _, v := range vitalCells(r.Vitals) {
			row = append(row, reports.Cell{Text: fmt.Sprint(v)})
		}
		t.Rows = append(t.Rows, append(row, reports.Cell{Text: todo(r)}))
	}
	text, err := reports.SelectFormats([]string{"text"})
	if err != nil {
		return err
	}
	return text[0].Write(out, []reports.Table{t}, o)
}

func placeTable(w io.Writer, rows []placeRow, asked bool) error {
	several := slices.ContainsFunc(rows, func(r placeRow) bool { return r.Server != "" })
	header := []any{"Brand", "Model", "Serial", "Port", "State"}
	if several {
		header = slices.Insert(header, 4, any("Server"))
	}
	if asked {
		header = append(header, "Battery", "Heat", "Free")
	}
	t := tablewriter.NewWriter(w)
	t.Header(append(header, "What to do")...)
	for _, r := range rows {
		row := cells(r.Brand, r.Model, r.Serial, r.USB, string(r.State))
		if several {
			row = slices.Insert(row, 4, cells(r.Server)...)
		}
		if asked {
			row = append(row, vitalCells(r.Vitals)...)
		}
		if err := t.Append(append(row, cells(todo(r))...)...); err != nil {
			return err
		}
	}
	return t.Render()
}

// todo is a handset's cause, and what is to be done about it.
func todo(r placeRow) string {
	if r.Incidents > 0 && r.State == farm.Ready {
		return fmt.Sprintf("lost %d times so far", r.Incidents)
	}
	return strings.TrimSuffix(r.Cause+": "+r.Remedy, ": ")
}

// vitalCells are battery, heat and free storage; a question mark is what is not
// known.
func vitalCells(v *farm.Vitals) []any {
	cells := []any{"", "", ""}
	if v == nil {
		return cells
	}
	cells = []any{"?", "?", "?"}
	if v.Battery != nil {
		cells[0] = fmt.Sprintf("%d %%", *v.Battery)
	}
	if v.Temperature != nil {
		cells[1] = fmt.Sprintf("%.1f °C", *v.Temperature)
	}
	if v.Free != nil {
		cells[2] = fmt.Sprintf("%.1f GiB", float64(*v.Free)/(1<<30))
	}
	return cells
}
