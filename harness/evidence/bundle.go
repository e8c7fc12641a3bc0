package evidence

import (
	"bufio"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	manifestName = "manifest.json"
	indexName    = "captures.jsonl"
	bodies       = "captures"
)

// manifests are the versions of manifest.json. Before 2 nothing named its digest, nor
// did it name the index's.
var manifests = Format{Oldest: 2, Newest: 2, Readers: map[int]string{1: LastOfSchema1}}

// LastOfSchema1 is the last commit of assay that reads runs of schema 1.
const LastOfSchema1 = "d2c7f2d4bf05"

// Bundle is an attempt's evidence while it is being taken. Its methods may be
// called from several goroutines.
type Bundle struct {
	Dir string
	// Copy says that the bodies are copies of files that stay where they are, as an
	// import's: Seal need not wait until they are on disk.
	Copy bool
	Room Room // asked before bytes are written; nil: nobody

	disk    *Disk // that others share; nil: none
	failed  int64 // rounds of it, when the bundle was made
	settled bool  // by it: all is on disk for certain

	mu       sync.Mutex
	head     Head
	index    *os.File
	indexed  hash.Hash // SHA-256 of the index
	begun    int
	open     map[*Recording]bool
	captures []Capture
}

// Create makes the folder dir, which must not exist, and opens a bundle in it.
func Create(dir string, head Head) (*Bundle, error) {
	if err := Mkdir(dir); err != nil {
		return nil, fmt.Errorf("new bundle: %w", err)
	}
	if err := Mkdir(filepath.Join(dir, bodies)); err != nil {
		return nil, fmt.Errorf("new bundle: %w", err)
	}
	index, err := newFile(filepath.Join(dir, indexName), os.O_WRONLY|os.O_APPEND)
	if err != nil {
		return nil, fmt.Errorf("new bundle: %w", err)
	}
	head.Schema = manifests.Newest
	return &Bundle{Dir: dir, head: head, index: index, indexed: sha256.New(), open: map[*Recording]bool{}}, nil
}

// SetHead corrects what the bundle says of its attempt, once the handset itself
// has been asked.
func (b *Bundle) SetHead(change func(*Head)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(&b.head)
}

// Begin opens a recording. c needs Source, Phase and Command; Subject and Clock
// where there are any. The body's file is named after the source alone: nothing
// that a handset said becomes a path.
func (b *Bundle) Begin(c Capture) (*Recording, error) {
	b.mu.Lock()
	b.begun++
	n := b.begun
	b.mu.Unlock()
	suffix := "txt"
	if c.Source == Screenshot {
		suffix = "png"
	}
	c.File = fmt.Sprintf("%s/%04d-%s.%s.%s", bodies, n, plain(c.Source), plain(string(c.Phase)), suffix)
	if c.Started.IsZero() {
		c.Started = time.Now().UTC()
	}
	f, err := newFile(filepath.Join(b.Dir, filepath.FromSlash(c.File)), os.O_RDWR)
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", c.Source, err)
	}
	buffer := buffers.Get().(*bufio.Writer)
	buffer.Reset(boundedFile{f, b.Room})
	r := &Recording{bundle: b, capture: c, file: f, buffer: buffer, sum: sha256.New()}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open[r] = true
	return r, nil
}

// buffers are kept for reuse: most bodies are short.
var buffers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 64<<10) }}

// Seal puts the bodies on disk, and then the manifest, after which the bundle is
// finished for good: whatever the journal calls ended has survived a power cut. The
// bundle's files are closed, also where it could not be sealed. A recording that
// nobody ended is a capture that was cut off: no file of the bundle is unsealed.
func (b *Bundle) Seal(outcome Outcome) (Manifest, error) {
	left := b.endAll()
	b.mu.Lock()
	defer b.mu.Unlock()
	m := Manifest{Head: b.head, Blind: Random(), Index: sumOf(b.indexed), Sealed: time.Now().UTC(), Outcome: outcome, Captures: b.captures}
	err := left
	if err == nil {
		m.Digest, err = b.seal(m)
	}
	if err != nil {
		return Manifest{}, errors.Join(fmt.Errorf("seal %s: %w", b.Dir, err), b.index.Close())
	}
	return m, b.index.Close()
}

