package judge

import (
	"fmt"

	"assay/harness/evidence"
	"assay/harness/leak"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Bounds of what is kept in memory of one case. The print-out of the corpus that
// holds the most facts, a dumpsys package, has 9,168; a real baseline about 30,000.
const (
	mostFacts       = 100_000 // of one capture
	mostFactsOfCase = 400_000
	mostSought      = 200 // identifiers of one handset that its log is searched for; a real one gives a dozen
)

// keeper keeps the facts of one capture, within bounds.
type keeper struct {
	to    *[]fact.Observation
	space int
	found *leak.Sum
	left  int // facts that had no room
}

func newKeeper(to *[]fact.Observation) *keeper {
	return &keeper{to: to, space: max(0, min(mostFacts, mostFactsOfCase-len(*to))), found: leak.NewSum()}
}

func (k *keeper) keep(o fact.Observation) {
	if k.space == 0 {
		k.left++
		return
	}
	k.space--
	o.Fact = fact.Keep(o.Fact)
	*k.to = append(*k.to, o)
}

// search looks for identifiers in one log entry.
func (k *keeper) search(s *leak.Scanner, line *fact.LogLine, o fact.Observation) {
	e := leak.Entry{PID: line.PID, UID: line.UID, Time: line.Time, Tag: line.Tag, Ref: o.Ref}
	s.Scan(line.Message, func(m leak.Match) { k.found.Add(m, e) })
}

// declare declares what was not kept: facts that had no room may be those that would
// have shown something; of log entries that are summed up, none is lost.
func (k *keeper) declare(c *evidence.Coverage, r *printout.Reading) {
	if k.left > 0 {
		c.State = evidence.Truncated
		c.Reason = fmt.Sprintf("%d of its facts had no room (%d of one capture, %d of a scenario are looked at)",
			k.left, mostFacts, mostFactsOfCase)
	}
	if n := k.found.Summed(); n > 0 {
		text := fmt.Sprintf("%d entries with identifiers are told in sums: more than %d values of one writer, or %d in all",
			n, leak.MostValues, leak.MostHits)
		for _, reason := range []*string{&c.Reason, &r.Coverage.Reason} {
			if *reason != "" {
				text = *reason + "; " + text
			}
			*reason = text
		}
	}
}
