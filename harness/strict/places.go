package strict

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Places finds where values stand in one file, which is parsed once however many
// are looked for.
type Places struct {
	file string
	raw  []byte
	root ast.Node                         // nil where the file does not parse
	keys map[ast.Node]map[string]ast.Node // values of the mappings that were looked into
}

// PlacesIn parses raw, the text of file, which Check has let through.
func PlacesIn(file string, raw []byte) *Places {
	p := &Places{file: file, raw: raw, keys: map[ast.Node]map[string]ast.Node{}}
	_ = unharmed(func() error {
		tree, err := parser.ParseBytes(raw, 0, parser.AllowDuplicateMapKey())
		if err != nil {
			return err // then nothing has a place
		}
		p.root = bodyOf(tree)
		return nil
	})
	return p
}

// Has says whether the file is a mapping that has a key.
func (p *Places) Has(key string) bool {
	_, ok := p.valuesOf(p.root)[key]
	return ok
}

// Written says whether the file has a value at a YAML path.
func (p *Places) Written(path string) bool {
	at, rest := p.follow(path)
	return at != nil && rest == 0
}

// Empty says whether the file holds nothing.
func (p *Places) Empty() bool { return p.root == nil || p.root.Type() == ast.NullType }

// Find makes a fault of the value at a YAML path such as $.devices[1].serial, or
// of the nearest thing above it that the file has.
func (p *Places) Find(path, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	at := p.nearest(path)
	if at == nil || at.GetToken() == nil || at.GetToken().Position == nil {
		return fmt.Errorf("%s: %s", p.file, text)
	}
	place := at.GetToken().Position
	return Source{p.file, p.raw}.At(place.Line, place.Column, "%s", text)
}

// nearest follows a path as far as the file goes along; nil where it has not even
// the first step.
func (p *Places) nearest(path string) ast.Node {
	found, _ := p.follow(path)
	return found
}

// follow is nearest, and says how many steps of the path the file has not.
func (p *Places) follow(path string) (found ast.Node, rest int) {
	text := strings.NewReplacer("[", ".[", "]", "").Replace(strings.TrimPrefix(path, "$"))
	steps := strings.Split(strings.TrimPrefix(text, "."), ".")
	at := p.root
	for i, step := range steps {
		next := p.step(at, step)
		if next == nil {
			return found, len(steps) - i
		}
		found, at = next, next
	}
	return found, 0
}

// step gives the value of one key, or with [ in front of one index; or nil.
func (p *Places) step(at ast.Node, step string) ast.Node {
	index, ok := strings.CutPrefix(step, "[")
	if !ok {
		return p.valuesOf(at)[step]
	}
	items, isList := at.(*ast.SequenceNode)
	i, err := strconv.Atoi(index)
	if !isList || err != nil || i < 0 || i >= len(items.Values) {
		return nil
	}
	return items.Values[i]
}

// valuesOf gives a mapping's values by key.
func (p *Places) valuesOf(at ast.Node) map[string]ast.Node {
	known, seen := p.keys[at]
	if seen {
		return known
	}
	entries := entriesOf(at)
	known = make(map[string]ast.Node, len(entries))
	for _, e := range entries {
		if t := e.Key.GetToken(); t != nil {
			known[t.Value] = e.Value
		}
	}
	p.keys[at] = known
	return known
}
