package main

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"assay/harness/ledger"
)

func (a *app) verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify RUN",
		Short: "Check that a run is what was recorded: every line of its journal, every bundle, every byte",
		Long: `verify compares a run with its journal, which is a chain of SHA-256: it names run.json
and each line, bundle, manifest and capture that was changed, is missing, was
exchanged, or was put there later. What stands beside them in the folder and is no
part of a run is told and no fault; reports/ is not looked at: judge writes it anew.

Exit status: 0 all is as it was recorded; 2 RUN is no run that this assay reads;
4 unfinished: nothing was changed, and the run was stopped or cut off;
5 something differs.

Nobody's key is in the chain: it does not show what was changed by somebody who
wrote all of it anew, nor that the end of an unfinished run was taken off.`,
		Args: oneRun,
		RunE: func(_ *cobra.Command, args []string) error { return a.verify(args[0]) },
	}
}

func (a *app) verify(dir string) error {
	run, err := ledger.Verify(dir)
	if err != nil {
		return noRun(err)
	}
	for _, b := range run.Unsealed {
		a.line("unsealed: %s: its attempt was cut off, and counts for nothing", b)
	}
	for _, name := range run.Beside {
		a.line("beside: %s: no part of the run; nothing reads it, and nothing tells whether it was changed", name)
	}
	if err := errors.Join(run.Problems...); err != nil {
		return &status{exitInfra, errors.New(safeLines(err))}
	}
	fmt.Fprintf(a.out, "%d bundles as they were sealed, %d unsealed\n", run.Sealed, len(run.Unsealed))
	if why := run.Unfinished(); why != "" {
		a.line("unfinished: %s; 'assay resume %s' goes on with the run%s", why, dir, jobsLeft(run))
		return &status{code: exitIncomplete}
	}
	return nil
}

// jobsLeft says how many jobs of an unfinished run are still to be played.
func jobsLeft(run *ledger.Run) string {
	left, all := run.Ledger().Left()
	if all == 0 {
		return ""
	}
	return fmt.Sprintf(": %d of its %d jobs are left", left, all)
}

// noRun is the error of a folder in which no run can be read: the caller's, where it
// holds none; else what was one differs.
func noRun(err error) error {
	if errors.Is(err, ledger.ErrNoRun) {
		return usage(err)
	}
	return &status{exitInfra, err}
}

// safeLines makes an error of several lines, in which names of files may stand that
// anybody chose, fit for a terminal.
func safeLines(err error) string {
	lines := strings.Split(err.Error(), "\n")
	for i, l := range lines {
		lines[i] = safe(l)
	}
	return strings.Join(lines, "\n")
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, and what it was built from and for",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.out, build())
			return err
		},
	}
}

// build is the version, and what it was built from and for.
func build() string {
	words := []string{runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				words = append(words, "commit "+s.Value[:min(12, len(s.Value))])
			case s.Key == "vcs.time":
				words = append(words, "of "+s.Value)
			case s.Key == "vcs.modified" && s.Value == "true":
				words = append(words, "with changes that are not committed")
			}
		}
	}
	return fmt.Sprintf("assay %s (%s)", version(), strings.Join(words, ", "))
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
