package strict

import (
	"reflect"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// reading is a tree that is made fit for the type that it is to be read into.
type reading struct {
	file  string
	raw   []byte
	fault error // the first
}

// asWritten makes words of the numbers and the like of a tree that is to be read into
// type t, wherever t wants a word: the serial 0123456789 and the model 1.10 are what
// stands there, and not what YAML makes of them. What is empty stays empty. Where t wants
// a number it is to be the one that a person reads there.
func (r *reading) asWritten(n ast.Node, t reflect.Type) ast.Node {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if n == nil || readsItself(t) {
		return n
	}
	switch t.Kind() {
	case reflect.String:
		return word(n)
	case reflect.Slice, reflect.Array:
		if list, ok := n.(*ast.SequenceNode); ok {
			for i, item := range list.Values {
				list.Values[i] = r.asWritten(item, t.Elem())
			}
		}
	case reflect.Map:
		for _, e := range entriesOf(n) {
			if key, ok := r.asWritten(e.Key, t.Key()).(ast.MapKeyNode); ok {
				e.Key = key
			}
			e.Value = r.asWritten(e.Value, t.Elem())
		}
	case reflect.Struct:
		fields := fieldsOf(t)
		for _, e := range entriesOf(n) {
			if f, ok := fields[keyText(e)]; ok {
				e.Value = r.asWritten(e.Value, f)
			}
		}
	default:
		r.number(n, t)
	}
	return n
}

// number finds what the YAML library would make another number of than is written.
func (r *reading) number(n ast.Node, t reflect.Type) {
	var format string
	switch n.(type) {
	case *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		if t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64 {
			format = "here is %s; give " + wanted(t)
		}
	case *ast.IntegerNode:
		if eights.MatchString(n.GetToken().Value) {
			format = "%s begins with 0, which YAML reads in eights: take the 0 off"
		}
	}
	if at := n.GetToken(); format != "" && r.fault == nil && at.Position != nil {
		r.fault = Source{r.file, r.raw}.At(at.Position.Line, at.Position.Column, format, at.Value)
	}
}

// eights is a number of YAML 1.1 to the base of 8.
var eights = regexp.MustCompile(`^[-+]?0[0-9_]`)

// readsItself says whether a type takes its own text.
func readsItself(t reflect.Type) bool {
	switch reflect.New(t).Interface().(type) {
	case yaml.BytesUnmarshaler, yaml.InterfaceUnmarshaler:
		return true
	}
	return false
}

// word is a node as a word, where YAML takes it for a number, true or false.
func word(n ast.Node) ast.Node {
	switch v := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode, *ast.BoolNode:
		return ast.String(n.GetToken())
	case *ast.TagNode: // !!str 0123, or !!int 0123
		if w, ok := word(v.Value).(*ast.StringNode); ok && v.Value != ast.Node(w) {
			return w
		}
	}
	return n
}

// fieldsOf gives the types of a struct's fields by their YAML keys.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if key == "" {
			key = strings.ToLower(f.Name)
		}
		fields[key] = f.Type
	}
	return fields
}

// entriesOf gives a mapping's entries, or none where the node is no mapping.
func entriesOf(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func keyText(e *ast.MappingValueNode) string {
	if t := e.Key.GetToken(); t != nil {
		return t.Value
	}
	return ""
}
