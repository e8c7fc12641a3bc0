package scenario

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"assay/harness/strict"
)

// Suite is one file of scenarios/suites: a named set of scenarios.
type Suite struct {
	Name      string
	About     string
	All       bool     // scenarios: all
	Scenarios []string // by name
	Tags      []string // every scenario with one of these
}

// LoadSuites reads every suite of fsys (suites/*.yaml), by name. Each must name
// scenarios that are among all, and choose one at least. It tells all problems
// at once.
func LoadSuites(fsys fs.FS, all []Scenario) ([]Suite, error) {
	files, err := fs.Glob(fsys, "suites/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("suites: %w", err)
	}
	var suites []Suite
	var problems []error
	owner := map[string]string{}
	for _, file := range files {
		raw, err := strict.ReadFS(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("suites: %w", err)
		}
		r, s := parseSuite(file, raw)
		s.check(r, all)
		if first := owner[s.Name]; first != "" && s.Name != "" {
			r.at(s.position.Line, s.position.Column, "", "suite %q is already in %s", s.Name, first)
		}
		owner[s.Name] = file
		problems = append(problems, r.sorted()...)
		suites = append(suites, s.Suite)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	slices.SortFunc(suites, func(a, b Suite) int { return strings.Compare(a.Name, b.Name) })
	return suites, nil
}

// Select gives the suite's scenarios, in the order of all.
func (s Suite) Select(all []Scenario) []Scenario {
	var chosen []Scenario
	for _, one := range all {
		tagged := slices.ContainsFunc(s.Tags, func(t string) bool { return slices.Contains(one.Tags, t) })
		if s.All || tagged || slices.Contains(s.Scenarios, one.Name) {
			chosen = append(chosen, one)
		}
	}
	return chosen
}

// written is a suite and where its words stand.
type written struct {
	Suite
	position Position
	words    []ast.Node // of Scenarios or of Tags
}

func parseSuite(file string, raw []byte) (*reader, written) {
	r, root := newReader(file, raw, Known{})
	var s written
	if root == nil {
		return r, s
	}
	list := func(what string, to *[]string) func(ast.Node) {
		return func(n ast.Node) {
			if *to = nil; what == "scenario" && n.Type() == ast.StringType && n.GetToken().Value == "all" {
				s.All = true
				return
			}
			r.texts(n, what, func(n ast.Node, w string) {
				if slices.Contains(*to, w) {
					r.problem(n, "", "%s %q is named twice", what, w)
				}
				*to, s.words = append(*to, r.name(n, what)), append(s.words, n)
			})
		}
	}
	r.fields(root, "a suite",
		field{"name", true, func(n ast.Node) { s.Name, s.position = r.name(n, "name"), r.position(n) }},
		field{"about", true, func(n ast.Node) { s.About = strings.Join(strings.Fields(r.text(n, "about")), " ") }},
		field{"scenarios", false, list("scenario", &s.Scenarios)},
		field{"tags", false, list("tag", &s.Tags)},
	)
	named := s.All || len(s.Scenarios) > 0
	if named == (len(s.Tags) > 0) {
		r.problem(root, "", "a suite takes either scenarios (a list of names, or all) or tags")
	}
	return r, s
}

// check finds names and tags that no scenario has.
func (s written) check(r *reader, all []Scenario) {
	var known []string
	what := "scenario"
	for _, one := range all {
		known = append(known, one.Name)
	}
	chosen := s.Scenarios
	if len(s.Tags) > 0 {
		what, known, chosen = "tag", nil, s.Tags
		for _, one := range all {
			known = append(known, one.Tags...)
		}
	}
	for i, w := range chosen {
		if w != "" && !slices.Contains(known, w) {
			r.problem(
				s.words[i],
				strict.Nearest(w, known),
				"no scenario has the %s %q",
				map[string]string{"scenario": "name", "tag": "tag"}[what],
				w,
			)
		}
	}
}
