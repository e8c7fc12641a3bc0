package lab

import (
	"cmp"
	"fmt"
	"strings"

	"assay/harness/evidence"
	"assay/harness/observe"
)

// beside is what a bundle holds beside the stream of a log, and tells of it: the
// log's statistics, and the clock at its begin, at each step and at its end.
type beside struct {
	loss  *observe.LogLoss
	first *observe.LogLook
}

// besideOf reads it, for the stream of a log; nil for any other capture, and for
// a bundle that holds no statistics. What cannot be read says nothing.
func besideOf(dir string, m evidence.Manifest, stream evidence.Capture) *beside {
	if stream.Source != "logcat" || stream.Phase != evidence.During {
		return nil
	}
	var first, second *observe.LogLook
	begin, end := observe.ClockLook{}, observe.ClockLook{}
	var steps []observe.ClockLook
	var empties *observe.LogEmpties
	for _, c := range m.Captures {
		var look *observe.LogLook
		switch {
		case c.Source == "logcat-statistics" && c.Phase == evidence.Before:
			first = observe.NewLogLook(c)
			look, begin = first, observe.LookAt("the begin", c.Clock)
		case c.Source == "logcat-statistics":
			second = observe.NewLogLook(c)
			look, end = second, observe.LookAt("the end", c.Clock)
		case c.Source == "logcat-binary":
			empties = emptiesOf(dir, m, c)
			continue
		case c.Source != "steps":
			continue
		}
		_, err := Facts(dir, "", m, c, func(o observe.Observation) {
			if s, ok := o.Fact.(observe.Step); ok {
				steps = append(steps, observe.ClockLook{At: fmt.Sprintf("the end of step %d", s.Index), Booted: s.Booted})
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
	looks := append(append([]observe.ClockLook{begin}, steps...), end)
	loss := observe.NewLogLoss(first, second)
	loss.Empties, loss.Jumps = empties, observe.ClockJumps(looks)
	return &beside{loss, first}
}

// emptiesOf reads the log's binary form.
func emptiesOf(dir string, m evidence.Manifest, c evidence.Capture) *observe.LogEmpties {
	empties := observe.NewLogEmpties(c)
	r, err := Facts(dir, "", m, c, func(o observe.Observation) { empties.Add(o.Fact) })
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

// join enters what is told into what the stream itself covers.
func (b *beside) join(to *evidence.Coverage) {
	if b == nil {
		return
	}
	if b.loss.Off() {
		to.State, to.Reason = evidence.Truncated, "logd says that nothing was ever written to the log: it is switched off"
		return
	}
	reason, gaps := b.loss.Result()
	to.Gaps = append(to.Gaps, gaps...)
	var words []string
	for _, w := range append([]string{to.Reason, reason}, b.loss.Jumps...) {
		if w != "" {
			words = append(words, w)
		}
	}
	to.Reason = strings.Join(words, "; ")
}

// line takes one entry of the stream.
func (b *beside) line(l *observe.LogLine) {
	if b != nil {
		b.loss.Line(l)
	}
}
