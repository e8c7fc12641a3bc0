// Package observe turns the bytes of a capture into facts. The result depends on those
// bytes alone: no handset is asked, no clock is read, and facts come in the order of the
// lines that they were read from.
//
// [Parsers] lists every parser by its source. [Read] finds the one of a source and gives it
// a print-out; [ReadCapture] does so with a capture of a bundle, and checks that its bytes
// are those that were recorded. Both give a printout.Reading, the account of every line: it
// was read, or skipped as one without interest, or it counts as unread. No line is dropped
// without being counted.
//
// The parsers stand in rooms of their own, by what they tell: packages, use, background, log,
// device, network. What facts there are, package fact says; what parsers share stands in
// package printout. The table leasts, here, has what a whole print-out of each source shows
// on every handset, so that a part of one never passes for a whole one.
package observe

import (
	"io"

	"assay/harness/evidence"
	"assay/harness/observe/printout"
)

// Read parses a print-out with the parser of its source, and calls emit for each fact. The
// coverage of a source without a parser is Unsupported.
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
