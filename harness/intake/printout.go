package intake

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"assay/harness/evidence"
)

// Bounds on what a file may unfold to, bytes.
const (
	most      = 4 << 30 // of one print-out
	ratio     = 400     // unfolded against folded; text in a bugreport's zip comes to 10 to 20
	fewest    = 64 << 20
	mostFiles = 20000
	lineMost  = 64 << 20 // of one line: the longest of real print-outs has 3 MB
)

// headSize is how much of a file is looked at to tell what it is.
const headSize = 32 << 10

// item is one file of a folder or an archive.
type item struct {
	name string // without its folder, as it stands
	size int64  // folded, where it is folded in itself
	open func() (io.ReadCloser, error)
	disk string // its path, where it stands on the disk
}

func onDisk(dir, name string) item {
	path := filepath.Join(dir, name)
	info, err := os.Stat(path)
	size := int64(0)
	if err == nil {
		size = info.Size()
	}
	return item{name: name, size: size, disk: path, open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

// reader is an item's text: unfolded, and within bounds.
type reader struct {
	*bufio.Reader
	closers []io.Closer
	found   string // how, in words
	folded  bool   // the file is a gzip
}

// read opens an item, unfolds it where it is a gzip, and decodes it where it is in
// UTF-16.
func (f item) read() (*reader, error) { return f.readBy(256 << 10) }

// readBy reads in pieces of so many bytes.
func (f item) readBy(size int) (*reader, error) {
	raw, err := f.open()
	if err != nil {
		return nil, err
	}
	r := &reader{closers: []io.Closer{raw}}
	folded := bufio.NewReaderSize(raw, size/4)
	var in io.Reader = folded
	left := int64(most)
	if magic, _ := folded.Peek(2); string(magic) == "\x1f\x8b" {
		unfolded, err := gzip.NewReader(folded)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("its gzip cannot be unfolded: %w", err), raw.Close())
		}
		r.closers = append(r.closers, unfolded)
		r.folded = true
		in, left = unfolded, min(most, max(fewest, f.size*ratio))
	}
	r.Reader = bufio.NewReaderSize(&bounded{in: in, left: left}, size)
	return r, r.decode()
}

// decode makes UTF-8 of a text that is written otherwise.
func (r *reader) decode() error {
	r.found = "taken in as it was found"
	c, is := charsetOf(r.head())
	switch {
	case !is:
	case c.decoder == nil:
		r.Close()
		return fmt.Errorf("it is in %s: convert it to UTF-8 first", c.name)
	default:
		r.found = "decoded from " + c.name
		r.Reader = bufio.NewReaderSize(&bounded{in: c.decoder.Reader(r.Reader), left: most}, r.Size())
	}
	return nil
}

// fault is what keeps the first byte from being read; nil: it can be, or there is none.
func (r *reader) fault() error {
	if _, err := r.Peek(1); err != nil && err != io.EOF {
		return fmt.Errorf("it cannot be read: %w", err)
	}
	return nil
}

// head gives the first bytes without taking them. What is wrong with the rest is
// found when it is read.
func (r *reader) head() []byte {
	head, err := r.Peek(headSize)
	if err != nil && len(head) == 0 {
		return nil
	}
	return head
}

// Close lets the file go. That a gzip is cut off was told when it was read.
func (r *reader) Close() {
	for _, c := range r.closers {
		_ = c.Close()
	}
}

// bounded ends in an error where a source goes on past its bound, or a line does.
type bounded struct {
	in   io.Reader
	left int64
	line int64 // bytes since the last line end
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("%w: it unfolds to more than it may", ErrRefused)
	}
	n, err := b.in.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if last := bytes.LastIndexByte(p[:n], '\n'); last >= 0 {
		b.line = int64(n - last - 1)
	} else {
		b.line += int64(n)
	}
	if b.line > lineMost {
		return n, fmt.Errorf("%w: a line of more than %d bytes", ErrRefused, lineMost)
	}
	return n, err
}

// copied writes a print-out to a sink as it stands. Whether a file is all that the
// handset printed only its text can tell, so its coverage is Unknown, or says where it
// could not be read further; refused is that error where it was for safety.
func copied(p Piece, in *reader, to Sink) (refused, err error) {
	body, err := to.Begin(p)
	if err != nil {
		return nil, err
	}
	coverage := evidence.Coverage{Reason: in.found}
	sink := &watched{Writer: body}
	n, err := io.Copy(sink, in)
	switch {
	case sink.err != nil:
		return nil, sink.err
	case err != nil:
		coverage = evidence.Coverage{State: evidence.Truncated, Reason: fmt.Sprintf("%s could not be read further: %v", p.Origin[0], err)}
	case n == 0:
		coverage = evidence.Coverage{State: evidence.Empty, Reason: "it is empty"}
	}
	if errors.Is(err, ErrRefused) {
		refused = err
	}
	return refused, to.End(coverage)
}

// watched tells a sink's error from a source's.
type watched struct {
	io.Writer
	err error
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	w.err = err
	return n, err
}
