package scenario

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"assay/harness/android"
	"assay/harness/strict"
)

// Known is what the caller knows of names that scenarios use.
type Known struct {
	Collectors []string // empty: collectors are not checked
	Reserved   []string // that no scenario may have: what no scenario makes is called so
}

// Load reads every scenario of fsys (*.yaml): controls first, then by name. It tells all problems of
// all files at once.
func Load(fsys fs.FS, known Known) ([]Scenario, error) {
	files, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("scenarios: %w", err)
	}
	var all []Scenario
	var problems []error
	owner := map[string]Position{}
	for _, file := range files {
		raw, err := strict.ReadFS(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("scenarios: %w", err)
		}
		r, s := parseScenario(file, raw, known)
		if first, taken := owner[s.Name]; taken && s.Name != "" {
			r.at(s.position.Line, s.position.Column, "", "scenario %q is already in %s", s.Name, first)
		}
		owner[s.Name] = s.position
		problems = append(problems, r.sorted()...)
		all = append(all, s.Scenario)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	slices.SortFunc(all, controlsFirst)
	return all, nil
}

// controlsFirst orders scenarios by name, those that launch nothing before the
// rest: a control that comes after a launch controls nothing.
func controlsFirst(a, b Scenario) int {
	if a.Control() != b.Control() {
		if a.Control() {
			return -1
		}
		return 1
	}
	return strings.Compare(a.Name, b.Name)
}

// Parse reads one scenario. The error joins one *Problem for each fault.
func Parse(file string, raw []byte, known Known) (Scenario, error) {
	r, s := parseScenario(file, raw, known)
	if err := r.err(); err != nil {
		return Scenario{}, err
	}
	return s.Scenario, nil
}

// Lint checks one file: a suite where its folder is named suites, otherwise a
// scenario. It needs no other file: whether a suite's scenarios exist, LoadSuites
// says.
func Lint(file string, raw []byte, known Known) error {
	if path.Base(path.Dir(strings.ReplaceAll(file, `\`, "/"))) == "suites" {
		r, _ := parseSuite(file, raw)
		return r.err()
	}
	_, err := Parse(file, raw, known)
	return err
}

// named is a scenario and where its name stands.
type named struct {
	Scenario
	position Position
}

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,59}$`)

// name reads what names a scenario, a suite or a tag.
func (r *reader) name(n ast.Node, what string) string {
	w := r.text(n, what)
	if w != "" && !nameForm.MatchString(w) {
		r.problem(n, "", "%s %q is not made of lower-case letters, digits and dashes", what, w)
	}
	return w
}

func parseScenario(file string, raw []byte, known Known) (*reader, named) {
	r, root := newReader(file, raw, known)
	var s named
	s.Text = string(raw)
	if root == nil {
		return r, s
	}
	r.fields(root, "a scenario",
		field{"name", true, func(n ast.Node) {
			s.Name, s.position = r.name(n, "name"), r.position(n)
			if slices.Contains(known.Reserved, s.Name) {
				r.problem(n, "", "the name %q is assay's own, for what no scenario plays: choose another", s.Name)
			}
		}},
		field{"about", true, func(n ast.Node) { s.About = strings.Join(strings.Fields(r.text(n, "about")), " ") }},
		field{"tags", false, func(n ast.Node) {
			r.texts(n, "tag", func(n ast.Node, _ string) { s.Tags = append(s.Tags, r.name(n, "tag")) })
		}},
		field{"subject", false, func(n ast.Node) { s.Subject = r.subject(n) }},
		field{"needs", false, func(n ast.Node) { s.Needs = r.needs(n) }},
		field{"collect", false, func(n ast.Node) { s.Collect = r.collectors(n) }},
		field{"dialogs", false, func(n ast.Node) { s.Dialogs = r.dialogs(n) }},
		field{"steps", true, func(n ast.Node) { s.Steps = r.actions(n, "steps") }},
		field{"finally", false, func(n ast.Node) { s.Finally = r.actions(n, "finally") }},
	)
	slices.Sort(s.Tags)
	s.Tags = slices.Compact(s.Tags)
	if s.Control() {
		r.aimless(append(slices.Clone(s.Steps), s.Finally...))
	}
	return r, s
}

// aimless finds steps that need an app, in a scenario that is about none.
func (r *reader) aimless(actions []Action) {
	for _, a := range actions {
		if aimed, ok := a.Step.(interface{ aimless() bool }); ok && aimed.aimless() {
			r.at(a.Position.Line, a.Position.Column, "", "%q needs a subject, or a package of its own", a.Verb)
		}
	}
}

func (r *reader) subject(n ast.Node) Subject {
	var s Subject
	if entries, ok := pairs(n); ok && len(entries) > 1 {
		r.problem(n, "", "a subject is one of role, package, intent, each; here are %d", len(entries))
		return s
	}
	r.fields(n, "a subject",
		field{"role", false, func(n ast.Node) { s.Role = r.word(n, "role", RoleNames()) }},
		field{"package", false, func(n ast.Node) { s.Package = r.pkg(n) }},
		field{"intent", false, func(n ast.Node) { s.Intent = r.intent(n) }},
		field{"each", false, func(n ast.Node) { s.Each = r.word(n, "each", []string{Launchable}) }},
	)
	return s
}

func (r *reader) needs(n ast.Node) Needs {
	var needs Needs
	before := len(r.problems)
	r.fields(n, "needs",
		field{"min-sdk", false, func(n ast.Node) { needs.MinSDK = r.number(n, "min-sdk", 21, 99) }},
		field{"max-sdk", false, func(n ast.Node) { needs.MaxSDK = r.number(n, "max-sdk", 21, 99) }},
		field{"features", false, func(n ast.Node) {
			r.texts(n, "feature", func(n ast.Node, w string) { needs.Features = append(needs.Features, w) })
		}},
		field{"roles", false, func(n ast.Node) {
			r.texts(n, "role", func(n ast.Node, _ string) { needs.Roles = append(needs.Roles, r.word(n, "role", RoleNames())) })
		}},
	)
	if len(r.problems) == before && needs.MaxSDK != 0 && needs.MaxSDK < needs.MinSDK {
		r.problem(n, "", "min-sdk %d is above max-sdk %d", needs.MinSDK, needs.MaxSDK)
	}
	return needs
}

func (r *reader) collectors(n ast.Node) []string {
	var all []string
	r.texts(n, "collector", func(n ast.Node, w string) {
		switch {
		case slices.Contains(all, w):
			r.problem(n, "", "collector %q is named twice", w)
		case len(r.known.Collectors) > 0 && w != "" && !slices.Contains(r.known.Collectors, w):
			r.problem(n, strict.Nearest(w, r.known.Collectors), "unknown collector %q", w)
		}
		all = append(all, w)
	})
	return all
}

func (r *reader) pkg(n ast.Node) android.Package {
	w := r.text(n, "package")
	if w != "" && !validPackage(w) {
		r.problem(n, "", "%q is no package's name", w)
	}
	return android.Package(w)
}

func (r *reader) intent(n ast.Node) Intent {
	var i Intent
	r.fields(n, "an intent", r.intentFields(&i)...)
	return i
}

func (r *reader) intentFields(i *Intent) []field {
	return []field{
		{"action", true, func(n ast.Node) { i.Action = r.text(n, "action") }},
		{"category", false, func(n ast.Node) { i.Category = r.text(n, "category") }},
		{"data", false, func(n ast.Node) { i.Data = r.text(n, "data") }},
		{"type", false, func(n ast.Node) { i.Type = r.text(n, "type") }},
	}
}
