// Package judge makes a judgement of a run: it reads the facts of every bundle's bytes,
// brings them before the rules of package finding, and gives rows. It is a function of
// what is on disk. It cannot reach a handset, by whatever way: it imports nothing, and
// nothing that it imports does, of what talks to one; a test walks the graph.
//
// [Run] judges a whole run, [EachFact] lists what was read in it, and [See] says of one
// bundle what each capture covers.
package judge

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/leak"
	"assay/harness/ledger"
	"assay/harness/observe"
	"assay/harness/observe/fact"
	"assay/harness/observe/loss"
)

// Run derives everything that a run's evidence says. It is a function of the
// bytes on disk alone: twice the same bytes, twice the same judgement. What is not
// as it was recorded is among its Problems, and counts for nothing: where that is the
// journal, nothing does. Of a run.json that is another's, there is no judgement.
func Run(dir string) (finding.Judgement, error) {
	run, err := ledger.Check(dir)
	if err != nil {
		return finding.Judgement{}, err
	}
	if errors.Is(run.Forged(), ledger.ErrRecord) {
		return finding.Judgement{}, run.Forged()
	}
	record := run.Record
	tally := finding.NewTally(finding.Info{Run: record.Name, Taken: record.Started, Tool: record.Tool})
	for _, p := range run.Problems {
		tally.Problem(p.Error())
	}
	for _, h := range run.Ledger().Handsets {
		b := judging{run: run, dir: dir, salt: record.Secret(), notice: record.Notice, tally: tally}
		b.handset(h)
	}
	return tally.Judgement(), nil
}

// judging judges one handset's bundles, one at a time.
type judging struct {
	run    *ledger.Run
	dir    string
	salt   []byte
	notice string // of a handset that has not spoken for itself; then what it said
	tally  *finding.Tally

	build   string // that the handset ran when it was leased last, by the journal; empty: not recorded
	info    android.Handset
	bases   map[string]base // by the build that it was taken with
	scanner *leak.Scanner
	found   *leak.Sum // in the logs of the case

	unsought int // identifiers of the handset that the scanner does not look for
}

// base is what the baseline of a handset saw.
type base struct {
	observations []fact.Observation
	covered      []finding.Covered
}

func (b *judging) handset(h *ledger.Account) {
	b.info = android.Handset{Serial: android.Serial(h.Key), Brand: h.Brand, Model: h.Model, Notice: b.notice}
	b.bases = map[string]base{}
	b.build, _, _ = strings.Cut(h.Build, " (") // a notice may stand behind it
	b.scanner = leak.NewScanner(nil, b.salt)
	for _, job := range h.Jobs {
		b.job(job)
	}
	if h.Missing != nil {
		m := h.Missing
		b.tally.Missing(finding.Missing{Handset: b.unread(), State: m.State, Cause: m.Cause, Remedy: m.Remedy})
	}
}

// attempt opens the bundle of one attempt; nil where it counts for nothing.
func (b *judging) attempt(row *finding.Job, bundle string) *finding.Case {
	if !row.Outcome.State.Counts() {
		row.Handset = b.info
		return nil
	}
	c, err := b.open(bundle)
	if err != nil {
		remedy := "restore the bundle from a copy, or run the scenario again"
		if errors.Is(err, evidence.ErrVersion) {
			remedy = "judge the run with the assay that is named there, or run the scenario again"
		}
		row.Outcome = evidence.Outcome{
			State:  evidence.Infra,
			Owner:  evidence.OwnerHost,
			Cause:  "its evidence cannot be read: " + err.Error(),
			Remedy: remedy,
		}
		return nil
	}
	row.Handset = b.info
	return c
}

