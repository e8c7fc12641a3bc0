package ledger

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"assay/harness/android"
	"assay/harness/evidence"
)

// Run is a run as it stands on disk, compared with what its journal says of it.
type Run struct {
	Dir      string
	Record   Record
	Ended    bool     // the journal's last entry is the run's end
	Sealed   int      // bundles that are as the journal says
	Unsealed []string // bundles whose attempt was cut off, relative to the run: they count for nothing
	Beside   []string // names in the run's folder that no run has; nothing reads them. Verify alone looks for them
	// Problems are what was changed, is missing, was exchanged or put here later:
	// run.json, lines of the journal, bundles, manifests and captures, each by name.
	Problems []error

	Entries []evidence.Entry
	strange int              // bundles that no entry names
	broken  error            // why nothing that the journal says counts; nil: it does
	bundles map[string]*kept // by folder, of the jobs that began
}

// kept is a bundle, as the journal has it.
type kept struct {
	handset seen
	started evidence.Entry // of its job
	ended   *evidence.Entry
	err     error // why it counts for nothing
}

// seen is a handset as run.json lists it, and as it was leased last.
type seen struct {
	Handset
	build   string
	changes int // that were made on it
}

// ErrForged is wrapped by the error of a run of which run.json or the journal is not
// as it was written.
var ErrForged = errors.New("nothing of the run counts")

// ErrRecord is a run.json that another run was begun with.
var ErrRecord = errors.New("it is not the one that the run was begun with")

// Check compares a run with its journal, all but the captures' bytes: those are
// hashed when they are read, and by Verify. The error is that of a folder in which
// no run can be read.
func Check(dir string) (*Run, error) {
	record, digest, err := readWithDigest(dir)
	if err != nil {
		return nil, err
	}
	c := &Run{Dir: dir, Record: record, bundles: map[string]*kept{}}
	path := filepath.Join(dir, JournalName)
	entries, torn, err := evidence.ReadJournalTorn(path)
	c.Entries = entries
	if wrong := c.follow(path, digest); err == nil {
		err = wrong
	}
	switch {
	case errors.Is(err, evidence.ErrVersion):
		c.forged(err)
	case err != nil:
		c.forged(fmt.Errorf("%w; restore it from a copy of the run", err))
	}
	c.Ended = len(entries) > 0 && entries[len(entries)-1].Kind == evidence.RunEnded && !torn
	c.compare()
	return c, nil
}

// Unfinished says why a run has not come to its end: it was cut off, or what stopped it;
// "": it has.
func (c *Run) Unfinished() string {
	if !c.Ended {
		return "the journal has no end"
	}
	if note := c.Entries[len(c.Entries)-1].Note; note != WholeNote {
		return "the run was stopped (" + android.Printable(note, 200) + ")"
	}
	return ""
}

// Verify checks a run like Check does, hashes every capture, and looks for what is no
// part of the run beside run.json.
func Verify(dir string) (*Run, error) {
	c, err := Check(dir)
	if err != nil {
		return nil, err
	}
	for _, folder := range c.folders() {
		m, err := c.Bundle(folder)
		if err != nil {
			continue // told already
		}
		if changed := m.Changed(c.Path(folder)); len(changed) > 0 {
			c.Sealed--
			c.Problems = append(c.Problems, changed...)
		}
	}
	if err := c.beside(); err != nil {
		c.Problems = append(c.Problems, err)
	}
	return c, nil
}

// Forged is why run.json and the journal are not to be believed, an error that wraps
// ErrForged; nil: they are.
func (c *Run) Forged() error { return c.broken }

// forged says that nothing of the run counts.
func (c *Run) forged(err error) {
	err = fmt.Errorf("%w: %w", ErrForged, err)
	c.Problems = append(c.Problems, err)
	if c.broken == nil {
		c.broken = err
	}
}

// Path is where a bundle of the run stands on disk.
func (c *Run) Path(folder string) string { return filepath.Join(c.Dir, filepath.FromSlash(folder)) }

// folders are the bundles of jobs that began, by name.
func (c *Run) folders() []string {
	var all []string
	for folder := range c.bundles {
		all = append(all, folder)
	}
	slices.Sort(all)
	return all
}

// Keeps says whether a bundle is as it was recorded, or was never sealed.
func (c *Run) Keeps(folder string) bool {
	k := c.bundles[folder]
	return c.broken == nil && k != nil && k.err == nil
}

// Bundle opens the bundle of a job that ended, as it was sealed.
func (c *Run) Bundle(folder string) (evidence.Manifest, error) {
	k := c.bundles[folder]
	switch {
	case c.broken != nil:
		return evidence.Manifest{}, c.broken
	case k == nil || k.ended == nil:
		return evidence.Manifest{}, fmt.Errorf("%s: %w", c.Path(folder), evidence.ErrUnsealed)
	case k.err != nil:
		return evidence.Manifest{}, k.err
	}
	return evidence.OpenSealed(c.Path(folder), k.ended.Digest)
}

// Ledger is the account of the run. Where the journal is not to be believed, that
// tells why of each job, and of nothing else.
func (c *Run) Ledger() Ledger {
	if c.broken == nil {
		return Of(c.Record, c.Entries)
	}
	l := blank(c.Record)
	for _, a := range l.Handsets {
		for i := range a.Jobs {
			a.Jobs[i].Outcome = evidence.Outcome{State: evidence.Infra, Owner: evidence.OwnerHost, Cause: c.broken.Error(),
				Remedy: "restore the run from a copy, or play it anew"}
		}
	}
	return l
}
