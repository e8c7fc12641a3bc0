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
	"unicode/utf8"

	"github.com/agext/levenshtein"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
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

// Source is a file, and what it holds.
type Source struct {
	File string
	Raw  []byte
}

// At makes a fault of a place in the file; lines and columns begin at 1.
func (s Source) At(line, column int, format string, args ...any) *Fault {
	f := &Fault{File: s.File, Line: line, Column: column, Text: fmt.Sprintf(format, args...)}
	raw := s.Raw
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

// Decode reads raw, the text of file, into v, a pointer, if Check lets it through. Where
// v wants a word it is what is written, also where YAML would take it for a number. A
// file holds one document. The error is a *Fault where it has a place.
func Decode(file string, raw []byte, v any) error {
	if err := Check(file, raw); err != nil {
		return err
	}
	root, err := one(file, raw)
	if err == nil && root != nil && root.Type() != ast.NullType {
		r := reading{file: file, raw: raw}
		root = r.asWritten(root, reflect.TypeOf(v).Elem())
		if r.fault != nil {
			return r.fault
		}
		err = unharmed(func() error { return yaml.NodeToValue(root, v, yaml.Strict()) })
	}
	return placed(file, raw, err, reflect.TypeOf(v))
}

// one parses a file that holds one document; nil: it holds none.
func one(file string, raw []byte) (root ast.Node, err error) {
	if err := OneDocument(file, raw); err != nil {
		return nil, err
	}
	var tree *ast.File
	err = unharmed(func() (err error) {
		tree, err = parser.ParseBytes(raw, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	return bodyOf(tree), nil
}

// bodyOf gives the first document of a file that holds something; nil: none does.
func bodyOf(tree *ast.File) ast.Node {
	for _, d := range tree.Docs {
		if d.Body != nil && d.Body.Type() != ast.CommentType && d.Body.Type() != ast.DirectiveType {
			return d.Body
		}
	}
	return nil
}

// placed gives an error of the YAML library its place, and words of our own; into is
// what the file was read for.
func placed(file string, raw []byte, err error, into reflect.Type) error {
	var fault *Fault
	if err == nil || errors.As(err, &fault) {
		return err
	}
	var theirs yaml.Error
	if !errors.As(err, &theirs) || theirs.GetToken() == nil || theirs.GetToken().Position == nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	at := theirs.GetToken().Position
	return Source{file, raw}.At(at.Line, at.Column, "%s", inWords(theirs, into))
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
	if near := Nearest(word, slices.Sorted(slices.Values(known))); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// Nearest gives the known word that is nearest to what was written, the first of them
// where several are, or "" where none is near.
func Nearest(word string, known []string) string {
	best, distance := "", max(2, utf8.RuneCountInString(word)/3)+1
	for _, k := range known {
		d := levenshtein.Distance(strings.ToLower(word), strings.ToLower(k), nil)
		if d < distance && d < utf8.RuneCountInString(k) && k != word {
			best, distance = k, d
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
	return keys
}
