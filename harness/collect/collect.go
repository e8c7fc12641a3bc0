// Package collect takes captures: it runs a command on a handset, puts what the
// handset prints on disk, and says whether that is all of it. It interprets
// nothing else; what a print-out means is for observe.
package collect

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
)

// When says at which moments a collector is asked.
type When int

// Moments. A collector may have several.
const (
	Probe    When = 1 << iota // once per handset and build, before anything else
	Baseline                  // once per handset and run
	Before                    // before a scenario's first step
	Stream                    // from before the first step until after the last
	Sample                    // again and again between steps and while waiting
	After                     // after a scenario's last step
	Dialog                    // while a dialog stands in front
	Beside                    // of a stream: once it has begun, and before it ends
	Missing                   // of a stream of which entries did not come; the subject is from when
)

// About says what a collector is asked about.
type About int

// Subjects.
const (
	Handset  About = iota // the handset as a whole
	Packages              // preinstalled packages in the baseline, the scenario's own elsewhere
)

// Collector is one signal, as a row of data.
type Collector struct {
	Name  string // the source, by which observe finds its parser
	When  When
	About About
	Needs []Need // of the handset; where the probe shows that it has none, it is not asked
	Forms []Form // the first that serves the handset and is not refused is used
	// Whole looks at the first and last bytes of a print-out and gives the reason
	// why it cannot be all of it, or "".
	Whole  func(head, tail []byte) string
	Total  time.Duration // deadline for the whole command; 0: two minutes
	Limit  int64         // most bytes that it may print; 0: by the largest that is known (Most)
	Binary bool          // what it prints is no text: no terminal may stand between
}

// Form is one way to ask, with the releases that understand it.
type Form struct {
	From, To int      // SDKs; To 0: no end
	Argv     []string // {} stands for the subject
	Script   string   // instead of Argv: a line for the handset's sh, where {} stands for the subjects, quoted
	Needs    []Need   // of the handset, beyond what its collector needs
}

// Serves says whether an SDK understands the form; 0, not known, tries it.
func (f Form) Serves(sdk int) bool {
	return sdk == 0 || sdk >= f.From && (f.To == 0 || sdk <= f.To)
}

// Serves says whether any form of the collector serves an SDK.
func (c Collector) Serves(sdk int) bool {
	return slices.ContainsFunc(c.Forms, func(f Form) bool { return f.Serves(sdk) })
}

// Open gives the call of the first form that serves an SDK and that the handset
// is not known to lack, for a stream; or else of the last that serves it.
func (c Collector) Open(sdk int, known *Known) Call {
	var call Call
	for _, f := range c.Forms {
		if !f.Serves(sdk) {
			continue
		}
		call = f.call(Request{Collector: c})
		if known.lacks(f.Needs) == "" {
			break
		}
	}
	return call
}

// Forever is the deadline of a call that ends when it is told to: a stream.
const Forever time.Duration = -1

// Call is what a Shell is asked to run.
type Call struct {
	Argv   []string // Script is empty
	Script string   // Argv is empty
	Stdout io.Writer
	Total  time.Duration
	Limit  int64 // most bytes of output
	Binary bool  // every byte must come as it is, also from a handset without shell v2
	// Again empties Stdout, for a shell that asks anew: no collector changes anything.
	// nil: it is asked once.
	Again func() error
}

// Result is how a command ended. Exit is nil where the shell told none.
type Result struct {
	Exit    *int
	Stderr  string
	Err     error // the transport's, or a deadline's; nil for any exit status
	Timeout bool  // Err is a deadline that passed
	Cut     bool  // Err is that more was printed than the limit
}

// Shell runs one command on one handset.
type Shell interface {
	Run(ctx context.Context, call Call) Result
}

const defaultTotal = 2 * time.Minute

// Recorder makes recordings: an evidence bundle.
type Recorder interface {
	Begin(c evidence.Capture) (*evidence.Recording, error)
}

// Request is one capture to be taken.
type Request struct {
	Collector Collector
	SDK       int
	Subjects  []string // one, or several where the form is a script
	Phase     evidence.Phase
	Clock     *evidence.Clock
	Known     *Known // nil: nothing is

	instead string // why forms before this one are not asked, or did not answer
}

// Take asks the handset and records its answer. A form that the handset does not
// know gives way to the next; each try is a capture of its own. What the handset
// is known to lack is recorded as unsupported, and not asked for. The error is
// the transport's, or the disk's; a handset that refuses is coverage, not an error.
func Take(ctx context.Context, sh Shell, to Recorder, r Request) (evidence.Capture, error) {
	if c, over, err := spent(sh, to, r); over {
		return c, err
	}
	var last evidence.Capture
	var passed []string // why forms before this one are not the ones that answer
	refused := map[int]string{}
	tried := false
	lacks := r.Known.lacks(r.Collector.Needs)
	for i, form := range r.Collector.Forms {
		if !form.Serves(r.SDK) {
			continue
		}
		why := cmp.Or(lacks, r.Known.lacks(form.Needs), r.Known.refusal(r.Collector, i))
		if why != "" {
			passed = append(passed, why)
			continue
		}
		tried = true
		r.instead = strings.Join(passed, "; ")
		taken, err := capture(ctx, sh, to, r, form)
		if err != nil {
			return taken, err
		}
		if taken.Coverage.State != evidence.Unsupported {
			r.Known.remember(r.Collector, refused)
			return taken, nil
		}
		refused[i] = taken.Coverage.Reason
		passed = append(passed, taken.Coverage.Reason)
		last = taken
	}
	switch {
	case tried:
		return last, nil
	case len(passed) > 0:
		return unasked(to, r, evidence.Unsupported, "not asked: "+strings.Join(passed, "; "))
	}
	return last, fmt.Errorf("%s: no form serves SDK %d", r.Collector.Name, r.SDK)
}

