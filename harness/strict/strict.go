// Package strict reads the YAML files that people write. A key that nobody
// knows, or a value of the wrong type, is told with file, line, column, the line
// itself with a caret, and the word that was probably meant.
package strict

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/goccy/go-yaml"
)

// Fault is what is wrong at one place of a file. Line and Column count from 1.
type Fault struct {
	File         string
	Line, Column int
	Text         string
	Source       string // the line, as it stands in the file
}

// Error gives file:line:column, what is wrong, and the line with a caret.
func (f *Fault) Error() string {
	head := fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Text)
	if f.Source == "" {
		return head
	}
	return head + "\n  " + f.Source + "\n  " + strings.Repeat(" ", max(f.Column-1, 0)) + "^"
}

// At makes a fault of a place in a file.
func At(file string, raw []byte, line, column int, format string, args ...any) *Fault {
	f := &Fault{File: file, Line: line, Column: column, Text: fmt.Sprintf(format, args...)}
	for range line - 1 {
		end := bytes.IndexByte(raw, '\n')
		if end < 0 {
			return f
		}
		raw = raw[end+1:]
	}
	source, _, _ := bytes.Cut(raw, []byte("\n"))
	if len(source) <= longestSource { // a line that no terminal shows helps nobody
		f.Source = strings.ReplaceAll(string(bytes.TrimRight(source, "\r")), "\t", " ")
	}
	return f
}

// longestSource is the longest line that is shown with its fault, bytes.
const longestSource = 400

// Decode reads raw, the text of file, into v, a pointer, if Check lets it through.
// The error is a *Fault where it has a place.
func Decode(file string, raw []byte, v any) error {
	if err := Check(file, raw); err != nil {
		return err
	}
	err := unharmed(func() error { return yaml.UnmarshalWithOptions(raw, v, yaml.Strict()) })
	if err == nil {
		return nil
	}
	var fault yaml.Error
	if !errors.As(err, &fault) || fault.GetToken() == nil || fault.GetToken().Position == nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	at, message := fault.GetToken().Position, fault.GetMessage()
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		message = fmt.Sprintf("unknown key %q%s", fault.GetToken().Value, Meant(fault.GetToken().Value, keysOf(reflect.TypeOf(v))))
	}
	return At(file, raw, at.Line, at.Column, "%s", message)
}

// unharmed makes a panic of the YAML library an error: some texts that are no YAML
// bring it to one.
func unharmed(read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("unreadable YAML: the parser gives up (%v); look at its quotes, !, | and >", p)
		}
	}()
	return read()
}

// Meant gives "; did you mean "x"?" for the known word nearest to a misspelt
// one, or "".
func Meant(word string, known []string) string {
	best, least := "", 4
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := levenshtein.Distance(strings.ToLower(word), strings.ToLower(k), nil); d < least && d < max(len(word), 2) && k != word {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
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
	return keys
}
