package loss

import (
	"cmp"
	"fmt"
	"strings"

	"assay/harness/evidence"
	"assay/harness/observe"
	"assay/harness/observe/fact"
)

// Audit compares a stream of the log with what else the bundle tells of it: logd's
// statistics, and the handset's clock at the begin, at each step and at the end. A nil Audit
// is of a bundle that has none of it, and says nothing.
type Audit struct {
	loss  *comparison
	first *logLook
}

// AuditOf begins the audit of a capture of the bundle in dir. It is nil where the capture is
// no stream of the log, and where the bundle has no statistics. Statistics that cannot be
// read prove nothing.
func AuditOf(dir string, m evidence.Manifest, stream evidence.Capture) *Audit {
	if stream.Source != "logcat" || stream.Phase != evidence.During {
		return nil
	}
	var first, second *logLook
	begin, end := clockReading{}, clockReading{}
	var steps []clockReading
	var empties *emptyEntries
	for _, c := range m.Captures {
		var look *logLook
		switch {
		case c.Source == "logcat-statistics" && c.Phase == evidence.Before:
			first = newLogLook(c)
			look, begin = first, clockAt("the begin", c.Clock)
		case c.Source == "logcat-statistics":
			second = newLogLook(c)
			look, end = second, clockAt("the end", c.Clock)
		case c.Source == "logcat-binary":
			empties = emptiesOf(dir, m, c)
			continue
		case c.Source != "steps":
			continue
		}
		_, err := observe.ReadCapture(dir, "", m, c, func(o fact.Observation) {
			if s, ok := o.Fact.(fact.Step); ok {
				steps = append(steps, clockReading{At: fmt.Sprintf("the end of step %d", s.Index), Booted: s.Booted})
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
	looks := append(append([]clockReading{begin}, steps...), end)
	loss := newComparison(first, second)
	loss.Empties, loss.Jumps = empties, clockJumps(looks)
	return &Audit{loss, first}
}

// emptiesOf reads from the log's binary form which entries logcat prints no line for.
func emptiesOf(dir string, m evidence.Manifest, c evidence.Capture) *emptyEntries {
	empties := newEmptyEntries(c)
	r, err := observe.ReadCapture(dir, "", m, c, func(o fact.Observation) { empties.Add(o.Fact) })
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

// Join adds what the audit proves to the coverage of the stream.
func (a *Audit) Join(to *evidence.Coverage) {
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
func (a *Audit) Line(l *fact.LogLine) {
	if a != nil {
		a.loss.Line(l)
	}
}

// Since is the time of the entry from which the statistics count, as logcat -T takes it. It
// is empty where they do not say.
func (a *Audit) Since() string {
	if a.first == nil {
		return ""
	}
	return a.first.Since()
}

// Lacks says whether fewer entries have come than logd counted.
func (a *Audit) Lacks() bool { return a != nil && a.first != nil && a.loss.Missing() }
