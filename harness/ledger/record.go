// Package ledger says what a run is and was. A run is a folder: [Record] is its
// run.json, what it set out to do; its journal tells what became of that, and [Ledger]
// is the journal read as an account of each handset and job. [Check] holds both, and the
// bundles of evidence, to each other: what is not as it was recorded counts for nothing.
// [History] is how long jobs took in earlier runs.
package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
)

// The names in a run's folder.
const (
	RecordName  = "run.json"
	JournalName = "journal.jsonl"
	BundlesName = "bundles"
	ReportsName = "reports" // what is derived from a run, beside what it is derived from
)

// Notes of the journal's entries, where they are not free words.
const (
	WholeNote       = "whole"       // of the end of a run, or of a part of it, that nothing stopped
	ResumedNote     = "resumed"     // of the beginning of a later part
	LeasedNote      = "leased"      // of a handset
	InterruptedNote = "interrupted" // of a handset that the run was ended before it had played all
)

// Record is run.json: what a run set out to do, written before any handset is
// touched. What became of it is in the journal.
type Record struct {
	Schema    int        `json:"schema"` // 3
	Name      string     `json:"name"`
	Tool      string     `json:"tool"` // version of assay
	Started   time.Time  `json:"started"`
	Seed      uint64     `json:"seed"`
	Salt      string     `json:"salt"` // 32 bytes of chance, hex, that values are hashed with; it stands nowhere else
	Repeat    int        `json:"repeat"`
	Notice    string     `json:"notice,omitempty"` // what devices.yaml says of handsets that do not speak for themselves
	Scenarios []Scenario `json:"scenarios"`
	Roles     []Role     `json:"roles,omitempty"`  // that devices.yaml gave the handsets' brands
	Handsets  []Handset  `json:"handsets"`         // that were owed the scenarios
	Models    []Sharing  `json:"models,omitempty"` // which of them share what their model owes; empty: none does

	Duplicates []Duplicate `json:"duplicates,omitempty"` // entries that are not used, for their handset is, by another
}

// Scenario is one scenario as it was to be played.
type Scenario struct {
	Name   string `json:"name"`
	About  string `json:"about"`
	Digest string `json:"digest"` // SHA-256 of its file, hex; empty in schema 2
	Text   string `json:"text"`   // the file, for whoever reads; nothing is ever played out of a run's folder
}

// Role is the app that devices.yaml had play a role on a brand's handsets.
type Role struct {
	Brand   string          `json:"brand"` // in lower case, as Role
	Role    string          `json:"role"`
	Package android.Package `json:"package"`
}

// Handset is one handset of the plan, as devices.yaml writes it.
type Handset struct {
	Key   string `json:"key"` // its name in the journal
	Brand string `json:"brand"`
	Model string `json:"model"`
	// Server is the adb server that it was to be reached by, host:port; empty: not
	// recorded. The journal has what it was.
	Server string `json:"server,omitempty"`
}

// Duplicate is an entry of devices.yaml whose handset a run uses by another entry.
type Duplicate struct {
	Key    string `json:"key"`
	Cause  string `json:"cause"` // names the other
	Remedy string `json:"remedy"`
}

// The most that a record may be, and that a run may owe. A plan of more is refused
// before anything is played, a record of more before anything is made of it.
const (
	mostRecord    = 16 << 20 // bytes
	mostHandsets  = 10_000
	mostScenarios = 1_000
	mostRepeats   = 10_000
	MostJobs      = 250_000 // of all handsets, baselines included
)

// records are the versions of run.json. Those before 2 have no salt of their own, and
// their journals are no chains; 2 has no text of its scenarios, and no roles.
var records = evidence.Format{Oldest: 2, Newest: 3, Readers: map[int]string{1: evidence.LastOfSchema1}}

// TextsKept is the first version of run.json that keeps what the run's scenarios say.
const TextsKept = 3

// ErrNoRun is wrapped by the error of a folder that holds no run, or one of another
// schema.
var ErrNoRun = errors.New("no run that this assay reads")

// Read reads the record of the run in a folder.
func Read(dir string) (Record, error) {
	r, _, err := readWithDigest(dir)
	return r, err
}

// readWithDigest gives the SHA-256 of run.json too, hex.
func readWithDigest(dir string) (Record, string, error) {
	var r Record
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return r, "", fmt.Errorf("%w: %s is not a folder", ErrNoRun, dir)
	}
	path := filepath.Join(dir, RecordName)
	digest, err := records.Read(path, mostRecord, &r)
	if errors.Is(err, os.ErrNotExist) {
		if UnfinishedImport(dir) {
			return r, "", fmt.Errorf("%w: %s: an import into it has not come to its end, and nothing of it counts: "+
				"where it is no longer under way, remove the folder and import again", ErrNoRun, dir)
		}
		if _, there := os.Lstat(filepath.Join(dir, JournalName)); there == nil {
			return r, "", fmt.Errorf("%s is missing, and the run's %s is there; restore it from a copy of the run", path, JournalName)
		}
		return r, "", fmt.Errorf("%w: %s is not a run: it has no %s; give the folder that 'assay run' or 'assay import' wrote",
			ErrNoRun, dir, RecordName)
	}
	if errors.Is(err, evidence.ErrVersion) {
		return r, "", fmt.Errorf("%w: %w", ErrNoRun, err)
	}
	if err != nil {
		return r, "", fmt.Errorf("corrupt %s: %w; restore it from a copy of the run", RecordName, err)
	}
	if err := r.check(); err != nil {
		return r, "", fmt.Errorf("corrupt %s: %s: %w; restore it from a copy of the run", RecordName, path, err)
	}
	return r, digest, nil
}

