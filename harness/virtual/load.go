package virtual

import (
	"embed"
	"errors"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/goccy/go-yaml"
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
// well written but cannot be is told all at once.
func LoadPersona(name string, text []byte) (*Persona, error) {
	p := &Persona{}
	if err := strictYAML(name, text, p); err != nil {
		return nil, err
	}
	if p.Name == "" {
		p.Name = strings.TrimSuffix(path.Base(name), ".yaml")
	}
	apps, err := specimens()
	if err != nil {
		return nil, err
	}
	if faults := lintPersona(p, apps); len(faults) > 0 {
		for i, f := range faults {
			faults[i] = fmt.Errorf("%s: %w", name, f)
		}
		return nil, errors.Join(faults...)
	}
	for i := range p.Packages {
		if strings.HasPrefix(p.Packages[i].Launcher, ".") { // short for a class of the package's own
			p.Packages[i].Launcher = p.Packages[i].Name + p.Packages[i].Launcher
		}
	}
	return p, nil
}

// strictYAML reads text into v. Its error carries file, line, column, the line
// with a caret under the place, and for an unknown key the nearest known one.
func strictYAML(name string, text []byte, v any) error {
	err := yaml.UnmarshalWithOptions(text, v, yaml.Strict())
	if err == nil {
		return nil
	}
	var fault yaml.Error
	if !errors.As(err, &fault) || fault.GetToken() == nil || fault.GetToken().Position == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	at, message := fault.GetToken().Position, fault.GetMessage()
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		message = fmt.Sprintf("unknown key %q", fault.GetToken().Value)
		if near := nearest(fault.GetToken().Value, keysOf(reflect.TypeOf(v))); near != "" {
			message += fmt.Sprintf("; did you mean %q?", near)
		}
	}
	return fmt.Errorf("%s:%d:%d: %s\n%s", name, at.Line, at.Column, message, caret(text, at.Line, at.Column))
}

// caret shows a line and points at one of its columns, both counted from 1.
func caret(text []byte, line, column int) string {
	lines := strings.Split(string(text), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	shown := strings.ReplaceAll(strings.TrimRight(lines[line-1], "\r"), "\t", " ")
	return "  " + shown + "\n  " + strings.Repeat(" ", max(column-1, 0)) + "^"
}

// nearest picks the known word that a misspelt one was meant to be, or "".
func nearest(word string, known []string) string {
	best, least := "", 4
	for _, k := range known {
		if d := levenshtein.Distance(word, k, nil); d < least && d < max(len(word), 2) {
			best, least = k, d
		}
	}
	return best
}

// keysOf lists the YAML keys of a type and of all types in it.
func keysOf(t reflect.Type) []string {
	var keys []string
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(t.Elem())
		case reflect.Struct:
			if seen[t] {
				return
			}
			seen[t] = true
			for i := range t.NumField() {
				tag, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
				if tag != "" && tag != "-" {
					keys = append(keys, tag)
				}
				walk(t.Field(i).Type)
			}
		}
	}
	walk(t)
	slices.Sort(keys)
	return slices.Compact(keys)
}
