// Package observe turns the bytes of a capture into facts. It is a pure function
// of those bytes: no handset, no clock, no order but theirs. A line is read, or
// known to be without interest, or counted as unread; none is dropped in silence.
package observe

import (
	"io"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// Input is what a parser is given.
type Input struct {
	Lines   *Lines
	Subject string // what the capture was asked about, where the print-out does not say
	SDK     int    // the handset's; 0 where it is not known
	Trimmed bool   // who took it cut its last line's end off: that line is whole
}

// Emit takes one fact and where it stands. A fact that is a pointer is the
// parser's to use again once Emit has returned: who keeps facts Keeps them.
type Emit func(fact.Fact, evidence.Span)

// Parser reads one source. Parse returns an error only where it cannot go on;
// the facts before it stand.
type Parser struct {
	Source string // the collector's name
	Parse  func(in Input, emit Emit) error
	Needs  string // AOSP file and releases whose print-outs it reads
}

// Reading is the account of every line that a parser was given.
type Reading struct {
	Lines    int               `json:"lines"`             // all
	Facts    int               `json:"facts"`             // emitted
	Skipped  int               `json:"skipped"`           // known to be without interest
	Unread   int               `json:"unread"`            // neither
	Apart    int               `json:"apart,omitempty"`   // of the unread: how many are certainly no entry of the list that it is
	Samples  []evidence.Span   `json:"samples,omitempty"` // the first few unread lines
	Coverage evidence.Coverage `json:"coverage"`          // what the print-out itself shows of its completeness
	Lacks    string            `json:"lacks,omitempty"`   // what a whole one of that release shows, and this does not, in words
	End      End               `json:"end,omitempty"`     // whether it shows its own end
	First    string            `json:"first,omitempty"`   // of one that is sorted: its first key
	Through  string            `json:"through,omitempty"` // of one that is sorted: its last key, or UID; all before it are there
	Holes    []Hole            `json:"holes,omitempty"`   // of one that is sorted: where unread lines stand that may be entries; the first few
}

// Hole is where a line stands in a sorted list that may be an entry and was not
// understood: what it says sorts between two keys that were.
type Hole struct {
	Behind string `json:"behind,omitempty"` // empty: nothing stands before it
	Before string `json:"before,omitempty"` // empty: nothing follows
	Text   string `json:"-"`                // the line, as the handset put it
}

// Complete says whether nothing in the print-out itself shows that it is not whole.
func (r Reading) Complete() bool { return r.Coverage.Complete() && r.Weakness() == "" }

// Weakness says in words what a print-out without a fault of its own lacks all the
// same, or "".
func (r Reading) Weakness() string {
	if r.Lacks != "" {
		return r.Lacks
	}
	if r.End == EndMissing {
		return "its end is missing"
	}
	return ""
}

// Read parses one capture's body with the parser of its source, and calls emit
// for each fact. A source without a parser reads as Unsupported.
func Read(source string, body io.Reader, in Input, emit Emit) (Reading, error) {
	parser, ok := Find(source)
	if !ok {
		return Reading{Coverage: evidence.Coverage{State: evidence.Unsupported, Reason: "no parser reads " + source}}, nil
	}
	in.Lines = NewLines(body)
	in.Lines.trimmed, in.Lines.watcher = in.Trimmed, newWatcher(source, in.SDK)
	defer in.Lines.release()
	facts := 0
	err := parser.Parse(in, func(f fact.Fact, s evidence.Span) {
		facts++
		in.Lines.watcher.fact(f)
		emit(f, s)
	})
	if err == nil {
		err = in.Lines.Err()
	}
	r := in.Lines.reading()
	r.Facts = facts
	if said := in.Lines.passed; said != "" && facts == 0 && r.Lacks != "" && r.Coverage.Complete() {
		r.Coverage = evidence.Coverage{State: evidence.StateOf(android.SaysPassedOver), Reason: said}
	}
	return r, err
}

// Find gives the parser of a source.
func Find(source string) (Parser, bool) {
	for _, p := range Parsers {
		if p.Source == source {
			return p, true
		}
	}
	return Parser{}, false
}
