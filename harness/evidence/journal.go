package evidence

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// Entry is one line of a run's journal. Which fields are set depends on Kind. Schema,
// Prev and Sum are set by the journal: see chain.go.
type Entry struct {
	Time     time.Time `json:"time"` // host clock, UTC
	Kind     Kind      `json:"kind"`
	Serial   string    `json:"serial,omitempty"`
	Scenario string    `json:"scenario,omitempty"`
	Repeat   int       `json:"repeat,omitempty"`
	Attempt  int       `json:"attempt,omitempty"`
	Bundle   string    `json:"bundle,omitempty"` // folder, relative to the run
	Change   *Change   `json:"change,omitempty"`
	Part     *Part     `json:"part,omitempty"`
	Outcome  *Outcome  `json:"outcome,omitempty"`
	Build    string    `json:"build,omitempty"`  // which a leased handset runs: its fingerprint, and its notice where it has one
	Server   string    `json:"server,omitempty"` // adb server that a leased handset is reached by, host:port
	Note     string    `json:"note,omitempty"`
	// Digest is a SHA-256, hex: of run.json where a run starts or goes on, of its bundle's
	// manifest.json where a job ended.
	Digest string `json:"digest,omitempty"`
	Schema int    `json:"schema,omitempty"` // of the lines from here on: 1; where a run starts or goes on
	Tool   string `json:"tool,omitempty"`   // version of assay, likewise
	Prev   string `json:"prev,omitempty"`   // SHA-256 of the line before this one, hex; empty in the first
	Sum    string `json:"sum,omitempty"`    // SHA-256 of this line without its sum, hex
}

// Kind says what an Entry records.
type Kind string

// Kinds of entries.
const (
	RunStarted  Kind = "run started"
	RunEnded    Kind = "run ended"
	JobStarted  Kind = "job started"
	JobEnded    Kind = "job ended" // after its bundle was sealed
	Changed     Kind = "changed"   // the handset, before it is done
	Undone      Kind = "undone"
	UndoFailed  Kind = "undo failed"
	Held        Kind = "held"       // how a part of the handset's state stands, before it is changed
	AsBefore    Kind = "as before"  // that part, once all was taken back
	Remains     Kind = "remains"    // of that part is not as it was
	HandsetSeen Kind = "handset"    // what became of a handset of the inventory
	Recovering  Kind = "recovering" // one rung of the recovery ladder
	Incident    Kind = "incident"   // several handsets of one hub were lost together
)

// Change is a change of state that the harness makes on a handset, with the
// command that takes it back.
type Change struct {
	ID   int      `json:"id"`   // counts from 1 within an attempt
	What string   `json:"what"` // in words
	Undo []string `json:"undo"` // argv; empty where nothing can or need be undone
}

// Part is how a part of a handset's state stands, or what of it is not as it was.
type Part struct {
	Name string `json:"name"`           // permissions PACKAGE, ops PACKAGE, setting NAMESPACE KEY
	Was  string `json:"was,omitempty"`  // before it was changed; a line for each permission or op
	Left string `json:"left,omitempty"` // what remains, in words
}

// Journal is a run's append-only record; every entry is on disk before Append
// returns. Entries that come while others are put there share the next sync.
type Journal struct {
	// Told is called with each entry once it is on disk, one at a time; nil: nobody.
	Told func(Entry)
	Room Room // asked before an entry is written; nil: nobody

	rounds *rounds[*appended]

	mu   sync.Mutex
	file *os.File
	size int64  // of the entries
	last string // SHA-256 of the last entry's line, hex; empty: there is none
	held int64  // up to here the disk has set room aside
	torn bool   // something may stand behind the entries that is none
}

// appended is an entry that is to be put on disk.
type appended struct {
	entry Entry
	err   error
}

// OpenJournal opens the journal at path for appending, and makes it if need be.
// A last line that a kill tore is taken off first. What is appended continues the
// chain of the last entry; whether those before it are one is ReadJournal's to say.
func OpenJournal(path string) (*Journal, error) {
	f, err := newFile(path, os.O_RDWR|os.O_APPEND)
	if errors.Is(err, os.ErrExist) {
		f, err = keepOwn(openRegular(path, os.O_RDWR|os.O_APPEND))
	}
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j := &Journal{file: f}
	j.rounds = newRounds(25*time.Millisecond, j.put)
	torn, err := eachLine(f, func(_ int, line []byte) error {
		j.size += int64(len(line)) + 1
		j.last = Digest(line)
		return nil
	})
	j.torn = torn
	if err == nil {
		err = j.mend()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("journal: %w", err), f.Close())
	}
	return j, nil
}

// Append writes one entry and syncs it to disk.
func (j *Journal) Append(e Entry) error {
	if e.Time.IsZero() {
		e.Time = time.Now().UTC()
	}
	a := &appended{entry: e}
	j.rounds.join(a)
	if a.err != nil {
		return fmt.Errorf("journal: %w", a.err)
	}
	return nil
}

// put puts entries on disk. Where that fails, as where there is no room for all, each
// is tried alone.
func (j *Journal) put(all []*appended) {
	j.mu.Lock()
	defer j.mu.Unlock()
	err := j.write(all...)
	for _, a := range all {
		if a.err = err; err != nil && len(all) > 1 {
			a.err = j.write(a)
		}
		if a.err == nil && j.Told != nil {
			j.Told(a.entry)
		}
	}
}

// write puts entries on disk with one sync. What a full disk took of them, where it
// did not take them whole, is taken off again: the next begins a line of its own.
func (j *Journal) write(all ...*appended) error {
	if err := j.mend(); err != nil {
		return err
	}
	var lines []byte
	last := j.last
	for _, a := range all {
		line, err := chained(a.entry, last)
		if err != nil {
			return err
		}
		if err := j.Room.ask(len(line) + 1); err != nil {
			return err
		}
		lines, last = append(append(lines, line...), '\n'), Digest(line)
	}
	if j.size+int64(len(lines)) > mostJournal {
		return fmt.Errorf("has reached %d bytes: no assay reads more; begin a new run", int64(mostJournal))
	}
	j.hold()
	_, err := j.file.Write(lines)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.torn = true
		return errors.Join(err, j.mend())
	}
	j.size, j.last = j.size+int64(len(lines)), last
	return nil
}

// mend takes off what stands behind the last whole entry.
func (j *Journal) mend() error {
	if !j.torn {
		return nil
	}
	if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	j.torn, j.held = false, 0 // cutting a file gives back what was set aside behind its end
	return nil
}

// lastWords is how much room is set aside for entries yet to come, bytes: when a
// run's evidence has filled the disk, its journal can still tell how it ended.
const lastWords = 1 << 20

// hold keeps at least half of lastWords set aside, where the file system can;
// where it cannot, an entry finds room or does not, like any write.
func (j *Journal) hold() {
	if j.held-j.size < lastWords/2 && setAside(j.file, j.size, lastWords) == nil {
		j.held = j.size + lastWords
	}
}

// Close closes the journal, and gives back what was set aside for it.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var err error
	if info, failed := j.file.Stat(); failed == nil && j.held > j.size && info.Size() == j.size {
		err = j.file.Truncate(j.size)
	}
	return errors.Join(err, j.file.Close())
}
