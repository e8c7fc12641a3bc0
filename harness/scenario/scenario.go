// Package scenario reads scenarios, the YAML files that say what a person would
// do with a handset, into typed steps, and plays single steps. It knows neither
// adb nor evidence: a step asks for a Handset, the least that it needs.
package scenario

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/android"
)

// Scenario is one file of scenarios/: what to do on a handset, and about whom.
type Scenario struct {
	Name    string   // the file's name without .yaml
	About   string   // one sentence
	Tags    []string // by which suites choose; sorted
	Subject Subject
	Needs   Needs
	Collect []string // names of collectors; empty: the default set
	Dialogs []Dialog // that may come up unasked, and what they are answered with
	Steps   []Action
	Finally []Action // played after the steps, whatever became of them
	Text    string   // the file itself, byte for byte
}

// Control says whether the scenario is about no app: the handset left alone.
func (s Scenario) Control() bool { return s.Subject == Subject{} }

// File is the name of the scenario's file, as it was given to Load or Parse.
func (s Scenario) File() string {
	for _, a := range slices.Concat(s.Steps, s.Finally) {
		return a.Position.File
	}
	return ""
}

// Subject names the apps that a scenario is about. At most one field is set;
// the zero value is none, for a control.
type Subject struct {
	Role    string          // a word of Roles: camera
	Package android.Package // this package alone
	Intent  Intent          // whatever answers it
	Each    string          // Launchable: every launchable preinstalled app in turn
}

// Launchable is the one value of Subject.Each: each app that came with the
// image and that a launcher shows.
const Launchable = "launchable"

// String says what the subject is, as scenarios write it.
func (s Subject) String() string {
	switch {
	case s.Role != "":
		return "role: " + s.Role
	case s.Package != "":
		return "package: " + string(s.Package)
	case s.Intent != Intent{}:
		return "intent: " + s.Intent.String()
	case s.Each != "":
		return "each: " + s.Each
	}
	return "none"
}

// Intent is an implicit intent, as `am start` takes it.
type Intent struct {
	Action   string // android.intent.action.VIEW
	Category string // android.intent.category.BROWSABLE; empty: none
	Data     string // a URI; empty: none
	Type     string // a MIME type; empty: none
}

// args are the intent's arguments for am start and cmd package.
func (i Intent) args() []string {
	args := []string{"-a", i.Action}
	if i.Category != "" {
		args = append(args, "-c", i.Category)
	}
	if i.Data != "" {
		args = append(args, "-d", i.Data)
	}
	if i.Type != "" {
		args = append(args, "-t", i.Type)
	}
	return args
}

// String gives the intent as the arguments of am start.
func (i Intent) String() string { return strings.Join(i.args(), " ") }

// Action is one step and where its file says so.
type Action struct {
	Step     Step
	Verb     string // the step's word: launch
	Text     string // as the scenario writes it, on one line, without comments
	Position Position
}

// Position is a place in a YAML file; lines and columns count from 1.
type Position struct {
	File         string
	Line, Column int
}

// String gives file:line:column.
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Target is one app that a scenario is played on. The zero Target stands for
// the handset as a whole: the subject of a control.
type Target struct {
	Package   android.Package
	Component string // package/class, the class written in full; empty where none is known
	How       string // in words, how the handset led to it
}

// Overrides names packages for roles by brand, as devices.yaml has it. Both
// keys are lower case.
type Overrides struct {
	Brand string                                // of the handset at hand
	Roles map[string]map[string]android.Package // brand -> role -> package
}

// pick is the package that the inventory gives for a role, or "".
func (o Overrides) pick(role string) android.Package {
	return o.Roles[strings.ToLower(o.Brand)][role]
}
