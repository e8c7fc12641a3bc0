// Package intake takes in print-outs that others have made: folders of them,
// and bugreports. It sorts bytes by source and interprets none; what it takes in
// becomes evidence like any other. Everything is bounded, and nothing that a
// file or an archive says becomes a path.
package intake

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/evidence"
)

// Piece is one print-out.
type Piece struct {
	Source  string // the collector that would have taken it
	Subject string
	Origin  []string // where it comes from: the file, and the section in it
}

// Sink receives pieces, one at a time: Begin, then the body, then End.
type Sink interface {
	Begin(Piece) (io.Writer, error)
	End(evidence.Coverage) error
}

// Bounds on what a file may unfold to, bytes.
const (
	most      = 4 << 30 // of one print-out
	ratio     = 400     // unfolded against folded; text in a bugreport's zip comes to 10 to 20
	fewest    = 64 << 20
	mostFiles = 20000
)

// ErrRefused is wrapped by the error of a file that is not taken in for safety.
var ErrRefused = errors.New("refused")

// Take reads a file or a folder into a sink. A folder's print-outs are told
// apart by their names: getprop.txt, dumpsys_package.txt, logcat_events.txt.gz,
// pm_list_packages.txt.
func Take(name string, to Sink) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return folder(name, to)
	}
	return file(name, to)
}

// Readable says what is plainly wrong with a path, before anything is made of it.
func Readable(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return f.Close()
}

// folder takes what stands in a folder, by name; folders in it are not entered.
// A bugreport beside loose print-outs holds the same again, and is left out.
func folder(dir string, to Sink) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if len(entries) > mostFiles {
		return fmt.Errorf("%s: %w: %d files, more than %d", dir, ErrRefused, len(entries), mostFiles)
	}
	var loose, reports []string
	for _, e := range entries {
		switch {
		case !e.Type().IsRegular() || strings.HasPrefix(e.Name(), "."):
		case isBugreport(e.Name()):
			reports = append(reports, e.Name())
		case SourceOf(e.Name()) != "":
			loose = append(loose, e.Name())
		}
	}
	if len(loose) == 0 && len(reports) == 0 {
		return fmt.Errorf("%s: holds no print-out: expected names such as getprop.txt, dumpsys_package.txt, logcat_main.txt, or a bugreport", dir)
	}
	for _, name := range loose {
		if err := printOut(filepath.Join(dir, name), to); err != nil {
			return err
		}
	}
	for _, name := range reports {
		if len(loose) == 0 {
			if err := file(filepath.Join(dir, name), to); err != nil {
				return err
			}
			continue
		}
		if err := leaveOut(name, to, "it holds the loose print-outs beside it again; import it by its own path"); err != nil {
			return err
		}
	}
	return nil
}

func leaveOut(name string, to Sink, why string) error {
	if _, err := to.Begin(Piece{Source: "bugreport", Origin: []string{name}}); err != nil {
		return err
	}
	return to.End(evidence.Coverage{State: evidence.NotRun, Reason: why})
}

func isBugreport(name string) bool {
	base := strings.ToLower(path.Base(name))
	return strings.HasPrefix(base, "bugreport") && slices.Contains([]string{".zip", ".txt", ".gz"}, path.Ext(base))
}

// file takes a bugreport, zipped or not, or a single print-out.
func file(name string, to Sink) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 4)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s: %w", name, err)
	}
	if n == 4 && string(head) == "PK\x03\x04" {
		return archive(name, to)
	}
	if !isBugreport(name) && SourceOf(name) != "" {
		return printOut(name, to)
	}
	in, closeIn, err := open(name)
	if err != nil {
		return err
	}
	defer closeIn()
	buffered := bufio.NewReaderSize(in, 64<<10)
	start, _ := buffered.Peek(32 << 10)
	if !bytes.Contains(start, []byte("== dumpstate:")) {
		return fmt.Errorf("%s: neither a bugreport (no \"== dumpstate:\" in its first lines) nor a print-out by its name (getprop.txt, dumpsys_X.txt, logcat_X.txt, pm_list_packages.txt)", name)
	}
	return Bugreport(filepath.Base(name), buffered, to)
}

