package strict

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// inWords says what the YAML library found wrong in the words of whoever wrote the file.
func inWords(err yaml.Error, into reflect.Type) string {
	var (
		unknown  *yaml.UnknownFieldError
		mismatch *yaml.TypeError
		overflow *yaml.OverflowError
		node     *yaml.UnexpectedNodeTypeError
	)
	here := err.GetToken().Value
	switch {
	case errors.As(err, &unknown):
		return fmt.Sprintf("unknown key %q%s", here, Meant(here, keysOf(into)))
	case errors.As(err, &mismatch):
		return fmt.Sprintf("here is %s; give %s", isHere(mismatch.SrcType, here), wanted(mismatch.DstType))
	case errors.As(err, &overflow):
		return fmt.Sprintf("%s is out of range; give %s", overflow.SrcNum, wanted(overflow.DstType))
	case errors.As(err, &node):
		return fmt.Sprintf("here is %s; give %s", nodeName(node.Actual, here), nodeName(node.Expected, here))
	}
	return Syntax(err)
}

// Syntax says what is wrong with a text that is no YAML.
func Syntax(err yaml.Error) string {
	text := err.GetMessage()
	if strings.Contains(text, "\t") || strings.Contains(text, "tab character") {
		return "a tab, where YAML takes spaces only: put spaces in its place"
	}
	return text
}

// isHere names a value of the library's that stands where another kind is wanted.
func isHere(t reflect.Type, text string) string {
	switch t.Kind() {
	case reflect.Slice:
		return "a list"
	case reflect.Map:
		return "a mapping (key: value)"
	case reflect.String:
		return fmt.Sprintf("the word %q", text)
	}
	return text
}

// wanted names what a field of a type takes.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a word"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a mapping (key: value)"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number, 0 or more"
	}
	return "a whole number"
}

// nodeName names a kind of YAML's own.
func nodeName(n ast.NodeType, text string) string {
	switch n {
	case ast.MappingType, ast.MappingValueType:
		return "a mapping (key: value)"
	case ast.SequenceType:
		return "a list"
	case ast.StringType:
		return fmt.Sprintf("the word %q", text)
	case ast.NullType:
		return "nothing"
	}
	return text
}
