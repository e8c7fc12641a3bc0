// Package lab wires the rooms together: it plans a run, plays scenarios on
// leased handsets while evidence is recorded, and judges what is on disk.
package lab

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"assay/harness/evidence"
	"assay/harness/farm"
)

const (
	recordName  = "run.json"
	journalName = "journal.jsonl"
	bundlesName = "bundles"
)

// Record is run.json: what a run set out to do, written before any handset is
// touched. What became of it is in the journal.
type Record struct {
	Schema    int        `json:"schema"` // 1
	Name      string     `json:"name"`
	Tool      string     `json:"tool"` // version of assay
	Started   time.Time  `json:"started"`
	Seed      uint64     `json:"seed"`
	Repeat    int        `json:"repeat"`
	Notice    string     `json:"notice,omitempty"` // what devices.yaml says of handsets that do not speak for themselves
	Scenarios []Recorded `json:"scenarios"`
	Handsets  []Listed   `json:"handsets"`         // that were owed the scenarios
	Models    []Sharing  `json:"models,omitempty"` // which of them share what their model owes; empty: none does
}

// Recorded is one scenario as it was played.
type Recorded struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

// Listed is one handset of the plan, as devices.yaml writes it.
type Listed struct {
	Key    string `json:"key"` // its name in the journal
	Brand  string `json:"brand"`
	Model  string `json:"model"`
	Server string `json:"server,omitempty"` // adb server that it was to be reached by, host:port; empty: not recorded. The journal has what it was
}

func listed(e farm.Entry) Listed {
	return Listed{Key: e.Key(), Brand: e.Brand, Model: e.Model, Server: e.Server}
}

// ReadRecord reads the record of the run in a folder.
func ReadRecord(dir string) (Record, error) {
	var r Record
	path := filepath.Join(dir, recordName)
	raw, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return r, fmt.Errorf("%s is not a run: it has no %s; give the folder that 'assay run' or 'assay import' wrote", dir, recordName)
	}
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, fmt.Errorf("%s: corrupt: %w; restore it from a copy of the run", path, err)
	}
	if r.Schema != 1 {
		return r, fmt.Errorf("%s: schema %d; this assay reads 1", path, r.Schema)
	}
	return r, nil
}

// ErrOutput is wrapped by the error of a run whose folder cannot be used.
var ErrOutput = errors.New("folder of the run")

// create makes the run's folder and writes its record. The folder must be new or
// empty: a run never writes over another.
func create(dir string, r Record) (*evidence.Journal, error) {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("%w: %s is not empty: choose a new folder with --out", ErrOutput, dir)
	}
	if err := os.MkdirAll(filepath.Join(dir, bundlesName), 0o755); err != nil {
		return nil, fmt.Errorf("%w: %w; give --out a folder that can be written", ErrOutput, err)
	}
	r.Schema = 1
	if err := evidence.WriteJSON(filepath.Join(dir, recordName), r); err != nil {
		return nil, fmt.Errorf("write %s: %w", recordName, err)
	}
	return evidence.OpenJournal(filepath.Join(dir, journalName))
}

// salt is what values are hashed with before they are named in a report: the
// same within a run, and in a second run with the same seed.
func (r Record) salt() []byte {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("assay salt "), r.Seed))
	return sum[:]
}
