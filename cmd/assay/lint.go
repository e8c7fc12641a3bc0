package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"assay/harness/scenario"
	"assay/harness/strict"
	"assay/harness/virtual/persona"
)

func (a *app) lintCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lint [FILE…]",
		Short: "Check scenarios, devices.yaml and personas without touching a handset",
		Long: `lint reads each file as what it is: an inventory (it has devices:), a persona
(identity:), or a scenario. Without a file it checks devices.yaml and every
scenario and suite of the scenarios folder, where these are, and what the binary
carries. Every fault is told with file, line and column.`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.lintHere()
			}
			var problems []error
			for _, file := range args {
				problems = append(problems, lintFile(file))
			}
			if err := errors.Join(problems...); err != nil {
				return usage(err)
			}
			fmt.Fprintf(a.out, "%d files, no faults\n", len(args))
			return nil
		},
	}
}

func lintFile(file string) error {
	raw, err := strict.ReadFile(file)
	if err != nil {
		return err
	}
	if err := strict.Check(file, raw); err != nil {
		return err
	}
	kind := strict.PlacesIn(file, raw)
	switch { // what does not parse is a scenario as good as anything: its parser says where
	case kind.Has("devices"):
		_, err = readInventory(file)
	case kind.Has("identity"):
		_, err = persona.Load(file, raw)
	default:
		err = scenario.Lint(file, raw, known)
	}
	return err
}

func personaFile(path string) (*persona.Persona, error) {
	raw, err := strict.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return persona.Load(path, raw)
}

// lintHere checks what this folder and the binary hold.
func (a *app) lintHere() error {
	var checked []string
	var problems []error
	if _, err := os.Stat("devices.yaml"); err == nil {
		_, err := readInventory("devices.yaml")
		problems = append(problems, err)
		checked = append(checked, "devices.yaml")
	}
	if found, _ := filepath.Glob("scenarios/*.yaml"); len(found) > 0 {
		a.set.SetDefault("scenarios", "scenarios")
	}
	files, err := a.scenarioFiles()
	if err != nil {
		return usage(err)
	}
	all, err := scenario.Load(files, known)
	problems = append(problems, err)
	if err == nil {
		_, err = scenario.LoadSuites(files, all)
		problems = append(problems, err)
	}
	checked = append(checked, fmt.Sprintf("%d scenarios", len(all)))
	personas, err := persona.All()
	problems = append(problems, err)
	checked = append(checked, fmt.Sprintf("%d personas", len(personas)))
	if err := errors.Join(problems...); err != nil {
		return usage(err)
	}
	a.line("%s: no faults", strings.Join(checked, ", "))
	return nil
}
