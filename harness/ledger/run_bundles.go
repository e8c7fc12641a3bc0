package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/evidence"
)

// compare holds the bundles that are there to those that the journal names.
func (c *Run) compare() {
	there, err := Bundles(c.Dir)
	if err != nil {
		c.Problems = append(c.Problems, err)
	}
	for _, folder := range there {
		if k := c.bundles[folder]; k == nil && c.broken == nil {
			c.stranger(folder)
		}
	}
	if more := c.strange - mostStrange; more > 0 {
		c.Problems = append(c.Problems, fmt.Errorf("%s: %d more bundles that no entry of the journal names", c.Path(BundlesName), more))
	}
	for _, folder := range c.folders() {
		k := c.bundles[folder]
		if k.ended == nil {
			c.unsealed(folder)
			continue
		}
		var extra []error
		if extra, k.err = c.sealed(folder, k); k.err != nil {
			extra = []error{k.err}
		}
		if c.Problems = append(c.Problems, extra...); len(extra) == 0 {
			c.Sealed++
		}
	}
}

// mostStrange is how many bundles are told of that no entry names.
const mostStrange = 100

// stranger tells of a bundle that no entry names. What stops a run between a folder and
// its entry leaves one without a byte. Any other was put here later; or, where the run
// did not end, the journal has lost what it said of it, and of others perhaps.
func (c *Run) stranger(folder string) {
	if !c.calm() && hollow(c.Path(folder)) {
		c.Unsealed = append(c.Unsealed, folder)
		return
	}
	if c.strange++; c.strange > mostStrange {
		return
	}
	err := fmt.Errorf("%s: no entry of %s names it: it was put here later, or the journal's end is missing", c.Path(folder), JournalName)
	if c.Ended {
		c.Problems = append(c.Problems, err)
		return
	}
	c.forged(err)
}

// calm says whether no part of the run was stopped by anything, so that no folder can
// be without its entry.
func (c *Run) calm() bool {
	running := false
	for _, e := range c.Entries {
		switch {
		case e.Kind == evidence.RunStarted && running, e.Kind == evidence.RunEnded && e.Note != WholeNote:
			return false
		}
		running = e.Kind != evidence.RunEnded
	}
	return c.Ended
}

// hollow says whether a bundle is as it was made, without a capture.
func hollow(dir string) bool {
	err := evidence.EachName(dir, func(name string) error {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if name == "captures.jsonl" && info.Mode().IsRegular() && info.Size() == 0 {
			return nil
		}
		if name == "captures" {
			return evidence.EachName(filepath.Join(dir, name), func(string) error { return errHeld })
		}
		return errHeld
	})
	return err == nil
}

var errHeld = errors.New("something is in it")

// parts are the names in a run's folder.
var parts = []string{RecordName, JournalName, BundlesName, ReportsName}

// mostBeside is how many names are told that no run has.
const mostBeside = 100

// beside finds what stands in the run's folder, to which a link may lead, and is no part
// of a run.
func (c *Run) beside() error {
	err := evidence.EachName(c.Dir+string(filepath.Separator)+".", func(name string) error {
		if slices.Contains(parts, name) {
			return nil
		}
		if c.Beside = append(c.Beside, name); len(c.Beside) == mostBeside {
			return errHeld
		}
		return nil
	})
	slices.Sort(c.Beside)
	if errors.Is(err, errHeld) {
		return nil
	}
	return err
}

// unsealed tells of a bundle whose job did not end. A loss of power may have taken
// the folder.
func (c *Run) unsealed(folder string) {
	switch err := evidence.Folder(c.Path(folder)); {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		c.Problems = append(c.Problems, err)
	default:
		c.Unsealed = append(c.Unsealed, folder)
	}
}

// sealed says what is in the bundle of a job that ended and does not belong there. The
// error is why the bundle counts for nothing.
func (c *Run) sealed(folder string, k *kept) (extra []error, err error) {
	dir := c.Path(folder)
	m, err := evidence.OpenSealed(dir, k.ended.Digest)
	switch {
	case errors.Is(err, evidence.ErrUnsealed):
		return nil, fmt.Errorf("%s is missing, and the journal says that the bundle was sealed; restore it from a copy",
			filepath.Join(dir, "manifest.json"))
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%w; the journal says that the bundle was sealed: restore it from a copy", err)
	case err != nil:
		return nil, err
	}
	if what := k.differs(m); what != "" {
		return nil, fmt.Errorf("%s: its manifest and the run speak of two things: %s", dir, what)
	}
	return m.Extra(dir), nil
}

// differs says in what a manifest is not of the attempt that the journal tells of, or
// of the handset that run.json lists.
func (k *kept) differs(m evidence.Manifest) string {
	h, fingerprint, serial := k.handset, m.Handset.Build.Fingerprint, string(m.Handset.Serial)
	switch {
	case h.Key != serial && !strings.HasPrefix(h.Key, serial+"@"):
		return fmt.Sprintf("handset %q and %q", serial, h.Key)
	case m.Scenario != k.ended.Scenario:
		return fmt.Sprintf("scenario %q and %q", m.Scenario, k.ended.Scenario)
	case m.Repeat != k.ended.Repeat || m.Attempt != k.ended.Attempt:
		return fmt.Sprintf("repeat %d, attempt %d and repeat %d, attempt %d", m.Repeat, m.Attempt, k.ended.Repeat, k.ended.Attempt)
	case m.Outcome != *k.ended.Outcome:
		return fmt.Sprintf("outcome %q and %q", m.Outcome.State, k.ended.Outcome.State)
	case h.build != "" && h.build != fingerprint && !strings.HasPrefix(h.build, fingerprint+" ("):
		return fmt.Sprintf("build %q and %q", fingerprint, h.build)
	case h.Brand != "" && h.Brand != m.Handset.Brand || h.Model != "" && h.Model != m.Handset.Model:
		return fmt.Sprintf("%s %s and %s %s", m.Handset.Brand, m.Handset.Model, h.Brand, h.Model)
	}
	return ""
}

// Bundles gives the folders of a run's bundles, sealed or not, relative to it, in
// the order of their names.
func Bundles(dir string) ([]string, error) {
	var found []string
	err := evidence.EachName(filepath.Join(dir, BundlesName), func(name string) error {
		if len(found) == mostBundles {
			return fmt.Errorf("%s has more than %d entries: no run has so many bundles", filepath.Join(dir, BundlesName), mostBundles)
		}
		found = append(found, BundlesName+"/"+name)
		return nil
	})
	slices.Sort(found)
	return found, err
}

// mostBundles is how many bundles a run may have: some attempts at each job.
const mostBundles = 4 * MostJobs