// endAll ends the recordings that are still open, in the order of their files.
func (b *Bundle) endAll() error {
	b.mu.Lock()
	left := slices.SortedFunc(maps.Keys(b.open), func(x, y *Recording) int { return cmp.Compare(x.capture.File, y.capture.File) })
	b.mu.Unlock()
	var errs []error
	for _, r := range left {
		_, err := r.End(nil, "", Coverage{State: Truncated, Reason: "its recording was cut off"})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Random is 32 bytes of chance, in hex.
func Random() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program where the system has no chance to give
	return hex.EncodeToString(b[:])
}

// seal writes the manifest before the bodies are put on disk, which then takes it
// along, and gives it its name after that. It gives the SHA-256 of its bytes.
func (b *Bundle) seal(m Manifest) (digest string, err error) {
	raw, err := marshal(m)
	if err != nil {
		return "", err
	}
	return Digest(raw), b.place(raw)
}

// place puts the manifest on disk, after all that it names.
func (b *Bundle) place(raw []byte) error {
	if err := b.Room.ask(len(raw)); err != nil {
		return err
	}
	d, err := newDraft(filepath.Join(b.Dir, manifestName), raw)
	if err != nil {
		return err
	}
	if b.Copy {
		return d.place(true)
	}
	if b.flushed() {
		return d.place(false)
	}
	if err := b.sync(); err != nil {
		return errors.Join(err, d.discard())
	}
	return d.place(true)
}

// flushed has the file system write all that it holds back, in one request for all
// files of a bundle. It says whether all of the bundle is on disk for
// certain; where it is not, each file is to be synced, which then costs little, and
// tells which was lost.
func (b *Bundle) flushed() bool {
	if b.disk == nil {
		return syncAll(b.index)
	}
	b.disk.rounds.join(b)
	return b.settled
}

// sync puts the bodies on disk, each by itself, and then the folder and the index
// that name them.
func (b *Bundle) sync() error {
	for _, c := range b.captures {
		f, err := os.OpenFile(filepath.Join(b.Dir, filepath.FromSlash(c.File)), os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return errors.Join(syncFolder(filepath.Join(b.Dir, bodies)), b.index.Sync())
}

// Abandon closes the bundle's files without sealing it.
func (b *Bundle) Abandon() error { return b.index.Close() }

func (b *Bundle) add(c Capture) error {
	line, err := json.Marshal(c)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.Room.ask(len(line) + 1); err != nil {
		return err
	}
	n, err := b.index.Write(append(line, '\n'))
	b.indexed.Write(append(line, '\n')[:n])
	if err != nil {
		return err
	}
	b.captures = append(b.captures, c)
	return nil
}

// ended says that a recording is open no more.
func (b *Bundle) ended(r *Recording) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, r)
}

// Recording is the body of a capture while it is being written.
type Recording struct {
	bundle  *Bundle
	capture Capture

	mu     sync.Mutex
	file   *os.File
	buffer *bufio.Writer // nil once it has ended
	sum    hash.Hash
	size   int64
}

// Write appends to the body.
func (r *Recording) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.buffer == nil {
		return 0, fmt.Errorf("record %s: %w", r.capture.Source, os.ErrClosed)
	}
	n, err := r.buffer.Write(p)
	r.sum.Write(p[:n])
	r.size += int64(n)
	return n, err
}

// Rewind empties the body, for what is asked anew. Nobody may be reading it.
func (r *Recording) Rewind() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.flush()
	if err == nil {
		err = r.file.Truncate(0)
	}
	if err == nil {
		_, err = r.file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("record %s: %w", r.capture.Source, err)
	}
	r.sum.Reset()
	r.size = 0
	return nil
}

// flush hands what is held to the file. It is called under the lock.
func (r *Recording) flush() error {
	if r.buffer == nil {
		return nil
	}
	return r.buffer.Flush()
}

// Size is how many bytes the body has so far: the position mark of a step.
func (r *Recording) Size() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.size
}

// ReadAt reads of what the body has so far, while it is still being written.
func (r *Recording) ReadAt(p []byte, at int64) (int, error) {
	r.mu.Lock()
	err := r.flush()
	r.mu.Unlock()
	if err != nil {
		return 0, fmt.Errorf("record %s: %w", r.capture.Source, err)
	}
	return r.file.ReadAt(p, at)
}

// SoFar opens what the body has so far, while it is still being written. The caller
// closes it.
func (r *Recording) SoFar() (io.ReadCloser, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.flush(); err != nil {
		return nil, fmt.Errorf("record %s: %w", r.capture.Source, err)
	}
	f, err := os.Open(r.file.Name())
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", r.capture.Source, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(f, r.size), f}, nil
}

// End writes the body out and enters the capture in the bundle's index, in that
// order: a kill leaves no entry without its body. Seal waits for the disk.
func (r *Recording) End(exit *int, stderr string, coverage Coverage) (Capture, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.capture
	r.bundle.ended(r)
	err := r.flush()
	if r.buffer != nil {
		r.buffer.Reset(nil)
		buffers.Put(r.buffer)
		r.buffer = nil
	}
	if err = errors.Join(err, r.file.Close()); err != nil {
		return c, fmt.Errorf("record %s: %w", c.Source, err)
	}
	c.Exit, c.Coverage, c.Ended, c.Size = exit, coverage, time.Now().UTC(), r.size
	c.Stderr = stderr[:min(len(stderr), 4<<10)]
	c.SHA256 = sumOf(r.sum)
	if err := r.bundle.add(c); err != nil {
		return c, fmt.Errorf("record %s: %w", c.Source, err)
	}
	return c, nil
}

// plain keeps what is safe in any file system's names.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, s[:min(len(s), 60)])
}

// FolderName turns words, some of which a handset may have said, into the name
// of one folder.
func FolderName(words ...string) string {
	kept := make([]string, 0, len(words))
	for _, w := range words {
		if p := strings.Trim(plain(strings.ReplaceAll(w, " ", "-")), "_-"); p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, ".")
}
