package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/scenario"
	"assay/harness/strict"
	"assay/scenarios"
)

func scenarioFlags(f *pflag.FlagSet) {
	f.String("suite", "full", "named set of scenarios")
	f.StringSlice("scenario", nil, "scenarios to play, by name, instead of a suite")
	f.String("scenarios", "", "folder of scenarios to use instead of those in the binary")
}

var known = scenario.Known{Collectors: collect.Names(), Reserved: []string{evidence.Baseline, evidence.Imported}}

// scenarioFiles is the folder that --scenarios names, or what the binary carries.
func (a *app) scenarioFiles() (fs.FS, error) {
	dir := a.set.GetString("scenarios")
	if dir == "" {
		return scenarios.Files, nil
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s %s: not a folder", a.named("scenarios"), dir)
	}
	return os.DirFS(dir), nil
}

// chooseScenarios gives the scenarios that --scenario or --suite name.
func (a *app) chooseScenarios() ([]scenario.Scenario, error) {
	files, err := a.scenarioFiles()
	if err != nil {
		return nil, err
	}
	all, err := scenario.Load(files, known)
	if err != nil {
		return nil, err
	}
	if names := a.list("scenario"); len(names) > 0 {
		return scenariosByName(all, names)
	}
	suites, err := scenario.LoadSuites(files, all)
	if err != nil {
		return nil, err
	}
	wanted := a.set.GetString("suite")
	var there []string
	for _, s := range suites {
		if s.Name == wanted {
			return s.Select(all), nil
		}
		there = append(there, s.Name)
	}
	if dir := a.set.GetString("scenarios"); len(there) == 0 {
		return nil, &status{exitNothing, fmt.Errorf("no suite %q%s: %s has no suites: name scenarios with --scenario, "+
			"or write %s", wanted, a.origin("suite"), dir, filepath.Join(dir, "suites", wanted+".yaml"))}
	}
	return nil, &status{exitNothing, fmt.Errorf("no suite %q%s%s; there are %s", wanted, a.origin("suite"),
		strict.Meant(wanted, there), strings.Join(there, ", "))}
}

// scenariosByName gives those of all that are named. A name that none has is an error
// which says that nothing matched.
func scenariosByName(all []scenario.Scenario, names []string) ([]scenario.Scenario, error) {
	var chosen []scenario.Scenario
	var problems []error
	var there []string
	for _, s := range all {
		there = append(there, s.Name)
	}
	for _, name := range names {
		at := slices.Index(there, name)
		if at < 0 {
			problems = append(problems, fmt.Errorf("no scenario %q%s; there are: %s", name, strict.Meant(name, there), someOf(there)))
			continue
		}
		chosen = append(chosen, all[at])
	}
	if len(problems) > 0 {
		return nil, &status{exitNothing, errors.Join(problems...)}
	}
	return chosen, nil
}