// open reads a bundle into a case. The baseline becomes part of every
// later case of its handset with the same build.
func (b *judging) open(bundle string) (*finding.Case, error) {
	m, err := b.run.Bundle(bundle) // what is wrong with it is among the problems
	if err != nil {
		return nil, err
	}
	b.info = m.Handset
	c := &finding.Case{Handset: m.Handset, Scenario: m.Scenario, Repeat: m.Repeat, Subject: android.Package(m.Subject), Taken: m.Created}
	b.found = leak.NewSum()
	once := m.Scenario == evidence.Baseline || m.Scenario == evidence.Imported
	if !once { // a baseline that was taken again takes nothing from the one before
		was := b.bases[m.Handset.Build.ID()]
		c.Observations, c.Coverage = slices.Clone(was.observations), slices.Clone(was.covered)
	}
	// The handset's own identifiers must be known before its log is searched.
	slices.SortStableFunc(m.Captures, func(x, y evidence.Capture) int { return cmp.Compare(late(x), late(y)) })
	for _, capture := range m.Captures {
		if late(capture) == 1 && once {
			b.learn(c.Observations)
		}
		c.Coverage = append(c.Coverage, b.capture(bundle, m, capture, c))
		if c.Clock == nil {
			c.Clock = capture.Clock
		}
	}
	c.Hits = b.found.Hits()
	if text, spoke := noticeOf(c); spoke {
		b.notice = text // also where a later case has no properties: with another build, say
	} else {
		c.Handset.Notice = b.notice
	}
	b.info.Notice = c.Handset.Notice
	if once {
		b.bases[m.Handset.Build.ID()] = base{slices.Clip(c.Observations), slices.Clip(c.Coverage)}
		b.learn(c.Observations)
	}
	return c, nil
}

// noticeOf gives what a case's handset says under android.PropNotice; spoke is
// false where the case has none of its properties.
func noticeOf(c *finding.Case) (text string, spoke bool) {
	for p := range fact.Of[fact.Property](c.Observations) {
		if spoke = true; p.Key == android.PropNotice {
			return strings.TrimSpace(p.Value), true
		}
	}
	return "", spoke
}

func late(c evidence.Capture) int {
	if c.Source == "logcat" {
		return 1
	}
	return 0
}

// learn makes the scanner look for the identifiers that the handset gave.
func (b *judging) learn(all []fact.Observation) {
	var own []leak.Identifier
	b.unsought = 0
	for id := range fact.Of[fact.Identifier](all) {
		if len(own) == mostSought {
			b.unsought++
			continue
		}
		own = append(own, leak.Identifier{Type: id.Type, Value: id.Value})
	}
	b.scanner = leak.NewScanner(own, b.salt)
}

// capture reads one capture into the case: facts, hits, and what it covers.
func (b *judging) capture(bundle string, m evidence.Manifest, capture evidence.Capture, c *finding.Case) finding.Covered {
	whole := evidence.Ref{Bundle: bundle, File: capture.File, Span: evidence.Span{Line: 1, Length: capture.Size}}
	covered := finding.Covered{Source: capture.Source, Subject: capture.Subject, Phase: capture.Phase, Coverage: capture.Coverage, Ref: whole}
	dir := filepath.Join(b.dir, filepath.FromSlash(bundle))
	facts, kept := len(c.Observations), newKeeper(&c.Observations)
	expired := 0 // entries that logd says it left out, and that were like no other
	audit := loss.AuditOf(dir, m, capture)
	reading, err := observe.ReadCapture(dir, bundle, m, capture, func(o fact.Observation) {
		if line, ok := o.Fact.(*fact.LogLine); ok {
			kept.search(b.scanner, line, o)
			audit.Line(line)
			if !bytes.Contains(line.Message, []byte(" identical ")) {
				expired += line.Chatty
			}
			return
		}
		kept.keep(o)
	})
	if errors.Is(err, observe.ErrChanged) {
		// What it said is not evidence; what stands beside it in the bundle is.
		c.Observations = c.Observations[:facts]
		b.tally.Problem(err.Error())
		covered.Coverage = evidence.Coverage{State: evidence.Truncated, Reason: observe.ErrChanged.Error()}
		return covered
	}
	covered.Reading = reading
	b.found.Join(kept.found)
	if expired > 0 {
		covered.Coverage.Gaps = append(covered.Coverage.Gaps, evidence.Gap{From: capture.Started, To: capture.Ended,
			Reason: fmt.Sprintf("logd left out %d entries of it (chatty)", expired)})
	}
	gaps := covered.Coverage.Gaps
	covered.Coverage = weigh(m, capture, reading, err)
	covered.Coverage.Gaps = gaps
	audit.Join(&covered.Coverage)
	if audit != nil && covered.Coverage.Complete() {
		covered.Reading.Coverage.Reason = covered.Coverage.Reason
	}
	kept.declare(&covered.Coverage, &covered.Reading)
	if late(capture) == 1 && b.unsought > 0 {
		covered.Coverage.Gaps = append(covered.Coverage.Gaps, evidence.Gap{From: capture.Started, To: capture.Ended,
			Reason: fmt.Sprintf("%d of the identifiers that the handset gave are not looked for: %d are the most", b.unsought, mostSought)})
	}
	return covered
}