// check says why a record is none that assay writes.
func (r Record) check() error {
	salt, err := hex.DecodeString(r.Salt)
	switch {
	case err != nil || len(salt) != sha256.Size:
		return errors.New("its salt must be 32 bytes in hex")
	case r.Repeat < 0 || r.Repeat > mostRepeats:
		return fmt.Errorf("repeat %d: a run repeats its scenarios at most %d times", r.Repeat, mostRepeats)
	case r.Schema < TextsKept && len(r.Roles) > 0:
		return fmt.Errorf("roles are kept from schema %d on, and this is schema %d", TextsKept, r.Schema)
	case len(r.Scenarios) > mostScenarios:
		return fmt.Errorf("%d scenarios: a run has at most %d", len(r.Scenarios), mostScenarios)
	case len(r.Handsets) > mostHandsets:
		return fmt.Errorf("%d handsets: a run has at most %d", len(r.Handsets), mostHandsets)
	case len(r.Handsets)*(len(r.Scenarios)*r.Repeat+1) > MostJobs:
		return fmt.Errorf("%d handsets, %d scenarios, %d repeats: a run has at most %d jobs",
			len(r.Handsets), len(r.Scenarios), r.Repeat, MostJobs)
	}
	return r.names()
}

// names says which names of a record stand twice, or stand for nothing.
func (r Record) names() error {
	scenarios := map[string]bool{"": true, evidence.Baseline: true, evidence.Imported: true}
	handsets, shared := map[string]bool{"": true}, map[string]bool{}
	for _, s := range r.Scenarios {
		if scenarios[s.Name] {
			return fmt.Errorf("scenario %q: each has a name of its own", s.Name)
		}
		scenarios[s.Name] = true
		if err := s.check(r.Schema); err != nil {
			return fmt.Errorf("scenario %q: %w", s.Name, err)
		}
	}
	for _, h := range r.Handsets {
		if handsets[h.Key] {
			return fmt.Errorf("handset %q: each has a key of its own", h.Key)
		}
		handsets[h.Key] = true
	}
	for _, m := range r.Models {
		for _, key := range m.Handsets {
			if !handsets[key] || key == "" || shared[key] {
				return fmt.Errorf("model %s %s: handset %q is not one of the run's, or stands here twice", m.Brand, m.Model, key)
			}
			shared[key] = true
		}
	}
	return nil
}

// check says why what is recorded of a scenario is not what a run of that schema has.
func (s Scenario) check(schema int) error {
	switch {
	case schema < TextsKept && s.Digest+s.Text != "":
		return fmt.Errorf("a digest and a text are kept from schema %d on, and this is schema %d", TextsKept, schema)
	case schema >= TextsKept && s.Digest != evidence.Digest([]byte(s.Text)):
		return fmt.Errorf("its digest %q is not that of its text", s.Digest)
	}
	return nil
}

// UnfinishedName is the folder within a run's that an import is made in.
const UnfinishedName = "import.unfinished"

// UnfinishedImport says whether an import into a folder has not come to its end.
func UnfinishedImport(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, UnfinishedName))
	return err == nil
}

// ErrOutput is wrapped by the error of a run whose folder cannot be used.
var ErrOutput = errors.New("folder of the run")

// Create makes the run's folder and writes its record. The folder must be new or
// empty: a run never writes over another. Nobody but its owner may look into it.
func Create(dir string, r Record) (*evidence.Journal, error) {
	r.Schema, r.Salt = records.Newest, evidence.Random()
	raw, err := r.marshal()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOutput, err)
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("%w: %s is not empty: choose a new folder with --out", ErrOutput, dir)
	}
	err = os.MkdirAll(filepath.Dir(dir), 0o755)
	for _, folder := range []string{dir, filepath.Join(dir, BundlesName)} {
		if err == nil {
			err = evidence.KeepFolder(folder)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w; give --out a folder that can be written", ErrOutput, err)
	}
	if err := evidence.WriteFile(filepath.Join(dir, RecordName), raw); err != nil {
		return nil, fmt.Errorf("write %s: %w", RecordName, err)
	}
	return evidence.OpenJournal(filepath.Join(dir, JournalName))
}

// Begin has a journal tell that a run begins or goes on, with which run.json and by
// which version of assay.
func Begin(dir string, j *evidence.Journal, note, tool string) error {
	_, digest, err := readWithDigest(dir)
	if err != nil {
		return err
	}
	return j.Append(evidence.Entry{Kind: evidence.RunStarted, Note: note, Tool: tool, Digest: digest})
}

// marshal gives run.json, of no more than is read again.
func (r Record) marshal() ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(r, "", "  ")
	if err == nil && len(raw) >= mostRecord {
		err = fmt.Errorf("%s would have %d bytes, %d are the most: the scenarios' files are too long; play fewer in one run",
			RecordName, len(raw), mostRecord)
	}
	return append(raw, '\n'), err
}

// Secret is what values are hashed with before they are compared: the same each time
// that a run is judged, another in each run. It is chance, and never leaves the
// run's folder: a hash of a value of which there are few would else lead back to it.
func (r Record) Secret() []byte {
	salt, _ := hex.DecodeString(r.Salt) // check has read it
	return salt
}
