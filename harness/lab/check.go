package lab

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"assay/harness/evidence"
)

// Checked is a run as it stands on disk, compared with what its journal says of it.
type Checked struct {
	Dir      string
	Record   Record
	Ended    bool     // the journal's last entry is the run's end
	Sealed   int      // bundles that are as the journal says
	Unsealed []string // bundles whose attempt was cut off, relative to the run: they count for nothing
	Beside   []string // names in the run's folder that no run has; nothing reads them. Verify alone looks for them
	// Problems are what was changed, is missing, was exchanged or put here later:
	// run.json, lines of the journal, bundles, manifests and captures, each by name.
	Problems []error

	entries []evidence.Entry
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
	Listed
	build   string
	changes int // that were made on it
}

// ErrForged is wrapped by the error of a run of which run.json or the journal is not
// as it was written.
var ErrForged = errors.New("nothing of the run counts")

// errRecord is a run.json that another run was begun with.
var errRecord = errors.New("it is not the one that the run was begun with")

// Check compares a run with its journal, all but the captures' bytes: those are
// hashed when they are read, and by Verify. The error is that of a folder in which
// no run can be read.
func Check(dir string) (*Checked, error) {
	record, digest, err := readRecord(dir)
	if err != nil {
		return nil, err
	}
	c := &Checked{Dir: dir, Record: record, bundles: map[string]*kept{}}
	path := filepath.Join(dir, journalName)
	entries, torn, err := evidence.ReadJournalTorn(path)
	c.entries = entries
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

// Verify checks a run like Check does, hashes every capture, and looks for what is no
// part of the run beside run.json.
func Verify(dir string) (*Checked, error) {
	c, err := Check(dir)
	if err != nil {
		return nil, err
	}
	for _, folder := range c.folders() {
		m, err := c.open(folder)
		if err != nil {
			continue // told already
		}
		if changed := m.Changed(c.path(folder)); len(changed) > 0 {
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
func (c *Checked) Forged() error { return c.broken }

// forged says that nothing of the run counts.
func (c *Checked) forged(err error) {
	err = fmt.Errorf("%w: %w", ErrForged, err)
	c.Problems = append(c.Problems, err)
	if c.broken == nil {
		c.broken = err
	}
}

func (c *Checked) path(folder string) string { return filepath.Join(c.Dir, filepath.FromSlash(folder)) }

// folders are the bundles of jobs that began, by name.
func (c *Checked) folders() []string {
	var all []string
	for folder := range c.bundles {
		all = append(all, folder)
	}
	slices.Sort(all)
	return all
}

// open opens the bundle of a job that ended, as it was sealed.
func (c *Checked) open(folder string) (evidence.Manifest, error) {
	k := c.bundles[folder]
	switch {
	case c.broken != nil:
		return evidence.Manifest{}, c.broken
	case k == nil || k.ended == nil:
		return evidence.Manifest{}, fmt.Errorf("%s: %w", c.path(folder), evidence.ErrUnsealed)
	case k.err != nil:
		return evidence.Manifest{}, k.err
	}
	return evidence.OpenSealed(c.path(folder), k.ended.Digest)
}

// ledger is the account of the run. Where the journal is not to be believed, that
// tells why of each job, and of nothing else.
func (c *Checked) ledger() ledger {
	if c.broken == nil {
		return read(c.Record, c.entries)
	}
	l := blank(c.Record)
	for _, a := range l.handsets {
		for i := range a.jobs {
			a.jobs[i].outcome = evidence.Outcome{State: evidence.Infra, Owner: "host", Cause: c.broken.Error(),
				Remedy: "restore the run from a copy, or play it anew"}
		}
	}
	return l
}
