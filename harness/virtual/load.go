package virtual

import (
	"embed"
	"errors"
	"fmt"
	"path"
	"strings"

	"assay/harness/strict"
)

//go:embed personas
var personaFiles embed.FS

// Personas reads the personas that the binary carries, sorted by name.
func Personas() ([]*Persona, error) {
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
		p, err := LoadPersona(name, text)
		if err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	return found, nil
}

// LoadPersona reads one persona and checks that it makes sense. name is the
// file's, for messages. An unknown key or a value of the wrong type is told with
// file, line, column, the line itself with a caret, and a suggestion; what is
// well written but cannot be is told all at once, each at its place.
func LoadPersona(name string, text []byte) (*Persona, error) {
	p := &Persona{}
	if err := strict.Decode(name, text, p); err != nil {
		return nil, err
	}
	if p.Name == "" {
		p.Name = strings.TrimSuffix(path.Base(name), ".yaml")
	}
	apps, err := specimens()
	if err != nil {
		return nil, err
	}
	var faults []error
	lintPersona(p, apps, func(at, format string, args ...any) {
		faults = append(faults, strict.Find(name, text, at, format, args...))
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
