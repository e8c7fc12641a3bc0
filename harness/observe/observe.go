// Package observe turns the bytes of a capture into facts. It is a pure function
// of those bytes: no handset, no clock, no order but theirs. A line is read, or
// known to be without interest, or counted as unread; none is dropped in silence.
package observe

import (
	"io"

	"assay/harness/evidence"
	"assay/harness/observe/printout"
)

// Read parses one capture's body with the parser of its source, and calls emit
// for each fact. A source without a parser reads as Unsupported.
func Read(source string, body io.Reader, in printout.Input, emit printout.Emit) (printout.Reading, error) {
	parser, ok := Find(source)
	if !ok {
		return printout.Reading{Coverage: evidence.Coverage{State: evidence.Unsupported, Reason: "no parser reads " + source}}, nil
	}
	return parser.Read(body, leasts[source], in, emit)
}

// Find gives the parser of a source.
func Find(source string) (printout.Parser, bool) {
	for _, p := range Parsers {
		if p.Source == source {
			return p, true
		}
	}
	return printout.Parser{}, false
}
