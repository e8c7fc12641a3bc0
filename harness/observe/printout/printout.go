// Package printout is what all parsers of print-outs share.
//
// A [Parser] reads one source, such as dumpsys appops. It is given [Lines], which hold
// one line at a time and keep the account: of each line the parser says that it has read
// it, or that it skips it, because it is known to be without interest. Any other line
// counts as unread, and none is lost. What came of it all is a [Reading].
//
// A print-out that stops early must not pass for a quiet handset. [Least] is what a whole
// one shows, and the Reading says what of that is missing. A line that Android prints in
// place of a print-out, such as a refusal, is known to [Lines.Settle].
//
// The rest are small readers: of words ([Word], [Indent], [Between]), of key=value pairs
// ([Value], [QuotedValue]), of numbers and times ([Number], [Duration]), of JSON
// ([WalkJSON]). They give parts of the line, without a copy; [Names] and [Texts] make the
// strings that facts keep.
package printout

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

// Emit takes one fact and where it stands. A parser uses the memory of a fact that is a
// pointer again once Emit has returned: whoever wants to have it longer calls fact.Keep.
type Emit func(fact.Fact, evidence.Span)

// Parser reads one source. Parse returns an error only where it cannot go on;
// the facts before it stand.
type Parser struct {
	Source string // the collector's name
	Parse  func(in Input, emit Emit) error
	Needs  string // AOSP file and releases whose print-outs it reads
}

// Read parses one print-out and calls emit for each fact. The Reading says what is
// missing of that which a whole print-out shows.
func (p Parser) Read(body io.Reader, least Least, in Input, emit Emit) (Reading, error) {
	in.Lines = NewLines(body)
	in.Lines.trimmed, in.Lines.watcher = in.Trimmed, newWatcher(least, in.SDK)
	defer in.Lines.release()
	facts := 0
	err := p.Parse(in, func(f fact.Fact, s evidence.Span) {
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

// Complete says whether the print-out is whole, as far as it can show that itself.
func (r Reading) Complete() bool { return r.Coverage.Complete() && r.Weakness() == "" }

// Weakness says in words what is missing in the print-out, or "". It is apart from the
// coverage, which tells of faults: a refusal, a cut.
func (r Reading) Weakness() string {
	if r.Lacks != "" {
		return r.Lacks
	}
	if r.End == EndMissing {
		return "its end is missing"
	}
	return ""
}

// Hole is a place in a sorted list where a line stands that was not understood and may
// be an entry. Its key lies between those of the entries around it.
type Hole struct {
	Behind string `json:"behind,omitempty"` // the key before it; empty: there is none
	Before string `json:"before,omitempty"` // the key that follows; empty: there is none
	Text   string `json:"-"`                // the line, as the handset put it
}
