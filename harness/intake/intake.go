// Package intake takes in print-outs that others have made: folders of them,
// bugreports, acquisitions by androidqf, results of Hubble. It sorts bytes by
// source and interprets none; what it takes in becomes evidence like any other.
// Everything is bounded, and nothing that a file or an archive says becomes a
// path.
package intake

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"assay/harness/evidence"
)

// Piece is one print-out.
type Piece struct {
	Source  string // the collector that would have taken it
	Subject string
	Origin  []string // where it comes from: the file, and the section in it
	Trimmed bool     // who took it cut the last line's end off
}

// Sink receives pieces, one at a time: Begin, then the body, then End.
type Sink interface {
	Begin(Piece) (io.Writer, error)
	End(evidence.Coverage) error
}

// ErrRefused is wrapped by the error of a file that is not taken in for safety.
var ErrRefused = errors.New("refused")

// NotTaken is the source of what stands in a folder or an archive and is not
// taken in: a piece without a body, whose coverage says why.
const NotTaken = "not-taken"

// Take reads a file or a folder into a sink. Print-outs of a folder are told
// apart by their names (getprop.txt, dumpsys_package.txt, logcat_events.txt.gz,
// pm_list_packages.txt) and, where several tools use one name, by how they begin.
// An error that wraps ErrRefused names a file that unfolds to too much, a line
// that does not end, or an archive with names that lead out of it.
func Take(name string, to Sink) error {
	info, err := regular(name)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return single(name, to)
	}
	t, err := folder(name)
	if err != nil {
		return err
	}
	return t.take(to)
}

// Readable says what is plainly wrong with a path, before anything is made of it.
func Readable(name string) error {
	if _, err := regular(name); err != nil {
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return f.Close()
}

// regular refuses what a reader might wait for without end.
func regular(name string) (os.FileInfo, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w: neither a file nor a folder", name, ErrRefused)
	}
	return info, nil
}

// Beginnings of files that are told apart by them.
const (
	zipMagic = "PK\x03\x04"
	ageMagic = "age-encryption.org/"
)

// single takes a bugreport, zipped or not, an acquisition in a zip, or one
// print-out.
func single(name string, to Sink) error {
	f := onDisk(filepath.Dir(name), filepath.Base(name))
	raw, err := os.Open(name)
	if err != nil {
		return err
	}
	magic, err := bufio.NewReader(raw).Peek(len(ageMagic))
	if err := errors.Join(notEOF(err), raw.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	switch {
	case len(magic) == 0:
		return fmt.Errorf("%s: is empty", name)
	case bytes.HasPrefix(magic, []byte(zipMagic)):
		return archive(name, to)
	case bytes.HasPrefix(magic, []byte(ageMagic)):
		return fmt.Errorf("%s: is encrypted with age: decrypt it first (age --decrypt -i KEY -o ACQUISITION.zip %s)", name, filepath.Base(name))
	}
	in, err := f.read()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer in.Close()
	head := in.head()
	plan := planOf(f.name, head)
	switch {
	case isReport(head):
		err = Bugreport(f.name, in, to)
	case plan.source != "" && !isBugreport(f.name):
		var refused error
		refused, err = plan.take(f.name, in, to)
		err = errors.Join(refused, err)
	default:
		return fmt.Errorf("%s: neither a bugreport (no \"== dumpstate:\" in its first lines) nor a print-out by its name (getprop.txt, dumpsys_X.txt, logcat_X.txt, pm_list_packages.txt, packages.json)", name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func isReport(head []byte) bool { return bytes.Contains(head, []byte("== dumpstate:")) }

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
