package strict

import (
	"fmt"

	"github.com/goccy/go-yaml/token"
)

// nesting follows a file's tokens through its lists and mappings.
type nesting struct {
	open      []collection
	aliases   bool // they are nobody's business here
	flows     int  // of open: those in brackets or braces
	documents int
	at        *token.Token // where what was told stands
	all       int          // entries of the whole file
}

// collection is a list or a mapping that has begun and not yet ended.
type collection struct {
	kind    kind
	column  int // of its entries, in block style
	entries int
}

type kind int

const (
	list kind = iota
	mapping
	flow // a list or a mapping in brackets or braces
)

// token takes the next token, and says what is wrong with it, or "".
func (n *nesting) token(t, before *token.Token) string {
	n.at = t
	switch t.Type {
	case token.AnchorType:
		if n.aliases {
			return ""
		}
		return "an anchor (&) is not taken: write the value out at each place"
	case token.AliasType:
		if n.aliases {
			return ""
		}
		return "an alias (*) is not taken: write the value out at each place; a value that begins with * stands in quotes"
	case token.DocumentHeaderType:
		n.open, n.flows = n.open[:0], 0
		n.documents++
		return n.count(n.documents, "documents")
	case token.SequenceStartType, token.MappingStartType:
		n.open = append(n.open, collection{kind: flow, entries: 1})
		n.flows++
		return n.deep()
	case token.SequenceEndType, token.MappingEndType:
		n.close()
	case token.CollectEntryType:
		return n.item()
	case token.SequenceEntryType:
		return n.entry(list, t)
	case token.MappingKeyType:
		return n.entry(mapping, t)
	case token.MappingValueType:
		if before == nil || before.Position == nil || before.Position.Line != t.Position.Line {
			return n.entry(mapping, t) // its key ended on a line before, or is none
		}
		return n.entry(mapping, before)
	}
	return ""
}

// close ends the innermost collection in brackets or braces.
func (n *nesting) close() {
	if n.flows == 0 {
		return // one too many: the parser says so
	}
	n.flows--
	n.open = n.open[:len(n.open)-1]
}

// item counts what follows a comma.
func (n *nesting) item() string {
	if n.flows == 0 {
		return ""
	}
	last := &n.open[len(n.open)-1]
	last.entries++
	return n.count(last.entries, "entries of one list or mapping")
}

// entry counts an item or a key in block style, which opens a list or a mapping
// where none is open at its column. Within brackets and braces commas are counted.
func (n *nesting) entry(k kind, at *token.Token) string {
	if n.flows > 0 {
		return ""
	}
	n.at = at
	column := at.Position.Column
	for len(n.open) > 0 {
		last := n.open[len(n.open)-1]
		// The items of a mapping's list may stand at the column of its keys.
		if last.column < column || last.column == column && (last.kind == k || k == list) {
			break
		}
		n.open = n.open[:len(n.open)-1]
	}
	if last := len(n.open) - 1; last < 0 || n.open[last].column < column || n.open[last].kind != k {
		n.open = append(n.open, collection{kind: k, column: column})
		if text := n.deep(); text != "" {
			return text
		}
	}
	last := &n.open[len(n.open)-1]
	last.entries++
	return n.count(last.entries, "entries of one list or mapping")
}

func (n *nesting) deep() string {
	if len(n.open) <= MostDepth {
		return ""
	}
	return fmt.Sprintf("lists and mappings stand in one another more than %d deep: write it flatter", MostDepth)
}

// count says whether one more is too many, of its own collection or of the file.
func (n *nesting) count(entries int, what string) string {
	n.all++
	switch {
	case entries > MostEntries:
		return fmt.Sprintf("more than %d %s: split the file", MostEntries, what)
	case n.all > mostInAll:
		return fmt.Sprintf("more than %d entries in all: split the file", mostInAll)
	}
	return ""
}
