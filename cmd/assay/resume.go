package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/harness/scenario"
)

func (a *app) resumeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "resume RUN",
		Short: "Go on with a run that was cut off: play what it still owes",
		Long: `resume takes back what the run had changed on a handset and not put back, plays
what its journal does not show as committed, and reports. The evidence that is
there stays. It wants the inventory that the run was made with, and its scenarios
byte for byte as they were then, in the binary or under --scenarios: run.json has
their digests, and their text to be read. Nothing is played out of a run's folder.`,
		Args: oneRun,
		RunE: func(c *cobra.Command, args []string) error { return a.goOn(c.Context(), args[0]) },
	}
	goOnFlags(c)
	return c
}

func (a *app) retryCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "retry RUN --only infra|flagged|unknown|not-run",
		Short: "Play parts of a run again; every attempt's evidence stays",
		Long: `retry plays jobs of a run again: those that the lab's faults ended (infra), in
which something was flagged, of which some verdict is unknown, or that were not
run. What differs between attempts that finished is told in the jobs table.`,
		Args: oneRun,
		RunE: func(c *cobra.Command, args []string) error {
			only := a.list("only")
			if len(only) == 0 {
				return usage(errors.New("retry wants --only: infra, flagged, unknown or not-run, or several"))
			}
			var parts []lab.Retried
			for _, o := range only {
				parts = append(parts, lab.Retried(o))
			}
			return a.goOn(c.Context(), args[0], parts...)
		},
	}
	c.Flags().StringSlice("only", nil, "which jobs: infra, flagged, unknown, not-run")
	goOnFlags(c)
	return c
}

func goOnFlags(c *cobra.Command) {
	farmFlags(c.Flags())
	c.Flags().String("scenarios", "", "folder of scenarios to use instead of those in the binary")
	patienceFlags(c.Flags())
	formatFlags(c.Flags())
	failFlag(c.Flags())
}

// goOn resumes a run.
func (a *app) goOn(ctx context.Context, dir string, only ...lab.Retried) error {
	formats, err := a.formats()
	if err != nil {
		return usage(err)
	}
	if err := errors.Join(a.checkFailOn(), lab.CheckRetried(only)); err != nil {
		return usage(err)
	}
	record, err := ledger.Read(dir)
	if err != nil {
		return noRun(err)
	}
	if err := resumable(dir, record); err != nil {
		return err
	}
	inv, err := readInventory(a.set.GetString("devices"))
	if err != nil {
		return usage(err)
	}
	a.set.Set("seed", record.Seed) // the virtual farm is the run's
	files, err := a.scenarioFiles()
	if err != nil {
		return usage(err)
	}
	all, err := scenario.Load(files, known)
	if err != nil {
		return usage(err)
	}
	ctx, cancel := a.interruptible(ctx)
	defer cancel()
	plan := lab.Plan{Tool: version(), Inventory: inv, Scenarios: all, History: a.history(inv, dir)}
	return a.playing(ctx, inv, dir, formats, func(r *lab.Runner) (lab.Summary, error) {
		return r.Resume(ctx, plan, filepath.Clean(dir), only...)
	})
}

// resumable says why no inventory would have the run go on. One that is not what was
// written says that first.
func resumable(dir string, record ledger.Record) error {
	err := lab.Resumable(record)
	if err == nil {
		return nil
	}
	if run, other := ledger.Check(dir); other == nil && run.Forged() != nil {
		return &status{exitInfra, fmt.Errorf("%w; no handset was touched", run.Forged())}
	}
	return usage(err)
}
