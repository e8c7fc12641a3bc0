package strict

import (
	"github.com/goccy/go-yaml/scanner"
	"github.com/goccy/go-yaml/token"
)

// OneDocument refuses a text of which something stands in a second document: whoever
// reads one document would drop it in silence, and the YAML library drops all that comes
// after two --- in a row. The error is a *Fault. What is no YAML is left for the parser
// to tell; Check has let the text through.
func OneDocument(file string, raw []byte) error {
	var s scanner.Scanner
	s.Init(string(raw))
	var d documents
	for {
		tokens, err := s.Scan()
		for _, t := range tokens {
			if d.second(t) {
				return Source{file, raw}.At(t.Position.Line, t.Position.Column, "second document; a file holds one: make a file of its own of it")
			}
		}
		if err != nil {
			return nil
		}
	}
}

// documents follows a text's tokens through its documents.
type documents struct {
	headers   int
	filled    bool // something stands in the document
	directive int  // the line of the last %
	over      bool // a document that holds something has ended
}

// second says whether a token is something, and stands in a second document.
func (d *documents) second(t *token.Token) bool {
	switch {
	case t.Type == token.CommentType || t.Type == token.InvalidType || t.Position == nil:
	case t.Type == token.DirectiveType:
		d.directive = t.Position.Line
	case d.directive == t.Position.Line:
	case t.Type == token.DocumentHeaderType:
		d.headers++
		d.over = d.over || d.filled || d.headers > 1
	case t.Type == token.DocumentEndType:
		d.over = d.over || d.filled
	default:
		d.filled = true
		return d.over
	}
	return false
}
