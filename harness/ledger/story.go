package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"assay/harness/evidence"
)

// The most that an entry of a journal may count to.
const (
	mostAttempts = 10_000
	mostChanges  = 10_000_000 // on one handset
	MostUndo     = 100        // words
	mostPart     = 400        // bytes: the name of a part of the state
	mostStanding = 1 << 20    // bytes: how one stands
)

// outcomes are how an attempt that ended can have ended.
var outcomes = []evidence.OutcomeState{evidence.Finished, evidence.StepFailed, evidence.NotApplicable, evidence.Infra, evidence.Interrupted}

// story follows the entries of a journal, each of which must be one that a run of
// that record can come to. Nobody who takes them in need look at them again.
type story struct {
	record    Record
	digest    string // of run.json
	handsets  map[string]*seen
	scenarios map[string]bool
	bundles   map[string]*kept
	running   bool
}

// follow reads the story of the journal at path. The error names the line that cannot
// be part of it.
func (c *Run) follow(path, digest string) error {
	s := story{record: c.Record, digest: digest, handsets: map[string]*seen{}, scenarios: map[string]bool{}, bundles: c.bundles}
	for _, h := range c.Record.Handsets {
		s.handsets[h.Key] = &seen{Handset: h}
	}
	for _, sc := range c.Record.Scenarios {
		s.scenarios[sc.Name] = true
	}
	for i := range c.Entries {
		if err := s.next(&c.Entries[i]); err != nil {
			return fmt.Errorf("%s:%d: %q: %w", path, i+1, c.Entries[i].Kind, err)
		}
	}
	return nil
}

func (s *story) next(e *evidence.Entry) error {
	if e.Kind == evidence.RunStarted {
		s.running = true
		if e.Digest != s.digest {
			return fmt.Errorf("%s: %w: its SHA-256 is %s, the journal says %q", RecordName, ErrRecord, s.digest, e.Digest)
		}
		return nil
	}
	if !s.running {
		return errors.New("it stands before the run's start, or behind its end: after that a run can only go on")
	}
	switch e.Kind {
	case evidence.RunEnded:
		s.running = false
		return nil
	case evidence.Incident:
		return nil
	}
	h := s.handsets[e.Serial]
	if h == nil {
		return fmt.Errorf("%q is no handset of the run", e.Serial)
	}
	switch e.Kind {
	case evidence.Recovering:
		return nil
	case evidence.HandsetSeen:
		h.build = cmp.Or(e.Build, h.build)
		return nil
	case evidence.JobStarted:
		return s.begin(e)
	case evidence.JobEnded:
		return s.end(e)
	case evidence.Changed, evidence.Undone, evidence.UndoFailed:
		return s.change(e)
	case evidence.Held, evidence.AsBefore, evidence.Remains:
		return s.state(e)
	}
	return errors.New("no such kind of entry")
}

// job says why an entry is of no job that the run owes.
func (s *story) job(e *evidence.Entry) error {
	most, first := s.record.Repeat, evidence.Baseline
	if len(s.record.Scenarios) == 0 {
		first = evidence.Imported
	}
	if e.Scenario == first {
		most = 1
	} else if !s.scenarios[e.Scenario] {
		return fmt.Errorf("%q is no scenario of the run", e.Scenario)
	}
	switch {
	case e.Repeat < 0 || cmp.Or(e.Repeat, 1) > most:
		return fmt.Errorf("repeat %d of %d", e.Repeat, most)
	case e.Attempt < 1 || e.Attempt > mostAttempts:
		return fmt.Errorf("attempt %d: they count from 1 to %d at most", e.Attempt, mostAttempts)
	}
	name, inside := strings.CutPrefix(e.Bundle, BundlesName+"/")
	if !inside || name != evidence.FolderName(strings.Split(name, ".")...) {
		return fmt.Errorf("bundle %q is not in %s", e.Bundle, BundlesName)
	}
	return nil
}

func (s *story) begin(e *evidence.Entry) error {
	if err := s.job(e); err != nil {
		return err
	}
	if s.bundles[e.Bundle] != nil {
		return fmt.Errorf("bundle %q was begun before", e.Bundle)
	}
	s.bundles[e.Bundle] = &kept{handset: *s.handsets[e.Serial], started: *e}
	return nil
}

func (s *story) end(e *evidence.Entry) error {
	if err := s.job(e); err != nil {
		return err
	}
	k := s.bundles[e.Bundle]
	switch {
	case k == nil || k.ended != nil || !same(k.started, *e):
		return fmt.Errorf("no such job was begun with bundle %q and is not ended", e.Bundle)
	case e.Outcome == nil || !slices.Contains(outcomes, e.Outcome.State):
		return errors.New("it gives no outcome")
	case e.Digest == "":
		return errors.New("it gives no digest of the bundle's manifest")
	}
	k.ended = e
	return nil
}

// same says whether two entries are of one attempt.
func same(x, y evidence.Entry) bool {
	return x.Serial == y.Serial && x.Scenario == y.Scenario && x.Repeat == y.Repeat && x.Attempt == y.Attempt
}

// state says why an entry about a part of the handset's state cannot be one.
func (s *story) state(e *evidence.Entry) error {
	if err := s.job(e); err != nil {
		return err
	}
	switch {
	case s.bundles[e.Bundle] == nil || s.bundles[e.Bundle].started.Serial != e.Serial:
		return fmt.Errorf("no job of the handset was begun with bundle %q", e.Bundle)
	case e.Part == nil || e.Part.Name == "":
		return errors.New("it names no part of the handset's state")
	case len(e.Part.Name) > mostPart || len(e.Part.Was) > mostStanding || len(e.Part.Left) > mostStanding:
		return fmt.Errorf("what it says of a part has more than %d bytes", mostStanding)
	}
	return nil
}

func (s *story) change(e *evidence.Entry) error {
	if err := s.job(e); err != nil {
		return err
	}
	c := e.Change
	switch {
	case s.bundles[e.Bundle] == nil || s.bundles[e.Bundle].started.Serial != e.Serial:
		return fmt.Errorf("no job of the handset was begun with bundle %q", e.Bundle)
	case c == nil:
		return errors.New("it gives no change")
	case c.ID < 1 || c.ID > mostChanges:
		return fmt.Errorf("change %d: they count from 1 to %d at most", c.ID, mostChanges)
	case (e.Kind == evidence.Changed) != (c.ID > s.handsets[e.Serial].changes):
		return fmt.Errorf("change %d, after change %d", c.ID, s.handsets[e.Serial].changes)
	case len(c.Undo) > MostUndo:
		return fmt.Errorf("a command of %d words takes change %d back", len(c.Undo), c.ID)
	}
	s.handsets[e.Serial].changes = max(s.handsets[e.Serial].changes, c.ID)
	return nil
}
