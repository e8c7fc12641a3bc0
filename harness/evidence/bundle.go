package evidence

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	schema       = 1
	manifestName = "manifest.json"
	indexName    = "captures.jsonl"
	bodies       = "captures"
)

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
	begun    int
	captures []Capture
}

// Create makes the folder dir, which must not exist, and opens a bundle in it.
func Create(dir string, head Head) (*Bundle, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, fmt.Errorf("new bundle: %w", err)
	}
	if err := os.Mkdir(filepath.Join(dir, bodies), 0o755); err != nil {
		return nil, fmt.Errorf("new bundle: %w", err)
	}
	index, err := os.OpenFile(filepath.Join(dir, indexName), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("new bundle: %w", err)
	}
	head.Schema = schema
	return &Bundle{Dir: dir, head: head, index: index}, nil
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
	f, err := os.OpenFile(filepath.Join(b.Dir, filepath.FromSlash(c.File)), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", c.Source, err)
	}
	buffer := buffers.Get().(*bufio.Writer)
	buffer.Reset(roomy{f, b.Room})
	return &Recording{bundle: b, capture: c, file: f, buffer: buffer, sum: sha256.New()}, nil
}

// buffers are kept for reuse: most bodies are short.
var buffers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 64<<10) }}

// Seal puts the bodies on disk, and then the manifest, after which the bundle is
// finished for good: whatever the journal calls ended has survived a power cut. The
// bundle's files are closed, also where it could not be sealed.
func (b *Bundle) Seal(outcome Outcome) (Manifest, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := Manifest{Head: b.head, Sealed: time.Now().UTC(), Outcome: outcome, Captures: b.captures}
	if err := b.seal(m); err != nil {
		return Manifest{}, errors.Join(fmt.Errorf("seal %s: %w", b.Dir, err), b.index.Close())
	}
	return m, b.index.Close()
}

// seal writes the manifest before the bodies are put on disk, which then takes it
// along, and gives it its name after that.
func (b *Bundle) seal(m Manifest) error {
	raw, err := marshal(m)
	if err != nil {
		return err
	}
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
	if b.settle() {
		return d.place(false)
	}
	if err := b.sync(); err != nil {
		return errors.Join(err, d.discard())
	}
	return d.place(true)
}

// settle has the file system write all that it holds back, in one request for all
// files of a bundle. It says whether all of the bundle is on disk for
// certain; where it is not, each file is to be synced, which then costs little, and
// tells which was lost.
func (b *Bundle) settle() bool {
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
	if _, err := b.index.Write(append(line, '\n')); err != nil {
		return err
	}
	b.captures = append(b.captures, c)
	return nil
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
	c.SHA256 = hex.EncodeToString(r.sum.Sum(nil))
	if err := r.bundle.add(c); err != nil {
		return c, fmt.Errorf("record %s: %w", c.Source, err)
	}
	return c, nil
}

// ErrUnsealed is what Open returns of a bundle that was never finished.
var ErrUnsealed = errors.New("bundle is not sealed: its attempt was cut off")

// Open reads a sealed bundle's manifest and checks that it is one: every file
// it names lies inside the bundle and has the size it should have.
func Open(dir string) (Manifest, error) {
	var m Manifest
	raw, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, os.ErrNotExist) {
		return m, fmt.Errorf("%s: %w", dir, ErrUnsealed)
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("%s: corrupt manifest: %w; restore the bundle from a copy, or delete its folder and run again", filepath.Join(dir, manifestName), err)
	}
	if m.Schema != schema {
		return m, fmt.Errorf("%s: manifest of schema %d; this assay reads %d", filepath.Join(dir, manifestName), m.Schema, schema)
	}
	for _, c := range m.Captures {
		info, err := stat(dir, c.File)
		if err != nil {
			return m, fmt.Errorf("%s: corrupt bundle: capture %q: %w", dir, c.File, err)
		}
		if info.Size() != c.Size {
			return m, fmt.Errorf("%s: corrupt bundle: %s has %d bytes, the manifest says %d; restore it from a copy", dir, c.File, info.Size(), c.Size)
		}
	}
	return m, nil
}

// Body opens a capture's bytes. The caller closes it.
func Body(dir string, c Capture) (*os.File, error) {
	if _, err := stat(dir, c.File); err != nil {
		return nil, err
	}
	return os.Open(filepath.Join(dir, filepath.FromSlash(c.File)))
}

// Verify hashes every capture of a sealed bundle and returns an error for each
// that is not what its manifest says.
func Verify(dir string) []error {
	m, err := Open(dir)
	if err != nil {
		return []error{err}
	}
	var problems []error
	for _, c := range m.Captures {
		sum, err := sumOf(dir, c)
		switch {
		case err != nil:
			problems = append(problems, fmt.Errorf("%s: %w", c.File, err))
		case sum != c.SHA256:
			problems = append(problems, fmt.Errorf("%s: SHA-256 is %s, the manifest says %s", filepath.Join(dir, c.File), sum, c.SHA256))
		}
	}
	return problems
}

func sumOf(dir string, c Capture) (string, error) {
	f, err := Body(dir, c)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// stat refuses names that lead out of the bundle: a bundle may come from anybody.
func stat(dir, file string) (os.FileInfo, error) {
	local := filepath.FromSlash(file)
	if !filepath.IsLocal(local) {
		return nil, fmt.Errorf("%q leads out of the bundle", file)
	}
	info, err := os.Lstat(filepath.Join(dir, local))
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%q is not a regular file", file)
	}
	return info, nil
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
