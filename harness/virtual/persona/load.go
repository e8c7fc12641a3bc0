package persona

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"assay/harness/strict"
)

//go:embed personas
var personaFiles embed.FS

// All reads the personas that the binary carries, sorted by name.
func All() ([]*Persona, error) {
	return load(func(string, []byte) bool { return true })
}

// Called reads those of All that have a name, a serial or, in upper
// or lower case, a brand. It reads no other: to read them all takes longer than
// most of what is asked of one.
func Called(word string) ([]*Persona, error) {
	found, err := load(func(name string, text []byte) bool {
		return name == word+".yaml" || isCalled(text, word)
	})
	return slices.DeleteFunc(found, func(p *Persona) bool {
		return p.Name != word && p.Identity.Serial != word && !strings.EqualFold(p.Brand, word)
	}), err
}

// isCalled tells whether a line of a persona's file gives it a name, serial or
// brand. A file may have such a line where it means something else.
func isCalled(text []byte, word string) bool {
	for line := range bytes.Lines(text) {
		key, value, _ := bytes.Cut(bytes.TrimSpace(line), []byte(": "))
		switch string(key) {
		case "name", "serial", "brand":
			if strings.EqualFold(string(bytes.Trim(value, `"`)), word) {
				return true
			}
		}
	}
	return false
}

// load reads the files that are wanted, sorted by name.
func load(wanted func(name string, text []byte) bool) ([]*Persona, error) {
	entries, err := personaFiles.ReadDir("personas")
	if err != nil {
		return nil, fmt.Errorf("personas: %w", err)
	}
	var found []*Persona
	for _, e := range entries { // ReadDir sorts
		name := e.Name()
		if path.Ext(name) != ".yaml" {
			continue
		}
		text, err := personaFiles.ReadFile("personas/" + name)
		if err != nil {
			return nil, fmt.Errorf("persona %s: %w", name, err)
		}
		if !wanted(name, text) {
			continue
		}
		p, err := Load(name, text)
		if err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	return found, nil
}

// allRequests stands under privileged for all that the package requests.
const allRequests = "requests"

// mostFaults is how many faults of one persona are told.
const mostFaults = 50

// Load reads one persona and checks that it makes sense. name is the
// file's, for messages. An unknown key or a value of the wrong type is told with
// file, line, column, the line itself with a caret, and a suggestion; what is
// well written but cannot be is told all at once, each at its place.
func Load(name string, text []byte) (*Persona, error) {
	p := &Persona{}
	if err := strict.Decode(name, text, p); err != nil {
		return nil, err
	}
	for i, pkg := range p.Packages {
		if slices.Equal(pkg.Privileged, []string{allRequests}) {
			p.Packages[i].Privileged = pkg.Requests
		}
	}
	if p.Name == "" {
		p.Name = strings.TrimSuffix(path.Base(name), ".yaml")
	}
	apps, err := Specimens()
	if err != nil {
		return nil, err
	}
	var faults []error
	var places *strict.Places // a persona without a fault is parsed once
	lint(p, apps, func(at, format string, args ...any) {
		switch {
		case len(faults) == mostFaults+1:
			return
		case len(faults) == mostFaults:
			faults = append(faults, fmt.Errorf("%s: and more faults", name))
			return
		case places == nil:
			places = strict.PlacesIn(name, text)
		}
		faults = append(faults, places.Find(at, format, args...))
	})
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	for i := range p.Packages {
		if strings.HasPrefix(p.Packages[i].Launcher, ".") { // short for a class of the package's own
			p.Packages[i].Launcher = p.Packages[i].Name + p.Packages[i].Launcher
		}
	}
	return p, nil
}
