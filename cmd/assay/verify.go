package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"

	"github.com/spf13/cobra"

	"assay/harness/evidence"
	"assay/harness/lab"
)

func (a *app) verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify RUN",
		Short: "Check that every byte of a run's evidence is what was recorded",
		Args:  oneRun,
		RunE: func(_ *cobra.Command, args []string) error {
			if _, err := lab.ReadRecord(args[0]); err != nil {
				return usage(err)
			}
			bundles, err := lab.Bundles(args[0])
			if err != nil {
				return err
			}
			var problems []error
			unsealed := 0
			for _, b := range bundles {
				for _, p := range evidence.Verify(filepath.Join(args[0], filepath.FromSlash(b))) {
					if errors.Is(p, evidence.ErrUnsealed) {
						unsealed++
						fmt.Fprintf(a.out, "unsealed: %s: its attempt was cut off, and counts for nothing\n", b)
						continue
					}
					problems = append(problems, p)
				}
			}
			if err := errors.Join(problems...); err != nil {
				return &status{exitInfra, err}
			}
			fmt.Fprintf(a.out, "%d bundles as they were sealed, %d unsealed\n", len(bundles)-unsealed, unsealed)
			return nil
		},
	}
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.out, "assay", version())
			return err
		},
	}
}

// version is what the build knows of itself: the module's version, or the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return "devel"
}
