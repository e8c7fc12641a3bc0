package observe

import (
	"cmp"
	"fmt"
	"strings"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// LogAudit is what a bundle holds beside the stream of a log, and tells of it: the
// log's statistics, and the clock at its begin, at each step and at its end. nil is of
// what has none, and tells nothing.
type LogAudit struct {
	loss  *LogLoss
	first *LogLook
}

// AuditLog reads it, for the stream of a log; nil for any other capture, and for
// a bundle that holds no statistics. What cannot be read says nothing.
func AuditLog(dir string, m evidence.Manifest, stream evidence.Capture) *LogAudit {
	if stream.Source != "logcat" || stream.Phase != evidence.During {
		return nil
	}
	var first, second *LogLook
	begin, end := ClockLook{}, ClockLook{}
	var steps []ClockLook
	var empties *LogEmpties
	for _, c := range m.Captures {
		var look *LogLook
		switch {
		case c.Source == "logcat-statistics" && c.Phase == evidence.Before:
			first = NewLogLook(c)
			look, begin = first, LookAt("the begin", c.Clock)
		case c.Source == "logcat-statistics":
			second = NewLogLook(c)
			look, end = second, LookAt("the end", c.Clock)
		case c.Source == "logcat-binary":
			empties = emptiesOf(dir, m, c)
			continue
		case c.Source != "steps":
			continue
		}
		_, err := ReadCapture(dir, "", m, c, func(o fact.Observation) {
			if s, ok := o.Fact.(fact.Step); ok {
				steps = append(steps, ClockLook{At: fmt.Sprintf("the end of step %d", s.Index), Booted: s.Booted})
				return
			}
			look.Add(o.Fact)
		})
		if err != nil && look != nil {
			look.Why = err.Error()
		}
	}
	if first == nil && second == nil {
		return nil
	}
	looks := append(append([]ClockLook{begin}, steps...), end)
	loss := NewLogLoss(first, second)
	loss.Empties, loss.Jumps = empties, ClockJumps(looks)
	return &LogAudit{loss, first}
}

// emptiesOf reads the log's binary form.
func emptiesOf(dir string, m evidence.Manifest, c evidence.Capture) *LogEmpties {
	empties := NewLogEmpties(c)
	r, err := ReadCapture(dir, "", m, c, func(o fact.Observation) { empties.Add(o.Fact) })
	switch {
	case err != nil:
		empties.Lacks(err.Error())
	case !r.Complete():
		empties.Lacks(cmp.Or(r.Coverage.Reason, r.Weakness()))
	case r.Unread > 0:
		empties.Lacks("some of it could not be read")
	}
	return empties
}

// Join enters what is told into what the stream itself covers.
func (a *LogAudit) Join(to *evidence.Coverage) {
	if a == nil {
		return
	}
	if a.loss.Off() {
		to.State, to.Reason = evidence.Truncated, "logd says that nothing was ever written to the log: it is switched off"
		return
	}
	reason, gaps := a.loss.Result()
	to.Gaps = append(to.Gaps, gaps...)
	var words []string
	for _, w := range append([]string{to.Reason, reason}, a.loss.Jumps...) {
		if w != "" {
			words = append(words, w)
		}
	}
	to.Reason = strings.Join(words, "; ")
}

// Line takes one entry of the stream.
func (a *LogAudit) Line(l *fact.LogLine) {
	if a != nil {
		a.loss.Line(l)
	}
}

// Since is the entry of the log from which its statistics count, in logcat's -T form; "":
// they do not say.
func (a *LogAudit) Since() string {
	if a.first == nil {
		return ""
	}
	return a.first.Since()
}

// Lacks says whether less has come through the stream than logd says was written.
func (a *LogAudit) Lacks() bool { return a != nil && a.first != nil && a.loss.Missing() }
