package device

import (
	"encoding/json"
	"time"

	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Steps reads what the harness itself did.
var Steps = printout.Parser{
	Source: "steps",
	Parse:  parseSteps,
	Needs:  "the harness itself: one Step a line, as JSON",
}

// parseSteps reads what the harness wrote of its own steps. A line that is no step, or that
// does not say what was done or when, is unread.
func parseSteps(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	for l.Next() {
		t := l.Text()
		if len(t) == 0 || t[0] != '{' {
			continue
		}
		var s fact.Step
		if err := json.Unmarshal(t, &s); err != nil || s.Verb == "" || s.Started.Equal(time.Time{}) {
			continue
		}
		l.Read()
		emit(s, l.Span())
	}
	return nil
}