// archive takes the one text in a bugreport's zip that main_entry.txt names, or
// that is called bugreport-….txt.
func archive(name string, to Sink) error {
	z, err := zip.OpenReader(name)
	if err != nil {
		return fmt.Errorf("%s: not a whole zip: %w", name, err)
	}
	defer z.Close()
	if len(z.File) > mostFiles {
		return fmt.Errorf("%s: %w: %d entries, more than %d", name, ErrRefused, len(z.File), mostFiles)
	}
	entry, err := mainEntry(&z.Reader)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if entry.UncompressedSize64 > most || entry.UncompressedSize64 > fewest && entry.UncompressedSize64/ratio > entry.CompressedSize64 {
		return fmt.Errorf("%s: %w: %q would unfold from %d to %d bytes", name, ErrRefused, entry.Name, entry.CompressedSize64, entry.UncompressedSize64)
	}
	body, err := entry.Open()
	if err != nil {
		return fmt.Errorf("%s: %q: %w", name, entry.Name, err)
	}
	defer body.Close()
	return Bugreport(filepath.Base(name)+"!"+entry.Name, io.LimitReader(body, int64(entry.UncompressedSize64)), to)
}

func mainEntry(z *zip.Reader) (*zip.File, error) {
	var named string
	for _, f := range z.File {
		if f.Name == "main_entry.txt" && f.UncompressedSize64 < 4<<10 {
			if body, err := f.Open(); err == nil {
				text, _ := io.ReadAll(io.LimitReader(body, 4<<10))
				body.Close()
				named = strings.TrimSpace(string(text))
			}
		}
	}
	for _, f := range z.File {
		if f.Name == named || named == "" && isBugreport(f.Name) && strings.HasSuffix(f.Name, ".txt") {
			if !filepath.IsLocal(f.Name) {
				return nil, fmt.Errorf("%w: entry %q leads out of the archive", ErrRefused, f.Name)
			}
			return f, nil
		}
	}
	return nil, fmt.Errorf("no bugreport-….txt in it (main_entry.txt names %q)", named)
}

// printOut takes one loose file.
func printOut(name string, to Sink) error {
	in, closeIn, err := open(name)
	if err != nil {
		return err
	}
	defer closeIn()
	body, err := to.Begin(Piece{Source: SourceOf(name), Subject: subjectOf(name), Origin: []string{filepath.Base(name)}})
	if err != nil {
		return err
	}
	coverage := evidence.Coverage{State: evidence.Whole, Reason: "taken in as it was found"}
	sink := &watched{Writer: body}
	n, err := io.Copy(sink, in)
	switch {
	case sink.err != nil:
		return sink.err
	case err != nil:
		coverage = evidence.Coverage{State: evidence.Truncated, Reason: err.Error()}
	case n == 0:
		coverage = evidence.Coverage{State: evidence.Empty}
	}
	return to.End(coverage)
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

// open opens a file, unfolding gzip in bounds.
func open(name string) (io.Reader, func(), error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	buffered := bufio.NewReader(f)
	head, _ := buffered.Peek(2)
	if string(head) != "\x1f\x8b" {
		return &bounded{in: buffered, left: most}, func() { f.Close() }, nil
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	unfolded, err := gzip.NewReader(buffered)
	if err != nil {
		f.Close()
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return &bounded{in: unfolded, left: min(most, max(fewest, info.Size()*ratio))}, func() { unfolded.Close(); f.Close() }, nil
}

// bounded ends in an error where a source goes on past its bound.
type bounded struct {
	in   io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("%w: it unfolds to more than it may", ErrRefused)
	}
	n, err := b.in.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
