package farm

import (
	"github.com/rogpeppe/go-internal/lockedfile"

	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Sentence keeps one handset out of use for a while.
type Sentence struct {
	Key      string    `json:"key"` // of the entry: serial, or serial@usb:port
	Reason   string    `json:"reason"`
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until,omitzero"`     // zero: until it is lifted
	Evidence string    `json:"evidence,omitempty"` // a path that shows why
	Ticket   string    `json:"ticket,omitempty"`   // what a person is to do
	By       string    `json:"by,omitempty"`       // who put it there: assay, or a person
}

// Holds says whether the sentence is in force at a time.
func (s Sentence) Holds(at time.Time) bool { return s.Until.IsZero() || at.Before(s.Until) }

// Store keeps the farm's quarantine in a folder: one JSON file, which a person
// may read, always whole. Several processes may use it.
type Store struct{ dir string }

// OpenStore names the folder of a quarantine. It is made with the first
// sentence.
func OpenStore(dir string) *Store { return &Store{dir: dir} }

// The files of a store, and the most that is read of it.
const (
	quarantineFile = "quarantine.json"
	quarantineLock = "quarantine.lock"
	mostQuarantine = 4 << 20
)

// File is where the quarantine is kept.
func (s *Store) File() string { return filepath.Join(s.dir, quarantineFile) }

// List gives every sentence, in force or over, by key. No file is no sentence;
// a file that cannot be read is an error, never an empty quarantine.
func (s *Store) List() ([]Sentence, error) {
	info, err := os.Stat(s.File())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, &stateError{fmt.Errorf("read quarantine: %w", err)}
	case !info.Mode().IsRegular(): // who opens a FIFO waits for ever
		return nil, fmt.Errorf("read quarantine: %s is not a regular file; move it away", s.File())
	}
	f, err := os.Open(s.File())
	if err != nil {
		return nil, &stateError{fmt.Errorf("read quarantine: %w", err)}
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, mostQuarantine+1))
	if err != nil {
		return nil, fmt.Errorf("read quarantine: %w", err)
	}
	if len(raw) > mostQuarantine {
		return nil, fmt.Errorf("read quarantine: %s is longer than %d bytes", s.File(), mostQuarantine)
	}
	var all []Sentence
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil {
		return nil, fmt.Errorf("read quarantine: %s: %w; mend it, or move it away to lift all", s.File(), err)
	}
	return all, nil
}

// Active gives the sentence that is in force for a handset.
func (s *Store) Active(key string, now time.Time) (Sentence, bool, error) {
	all, err := s.List()
	if err != nil {
		return Sentence{}, false, err
	}
	i := slices.IndexFunc(all, func(x Sentence) bool { return x.Key == key && x.Holds(now) })
	if i < 0 {
		return Sentence{}, false, nil
	}
	return all[i], true, nil
}

// Add puts a handset into quarantine, in place of what was said of it before.
// Sentences that were over when it began are forgotten.
func (s *Store) Add(add Sentence) error {
	if strings.TrimSpace(add.Key) == "" || strings.TrimSpace(add.Reason) == "" {
		return errors.New("quarantine: a sentence needs a handset and a reason")
	}
	return s.change(func(all []Sentence) []Sentence {
		all = slices.DeleteFunc(all, func(x Sentence) bool { return x.Key == add.Key || !x.Holds(add.Since) })
		return append(all, add)
	})
}

// Lift ends a handset's quarantine, and says whether there was one.
func (s *Store) Lift(key string) (bool, error) {
	all, err := s.List() // so that nothing is made where nothing is
	if err != nil || !slices.ContainsFunc(all, func(x Sentence) bool { return x.Key == key }) {
		return false, err
	}
	lifted := false
	err = s.change(func(all []Sentence) []Sentence {
		n := len(all)
		all = slices.DeleteFunc(all, func(x Sentence) bool { return x.Key == key })
		lifted = len(all) < n
		return all
	})
	return lifted, err
}

// change replaces the list, while no other process does.
func (s *Store) change(edit func([]Sentence) []Sentence) (err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return &stateError{fmt.Errorf("write quarantine: %w", err)}
	}
	unlock, err := lockedfile.MutexAt(filepath.Join(s.dir, quarantineLock)).Lock()
	if err != nil {
		return &stateError{fmt.Errorf("write quarantine: %w", err)}
	}
	defer unlock()
	all, err := s.List()
	if err != nil {
		return err
	}
	all = edit(all)
	slices.SortFunc(all, func(a, b Sentence) int { return strings.Compare(a.Key, b.Key) })
	if all == nil {
		all = []Sentence{}
	}
	raw, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("write quarantine: %w", err)
	}
	if err := replace(s.File(), append(raw, '\n')); err != nil {
		return &stateError{fmt.Errorf("write quarantine: %w", err)}
	}
	return nil
}

// replace writes a file so that a reader finds the old one or the new one, whole,
// whenever this process dies.
func replace(name string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	folder, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Sentenced says of each place that is in quarantine that it is.
func Sentenced(places []Place, sentences []Sentence, now time.Time) []Place {
	places = slices.Clone(places)
	holding := make(map[string]Sentence, len(sentences))
	for _, s := range sentences {
		if s.Holds(now) {
			holding[s.Key] = s
		}
	}
	for i, p := range places {
		if s, held := holding[p.Entry.Key()]; held && p.State != Retired {
			places[i].State = Quarantined
			places[i].Cause, places[i].Remedy = s.explain()
		}
	}
	return places
}

// explain says why and until when, and what to do about it.
func (s Sentence) explain() (cause, remedy string) {
	cause = s.Reason
	if !s.Until.IsZero() {
		cause += " (until " + s.Until.UTC().Format("2006-01-02 15:04 UTC") + ")"
	}
	return cause, "see to it, then 'assay quarantine lift " + s.Key + "'"
}
