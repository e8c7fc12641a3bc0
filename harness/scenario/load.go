package scenario

import (
	"io/fs"
)

// Known is what the caller knows of names that scenarios use.
type Known struct {
	Collectors []string // empty: collectors are not checked
}

// Suite is one file of scenarios/suites: a named set of scenarios.
type Suite struct {
	Name      string
	About     string
	Scenarios []string // by name; in this order
	Tags      []string // or every scenario with one of these tags; "all" is every scenario
}

// Load reads every scenario of fsys (*.yaml) in the order of their names. It
// returns all problems of all files at once.
func Load(fsys fs.FS, known Known) ([]Scenario, error) { return nil, nil }

// LoadSuites reads every suite of fsys (suites/*.yaml), whose names must be those
// of the scenarios given.
func LoadSuites(fsys fs.FS, all []Scenario) ([]Suite, error) { return nil, nil }

// Parse reads one scenario. The error joins one *Problem for each fault found.
func Parse(file string, raw []byte, known Known) (Scenario, error) { return Scenario{}, nil }

// Select gives the scenarios of the suite, in the order in which it names them.
func (s Suite) Select(all []Scenario) []Scenario { return nil }
