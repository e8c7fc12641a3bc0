package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/olekukonko/tablewriter"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assay/harness/android"
	"assay/harness/farm"
	"assay/harness/lab"
	"assay/harness/lab/schedule"
	"assay/harness/ledger"
)

func (a *app) planCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "plan",
		Short: "Say what a run would play on which handsets, in which order and for how long",
		Long: `plan takes the flags of run and plays nothing: it looks at what adb shows, and no
handset is asked for anything. It lists what each model owes, longest first, with
the handsets that share it; what each handset would play, and for how long; and
what could not be played, and why. Estimates go by earlier runs (--history), or
else by the waits that the scenarios ask for.`,
		Example: `  assay plan --suite quick
  assay plan --brand Motorola --json | jq .estimate_seconds`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.forecast(c.Context()) },
	}
	runFlags(c.Flags())
	c.Flags().Bool("json", false, "JSON, with every estimate in seconds")
	return c
}

// scheduleFlags say what goes on at once, and how handsets are looked after
// meanwhile.
func scheduleFlags(f *pflag.FlagSet) {
	f.Int("jobs", schedule.DefaultJobs, "handsets at work at once, at most (devices.yaml: per_hub, of one USB hub)")
	f.Int("check-every", lab.DefaultCheckEvery, "jobs of a handset between two checks of battery, heat and storage")
	f.Duration("held-patience", lab.DefaultHeldPatience, "how long a handset may wait to charge, to cool or for space, by its own clock")
}

// checkHistory refuses a folder of earlier runs that is not there.
func (a *app) checkHistory() error {
	dir := a.set.GetString("history")
	if info, err := os.Stat(dir); dir != "" && (err != nil || !info.IsDir()) {
		return fmt.Errorf("%s %s: not a folder: give the one that earlier runs are in", a.named("history"), dir)
	}
	return nil
}

// history is what earlier runs tell of how long jobs take: of those that
// --history names, else of those beside this one. Nights of the embedded farm
// pass in a moment: it has none.
func (a *app) history(inv farm.Inventory, run string) ledger.History {
	dir := a.set.GetString("history")
	if dir == "" {
		if a.isEmbedded(inv) {
			return ledger.History{}
		}
		dir = filepath.Dir(filepath.Clean(run))
	}
	return ledger.ReadHistory(dir)
}

func (a *app) forecast(ctx context.Context) error {
	plan, _, err := a.plan()
	if err != nil {
		return usage(err)
	}
	if err := plan.Check(); err != nil {
		return &status{exitNothing, err}
	}
	server, stop, err := a.server(ctx, plan.Inventory)
	if err != nil {
		return err
	}
	runner := &lab.Runner{Server: server, Log: a.log, Jobs: a.set.GetInt("jobs"), Quarantine: a.sentences(plan.Inventory)}
	f, err := runner.Forecast(ctx, plan)
	if err = errors.Join(err, stop()); errors.Is(err, lab.ErrNothing) {
		return &status{exitNothing, err}
	}
	if err != nil {
		return &status{exitInfra, err}
	}
	if a.set.GetBool("json") {
		return json.NewEncoder(newJSONScreen(a.raw.out)).Encode(f)
	}
	return printForecast(a.out, f)
}

func printForecast(out io.Writer, f lab.Forecast) error {
	owed := tablewriter.NewWriter(out)
	owed.Header("Brand", "Model", "Scenario", "Estimate", "By", "Shared by")
	for _, m := range f.Models {
		for _, j := range m.Jobs {
			name := j.Scenario
			if j.Repeat > 1 {
				name += " (repeat " + strconv.Itoa(j.Repeat) + ")"
			}
			by := j.From
			if j.Lacked != "" {
				by += "; not applicable before: " + android.Printable(j.Lacked, 100)
			}
			if err := owed.Append(cells(m.Brand, m.Model, name, seconds(j.Seconds), by, strings.Join(m.Handsets, " "))...); err != nil {
				return err
			}
		}
	}
	if err := owed.Render(); err != nil {
		return err
	}
	handsets := tablewriter.NewWriter(out)
	handsets.Header("Handset", "Brand", "Model", "State", "Jobs", "Begins after", "Takes", "What to do")
	for _, h := range f.Handsets {
		state := h.State
		if h.Cause != "" {
			state += ": " + h.Cause
		}
		begins, takes := seconds(h.Begins), seconds(h.Seconds)
		if h.State != string(farm.Ready) {
			begins, takes = "", ""
		}
		if err := handsets.Append(cells(h.Key, h.Brand, h.Model, state, strconv.Itoa(h.Jobs), begins, takes, h.Remedy)...); err != nil {
			return err
		}
	}
	if err := handsets.Render(); err != nil {
		return err
	}
	for _, c := range f.Cannot {
		tellLine(out, "cannot run: %s on %s %s: %s", c.Scenario, c.Brand, c.Model, c.Cause)
	}
	for _, l := range f.Caps.Servers {
		tellLine(out, "adb server %s: %d handsets, at most %d at once.", l.Server, l.Handsets, l.Jobs)
	}
	_, err := fmt.Fprintf(out, "In all about %s: at most %d handsets at once, %d of one hub; by %d earlier runs.\n",
		seconds(f.Seconds), f.Caps.Jobs, f.Caps.PerHub, f.Runs)
	return err
}

// seconds prints an estimate as a person would say it.
func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second))
	switch {
	case d < time.Minute:
		return d.Round(time.Second).String()
	case d < time.Hour:
		return strconv.Itoa(int(d.Round(time.Minute)/time.Minute)) + "m"
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
}
