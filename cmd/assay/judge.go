package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"assay/harness/judge"
	"assay/harness/ledger"
	"assay/reports"
)

func (a *app) judgeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "judge RUN",
		Short: "Derive every finding of a run again from its evidence, and write its reports anew",
		Long: `judge reads the evidence of a run and derives every finding again, without a
handset: identical bytes give identical reports. A newer assay so improves what
old evidence tells. Where the run's folder cannot be written, it prints what it finds
all the same.`,
		Args: oneRun,
		RunE: func(_ *cobra.Command, args []string) error {
			formats, err := a.formats()
			if err != nil {
				return usage(err)
			}
			if err := a.checkFailOn(); err != nil {
				return usage(err)
			}
			if _, err := ledger.Read(args[0]); err != nil {
				return noRun(err)
			}
			j, err := a.publish(args[0], formats)
			if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
				tellLine(a.err, "assay: no report is written: %v; 'assay report %s' prints each table", err, args[0])
				err = nil
			}
			if err != nil {
				return err
			}
			if err := reports.Headline(a.raw.out, j, a.options()); err != nil && !unread(err) {
				return err
			}
			return a.verdict(j)
		},
	}
	formatFlags(c.Flags())
	failFlag(c.Flags())
	return c
}

func (a *app) reportCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "report RUN",
		Short: "Print tables of a run",
		Example: `  assay report RUN --table findings
  assay report RUN --table permissions,use --format csv
  assay report RUN --brand Motorola
  assay report RUN --fold model`,
		Args: oneRun,
		RunE: func(_ *cobra.Command, args []string) error { return a.report(args[0]) },
	}
	c.Flags().StringSlice("table", []string{"behaviour"}, "tables to print: all, or of "+tableNames())
	c.Flags().StringSlice("format", []string{"text"}, "formats to print them in: "+formatNames())
	c.Flags().StringSlice("brand", nil, "only these brands: the brand's own report")
	c.Flags().String("fold", "", "fold the headline's rows, of which each build has one: "+strings.Join(reports.Folds, ", "))
	return c
}

func (a *app) report(dir string) error {
	names := a.list("table")
	if len(names) == 1 && names[0] == "all" {
		names = nil
	}
	tables, err := reports.Select(names)
	if err != nil {
		return usage(err)
	}
	if tables, err = reports.Fold(tables, a.set.GetString("fold")); err != nil {
		return usage(err)
	}
	formats, err := a.formats()
	if err != nil {
		return usage(err)
	}
	if _, err := ledger.Read(dir); err != nil {
		return noRun(err)
	}
	j, err := judge.Run(dir)
	if err != nil {
		return &status{exitInfra, err}
	}
	if brands := a.list("brand"); len(brands) > 0 {
		if j, err = reports.ForBrand(j, brands); err != nil {
			return &status{exitNothing, err}
		}
	}
	built := reports.Build(j, tables)
	for _, f := range formats {
		if err := f.Write(a.raw.out, built, a.options()); err != nil {
			return err
		}
	}
	for _, p := range j.Problems {
		tellLine(a.err, "assay: %s", p)
	}
	if len(j.Problems) > 0 {
		return &status{code: exitInfra}
	}
	return nil
}

func tableNames() string {
	var names []string
	for _, t := range reports.Tables {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

func formatNames() string {
	var names []string
	for _, f := range reports.Formats {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// oneRun wants one argument, the folder of a run.
func oneRun(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(fmt.Errorf("%s wants one argument, the folder of a run: assay %s", c.Name(), c.Use))
	}
	return nil
}
