package strict

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Setting is one key of a file of settings, with its value as it is written.
type Setting struct {
	Key          string
	Words        []string // one, or those of a list
	List         bool
	Line, Column int // of the value, from 1
	KeyLine      int
	KeyColumn    int
}

// Settings reads a file that is one mapping of keys to words or to lists of words, in
// the order of the file. The error joins a *Fault for each value that is none.
func Settings(file string, raw []byte) ([]Setting, error) {
	if err := Check(file, raw); err != nil {
		return nil, err
	}
	root, err := one(file, raw)
	if err != nil {
		return nil, placed(file, raw, err, nil)
	}
	if root == nil || root.Type() == ast.NullType {
		return nil, nil
	}
	entries := entriesOf(root)
	if entries == nil && root.Type() != ast.MappingType {
		line, column := placeIn(root)
		return nil, Source{file, raw}.At(line, column, "here is no mapping: give lines of the form flag: value")
	}
	all := make([]Setting, 0, len(entries))
	for _, e := range entries {
		s, what := settingOf(e)
		if what != "" {
			return nil, Source{file, raw}.At(s.Line, s.Column, "%s: %s", s.Key, what)
		}
		all = append(all, s)
	}
	return all, nil
}

// settingOf reads one key, or says what is wrong with its value.
func settingOf(e *ast.MappingValueNode) (s Setting, what string) {
	s.Key = strings.ToLower(keyText(e))
	s.KeyLine, s.KeyColumn = placeIn(e.Key)
	s.Line, s.Column = placeIn(e.Value)
	items := []ast.Node{e.Value}
	if list, ok := e.Value.(*ast.SequenceNode); ok {
		items, s.List = list.Values, true
	}
	for _, item := range items {
		switch w := word(item).(type) {
		case *ast.StringNode:
			s.Words = append(s.Words, w.Value)
		case *ast.LiteralNode:
			s.Words = append(s.Words, strings.TrimSuffix(w.Value.Value, "\n"))
		case *ast.NullNode:
			return s, "here is no value: give one, or take the key out"
		default:
			return s, fmt.Sprintf("here is %s; give a word, a number, or a list of them", nodeName(item.Type(), item.GetToken().Value))
		}
	}
	return s, ""
}

// placeIn gives where a node begins, or the file does.
func placeIn(n ast.Node) (line, column int) {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line, t.Position.Column
	}
	return 1, 1
}
