// Package finding holds the rules: claims that a handset's print-outs bear out,
// contradict, or leave unknown. A rule sees facts and coverage, never a handset.
package finding

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/leak"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Verdict answers a claim. The zero value is Unknown.
type Verdict int

// Verdicts.
const (
	Unknown Verdict = iota
	Clear
	Flagged
	NotApplicable
)

var verdictNames = [...]string{"Unknown", "Clear", "Flagged", "n.a."}

// String gives the word that reports print.
func (v Verdict) String() string { return verdictNames[v] }

// MarshalText writes the verdict as its word.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads the word back.
func (v *Verdict) UnmarshalText(text []byte) error {
	for i, name := range verdictNames {
		if name == string(text) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("unknown verdict %q", text)
}

// Scope says which cases a rule is asked of.
type Scope int

// Scopes.
const (
	PerScenario Scope = iota // each attempt: what happened
	PerHandset               // the baseline: what the handset is
)

// Rule is one claim. ID, Title, Why, Remedy, Severity and References are fixed; only a
// finding's Detail and Grounds vary.
type Rule struct {
	ID          string   // the claim: no-background-location
	Title       string   // a sentence
	Why         string   // what it means for the owner
	Remedy      string   // what the maker can do
	Severity    Severity // of what it flags
	SeverityWhy string   // why it is that severe
	References  []string // IS 17737-4, ETSI TS 103 732-4, OWASP MASVS-PRIVACY, Android CDD
	Scope       Scope
	From        int // the first SDK to which the claim can apply; 0: every one
	// Needs are the sources without which the verdict is Unknown. Each must be
	// completely covered in the case.
	Needs []Need
	// Check returns what it found: flagged findings; or a clear one, with the
	// grounds that were searched; or unknown ones, each with its reason. Nothing
	// means clear, with the captures of Needs as grounds.
	Check func(c *Case) []Finding
}

// Need is a source that a rule rests on.
type Need struct {
	Source string
	Phase  evidence.Phase // empty: any
	// From and To are the SDKs on which the rule rests on the source; To 0: no end.
	From, To int
	// Named says that the rule looks facts up by name and says Unknown itself
	// where one is not there, so that lines nobody understood do not weaken it.
	Named bool
	// Reads is instead, of a source that is sorted by key, what the rule reads of it,
	// whether it is there or not. A print-out that begins before all of that and goes
	// on behind it shows it, wherever it ends; a line nobody understood weakens it
	// where it may be some of it.
	Reads reads
	// Excerpt is what a person's excerpt of an imported print-out must hold for the rule
	// to rest on it; empty: on none.
	Excerpt []string
}

// Finding is a rule's answer about one package, or about the handset.
type Finding struct {
	ID       string          `json:"id"`
	Rule     string          `json:"rule"`
	Handset  android.Handset `json:"handset"`
	Scenario string          `json:"scenario"`
	Repeat   int             `json:"repeat"`
	Package  android.Package `json:"package,omitempty"` // empty: the handset as a whole
	Verdict  Verdict         `json:"verdict"`
	Severity Severity        `json:"severity,omitempty"` // of a Flagged one: the rule's, unless it is another here
	Detail   string          `json:"detail"`             // one sentence
	ToKnow   string          `json:"to_know,omitempty"`  // of an Unknown one: what a person can do about it
	Grounds  []evidence.Ref  `json:"grounds"`

	fact string // what Detail tells, less what differs from run to run; empty: Detail
}

// identify gives the finding an ID that is the same whenever the same evidence
// is judged, and for the same fact in another run: the reason why something is
// unknown, or clear, may name a process, a size or a number of looks, which is
// another each time.
func (f *Finding) identify() {
	fact := cmp.Or(f.fact, f.Detail)
	if f.Verdict == Unknown || f.Verdict == Clear {
		fact = digits.ReplaceAllString(fact, "#")
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d\x00%s\x00%d\x00%s",
		f.Rule, f.Handset.Serial, f.Scenario, f.Repeat, f.Package, f.Verdict, fact))
	f.ID = "F" + hex.EncodeToString(sum[:5])
}

var digits = regexp.MustCompile("[0-9]+")

// Covered is what one capture saw.
type Covered struct {
	Source   string            `json:"source"`
	Subject  string            `json:"subject,omitempty"`
	Phase    evidence.Phase    `json:"phase"`
	Coverage evidence.Coverage `json:"coverage"`
	Reading  printout.Reading  `json:"reading"`
	Ref      evidence.Ref      `json:"ref"` // the whole body
}

// Case is all that one attempt saw, with the baseline of its handset.
type Case struct {
	Handset      android.Handset
	Scenario     string
	Repeat       int
	Subject      android.Package    // of the scenario, where it has one
	Taken        time.Time          // host clock: the start of the attempt's first capture
	Observations []fact.Observation // the baseline's, then the attempt's; no log lines
	Coverage     []Covered          // of both
	Hits         []leak.Hit         // in the attempt's log
	Clock        *evidence.Clock    // of the attempt; nil where the handset's could not be read

	derived derived // from the fields above
}