// unasked records why a handset is not asked.
func unasked(to Recorder, r Request, state evidence.State, why string) (evidence.Capture, error) {
	c := blank(r)
	c.Command = []string{}
	rec, err := to.Begin(c)
	if err != nil {
		return c, err
	}
	return rec.End(nil, "", evidence.Coverage{State: state, Reason: why})
}

func blank(r Request) evidence.Capture {
	c := evidence.Capture{Source: r.Collector.Name, Phase: r.Phase, Clock: r.Clock, Instead: r.instead}
	if len(r.Subjects) == 1 && r.Collector.When != Missing {
		c.Subject = r.Subjects[0]
	}
	return c
}

// capture asks in one form, and records the answer.
func capture(ctx context.Context, sh Shell, to Recorder, r Request, form Form) (evidence.Capture, error) {
	call := form.call(r)
	c := blank(r)
	c.Command = call.Argv
	if call.Script != "" {
		c.Command = []string{"sh", "-c", call.Script}
	}
	rec, err := to.Begin(c)
	if err != nil {
		return c, err
	}
	printed := &ends{}
	call.Stdout = io.MultiWriter(rec, printed)
	call.Again = func() error {
		*printed = ends{}
		return rec.Rewind()
	}
	result := sh.Run(ctx, call)
	coverage := judge(r.Collector, form, result, printed)
	c, err = rec.End(result.Exit, result.Stderr, coverage)
	if err != nil {
		return c, err
	}
	if result.Timeout || result.Cut { // the handset's own doing, and told by the coverage
		return c, nil
	}
	return c, result.Err
}

// call fills the form's blanks.
func (f Form) call(r Request) Call {
	call := Call{Total: r.Collector.Total, Limit: r.Collector.Most(), Binary: r.Collector.Binary}
	if call.Total == 0 {
		call.Total = defaultTotal
	}
	if f.Script != "" {
		quoted := make([]string, len(r.Subjects))
		for i, s := range r.Subjects {
			quoted[i] = "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
		}
		call.Script = strings.ReplaceAll(f.Script, "{}", strings.Join(quoted, " "))
		return call
	}
	for _, word := range f.Argv {
		if word == "{}" {
			call.Argv = append(call.Argv, r.Subjects...)
			continue
		}
		call.Argv = append(call.Argv, word)
	}
	return call
}

// ends keeps the first and last bytes of what goes by.
type ends struct {
	head, tail []byte
	size       int64
}

const keep = 4 << 10

func (e *ends) Write(p []byte) (int, error) {
	if room := keep - len(e.head); room > 0 {
		e.head = append(e.head, p[:min(room, len(p))]...)
	}
	e.tail = append(e.tail, p[max(0, len(p)-keep):]...)
	if over := len(e.tail) - keep; over > 0 {
		e.tail = append(e.tail[:0], e.tail[over:]...)
	}
	e.size += int64(len(p))
	return len(p), nil
}

// judge says how much of what was asked for has come.
func judge(c Collector, form Form, r Result, e *ends) evidence.Coverage {
	one := form.Script == "" && e.size < keep // of a script's commands, one may be refused and the others answer
	cover := func(s evidence.State, reason string) evidence.Coverage {
		return evidence.Coverage{State: s, Reason: reason}
	}
	said := firstLine(e.head)
	late, _ := android.TimedOut(string(e.tail))
	complaint := firstLine([]byte(r.Stderr))
	if complaint == "" {
		complaint = said
	}
	switch {
	case r.Timeout:
		return cover(evidence.TimedOut, r.Err.Error())
	case r.Err != nil:
		return cover(evidence.Truncated, r.Err.Error())
	case one && says(e.head, r.Stderr, android.SaysDenied):
		return cover(evidence.Denied, complaint)
	case one && unknown(e.head, r):
		return cover(evidence.Unsupported, complaint)
	case late != "":
		return cover(evidence.TimedOut, late)
	case r.Exit != nil && *r.Exit != 0:
		return cover(evidence.Truncated, "the command ended with an error: "+complaint)
	case e.size == 0:
		return cover(evidence.Empty, cmp.Or(complaint, "it printed nothing, and exited with 0"))
	case r.Exit == nil:
		return cover(evidence.Truncated, "the shell told no exit status: more may have followed")
	}
	if said := android.Complaint(r.Stderr); said != "" {
		return cover(evidence.Truncated, "it complained on its standard error: "+said)
	}
	if c.Whole != nil {
		if reason := c.Whole(e.head, e.tail); reason != "" {
			return cover(evidence.Truncated, reason)
		}
	}
	return cover(evidence.Whole, "")
}

// unknown says whether a handset answers that it has no such thing. An argument that
// a service does not know is passed over where anything follows: it may be the dump.
func unknown(head []byte, r Result) bool {
	if r.Exit != nil && (*r.Exit == 127 || *r.Exit == 126) {
		return true
	}
	if says(head, r.Stderr, android.SaysUnsupported, android.SaysAbsent) {
		return true
	}
	passed := false
	for line := range strings.Lines(string(head)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if android.SaysOf(line) != android.SaysPassedOver {
			return false
		}
		passed = true
	}
	return passed
}

// says tells whether a line of an answer, or of its standard error, says one of these.
func says(head []byte, stderr string, any ...android.Says) bool {
	for _, text := range []string{string(head), stderr} {
		for line := range strings.Lines(text) {
			if p, ok := android.SaidAlone(strings.TrimSpace(line)); ok && slices.Contains(any, p.Says) {
				return true
			}
		}
	}
	return false
}

func firstLine(b []byte) string {
	b = bytes.TrimSpace(b)
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return string(bytes.TrimSpace(line[:min(len(line), 200)]))
}
