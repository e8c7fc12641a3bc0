// Package intake takes in print-outs that others have made: folders of them,
// bugreports, acquisitions by androidqf, results of Hubble. It sorts bytes by
// source, and interprets none but what names a handset; what it takes in becomes
// evidence like any other.
// Everything is bounded, and nothing that a file or an archive says becomes a
// path.
package intake

import (
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

// Take reads a file or a folder, of one handset, into a sink. What a file is, is told
// by how it begins; and by its name where a print-out's beginning does not tell
// (getprop.txt, dumpsys_package.txt, logcat_events.txt.gz, pm_list_packages.txt).
// What is of another handset than the first that is named is not taken in. An archive
// may hold archives, up to two deep. What is not taken in is told to the sink, each with the reason (NotTaken);
// a file that cannot be read ends nothing but itself. The error of a path of which
// nothing could be taken in names what stands in the way; it wraps ErrRefused where
// that is for safety: a file that unfolds to too much, a line that does not end, an
// archive with names that lead out of it.
func Take(name string, to Sink) error {
	y := &tally{Sink: to}
	if err := takeIn(name, y); err != nil {
		return err
	}
	return y.nothing(name)
}

func takeIn(name string, to *tally) error {
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
	defer t.close()
	return t.walk(to)
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

// single takes a bugreport, an archive of one or of print-outs, or one print-out.
func single(name string, to *tally) error {
	f := onDisk(filepath.Dir(name), filepath.Base(name))
	p, err := f.plan()
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	case f.size == 0:
		return fmt.Errorf("%s: is empty", name)
	case p.form == packed:
		t, err := f.unpack(&budget{bytes: mostNested, files: mostFiles}, 0)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		defer t.close()
		t.name = name
		return t.walk(to)
	case p.source == "" && p.foreign:
		return fmt.Errorf("%s: %s", name, p.why)
	case p.source == "":
		return fmt.Errorf("%s: neither a bugreport (no \"== dumpstate:\" in its first lines) nor a print-out by how it begins or by its name "+
			"(getprop.txt, dumpsys_X.txt, logcat_X.txt, pm_list_packages.txt, packages.json)", name)
	}
	if p.form != report && p.names() {
		if w := (planned{f, p}).whose(); w.Both() != "" {
			return fmt.Errorf("%s: it is of two handsets (%s): %s", name, w.Both(), remedy)
		}
	}
	in, err := f.read()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer in.Close()
	if refused, err := p.readInto(f.name, in, to); refused != nil || err != nil {
		return fmt.Errorf("%s: %w", name, errors.Join(refused, err))
	}
	to.endFile(nil)
	return nil
}
