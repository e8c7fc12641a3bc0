package lab

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/intake"
	"assay/harness/ledger"
	"assay/harness/observe"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Imports says what print-outs are to become a run.
type Imports struct {
	Name, Tool   string
	Paths        []string // each a handset: a folder of print-outs, an acquisition, or a bugreport
	Brand, Model string   // go before what the print-outs say
	Limit        int64    // bytes that all of it may write; 0: 2 GiB
	Reserve      int64    // bytes of the host's disk that must stay free; 0: 256 MiB
	Stop         <-chan struct{}
	Left         func(path, why string) // called for each file and folder that is not taken in; nil: nobody asks
}

// ErrStopped is wrapped by the error of an import that was stopped.
var ErrStopped = errors.New("stopped")

// Import makes a run of print-outs that others have taken, in dir, which must be
// new or empty. It is made in a folder within, and stands in dir once it is whole:
// of an import that failed, or was stopped, nothing is left, and of one that was
// killed a folder of which nothing counts, as whoever reads the run is told.
func Import(dir string, im Imports) (err error) {
	record := ledger.Record{Name: im.Name, Tool: im.Tool, Started: time.Now().UTC(), Repeat: 1}
	for i, p := range im.Paths {
		key := fmt.Sprintf("import-%02d", i+1)
		record.Handsets = append(record.Handsets, ledger.Handset{Key: key, Brand: im.Brand, Model: im.Model})
		// A path that cannot be read is told before anything is written.
		if err := intake.Readable(p); err != nil {
			return err
		}
	}
	if err := vacant(dir); err != nil {
		return err
	}
	clear := clearing(dir)
	work := filepath.Join(dir, ledger.UnfinishedName)
	err = os.MkdirAll(filepath.Dir(dir), 0o755)
	if err == nil {
		err = evidence.KeepFolder(dir)
	}
	if err != nil {
		_ = clear() // the error that counts is told
		return fmt.Errorf("%w: %w; give --out a folder that can be written", ledger.ErrOutput, err)
	}
	if err := importAll(work, record, im); err != nil {
		return errors.Join(err, clear())
	}
	if err := moveOut(work, dir); err != nil {
		return errors.Join(err, clear())
	}
	return nil
}

// importAll makes the run in a folder of its own.
func importAll(dir string, record ledger.Record, im Imports) error {
	journal, err := ledger.Create(dir, record)
	if err != nil {
		return err
	}
	defer journal.Close()
	room, err := newImportDisk(dir, im)
	if err != nil {
		return err
	}
	if err := ledger.Begin(dir, journal, im.Name, im.Tool); err != nil {
		return err
	}
	for i, p := range im.Paths {
		if err := importOne(dir, journal, record.Handsets[i], p, room); err != nil {
			return fmt.Errorf("import %s: %w", p, err)
		}
	}
	return journal.Append(evidence.Entry{Kind: evidence.RunEnded, Note: ledger.WholeNote})
}

func importOne(dir string, journal *evidence.Journal, h ledger.Handset, path string, room *importDisk) error {
	name := evidence.FolderName(h.Key, h.Brand, h.Model)
	bundle, err := evidence.Create(
		bundleDir(dir, name),
		evidence.Head{Scenario: evidence.Imported, Repeat: 1, Attempt: 1, Created: time.Now().UTC()},
	)
	if err != nil {
		return err
	}
	bundle.Copy, bundle.Room = true, room.allow
	t := attempt{scenario: evidence.Imported, repeat: 1, attempt: 1, folder: ledger.BundlesName + "/" + name}
	started := t.entry(evidence.JobStarted)
	started.Serial = h.Key
	if err := journal.Append(started); err != nil {
		return err
	}
	sink := &bundleSink{bundle: bundle, path: path, disk: room}
	if err := intake.Take(path, sink); err != nil {
		return errors.Join(err, bundle.Abandon())
	}
	if err := sink.ofOne(); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", path, err), bundle.Abandon())
	}
	handset, err := sink.handset(h)
	if err != nil {
		return errors.Join(err, bundle.Abandon())
	}
	bundle.SetHead(func(head *evidence.Head) { head.Handset = handset })
	outcome := evidence.Outcome{State: evidence.Finished}
	sealed, err := bundle.Seal(outcome)
	if err != nil {
		return err
	}
	ended := t.entry(evidence.JobEnded)
	ended.Serial, ended.Outcome, ended.Digest = h.Key, &outcome, sealed.Digest
	return journal.Append(ended)
}

// propertyOf gives a property that a fact tells, of those that say what a handset is. One
// of a file of the image counts where the handset itself was not asked, and says
// nothing of which release it runs: no claim is left out because of a file.
func propertyOf(f fact.Fact) (key, value string, ofImage, ok bool) {
	switch p := f.(type) {
	case fact.Property:
		key, value = p.Key, p.Value
	case fact.ImageProperty:
		key, value, ofImage = p.Key, p.Value, true
	}
	return key, value, ofImage, slices.Contains(naming, key) && !(ofImage && key == android.PropSDK)
}

// naming lists the properties that say what a handset is. Treble images keep a
// maker's own values under ro.product.<partition>.
var naming = []string{
	android.PropSDK, android.PropBrand, android.PropManufacturer, android.PropModel, android.PropDevice,
	android.PropFingerprint, android.PropRelease, android.PropSecurityPatch, "ro.system.build.fingerprint",
	"ro.product.system.brand", "ro.product.vendor.brand", "ro.product.system.manufacturer", "ro.product.vendor.manufacturer",
	"ro.product.system.model", "ro.product.vendor.model", "ro.product.system.device",
}

// bundleSink makes captures of pieces.
type bundleSink struct {
	bundle   *evidence.Bundle
	rec      *evidence.Recording
	piece    intake.Piece // of which it is
	captures []evidence.Capture
	path     string
	disk     *importDisk
}

func (s *bundleSink) Begin(p intake.Piece) (io.Writer, error) {
	if len(s.captures) == mostPieces {
		return nil, fmt.Errorf("%w: more than %d print-outs and parts of them: import them in several runs", intake.ErrRefused, mostPieces)
	}
	rec, err := s.bundle.Begin(evidence.Capture{Source: p.Source, Subject: p.Subject, Phase: evidence.Before, Trimmed: p.Trimmed,
		Command: append([]string{"import"}, p.Origin...)})
	s.rec, s.piece = rec, p
	return rec, err
}

func (s *bundleSink) End(c evidence.Coverage) error {
	capture, err := s.rec.End(nil, "", c)
	s.captures = append(s.captures, capture)
	if s.disk.tell != nil && intake.Left(s.piece, c) {
		s.disk.tell(s.path, leftWhy(capture))
	}
	return err
}

// leftWhy says which file was not taken in, and why.
func leftWhy(c evidence.Capture) string {
	if name := c.Command[1]; !strings.HasPrefix(c.Coverage.Reason, name) && name != "…" {
		return name + ": " + c.Coverage.Reason
	}
	return c.Coverage.Reason
}

// ofOne says why what was taken in is not of one handset, where its parts name two: a
// report whose properties are another's. Which of the rest is whose, nothing tells.
func (s *bundleSink) ofOne() error {
	var first intake.Whose
	for _, c := range s.captures {
		if !intake.Naming(c.Source) {
			continue
		}
		w := intake.Whose{Image: c.Source == "build-prop"}
		body, err := evidence.Body(s.bundle.Dir, c)
		if err != nil {
			return err
		}
		_, err = io.Copy(&w, body)
		w.Close()
		if err := errors.Join(err, body.Close()); err != nil {
			return err
		}
		if how := cmp.Or(w.Both(), first.Differs(&w)); how != "" {
			return fmt.Errorf("%w: it holds print-outs of two handsets: in %s, %s: take them apart, and import each handset's into a run of its own",
				intake.ErrRefused, strings.Join(c.Command[1:], ", "), how)
		}
		first.Join(&w)
	}
	return nil
}

// handset reads from the imported properties what the handset is.
func (s *bundleSink) handset(l ledger.Handset) (android.Handset, error) {
	properties := map[string]string{}
	for _, c := range s.captures {
		if c.Source != "getprop" && c.Source != "build-prop" {
			continue
		}
		body, err := evidence.Body(s.bundle.Dir, c)
		if err != nil {
			return android.Handset{}, err
		}
		_, err = observe.Read(c.Source, body, printout.Input{Trimmed: c.Trimmed}, func(f fact.Fact, _ evidence.Span) {
			if key, value, ofImage, ok := propertyOf(f); ok && (!ofImage || properties[key] == "") {
				properties[key] = value
			}
		})
		if err := errors.Join(err, body.Close()); err != nil {
			return android.Handset{}, err
		}
	}
	first := func(keys ...string) string {
		for _, k := range keys {
			if v := strings.TrimSpace(properties[k]); v != "" {
				return v
			}
		}
		return ""
	}
	sdk, _ := strconv.Atoi(first(android.PropSDK)) // 0, not known, where it says no number
	h := android.Handset{
		Serial:       android.Serial(l.Key),
		Brand:        first(android.PropBrand, "ro.product.system.brand", "ro.product.vendor.brand"),
		Manufacturer: first(android.PropManufacturer, "ro.product.system.manufacturer", "ro.product.vendor.manufacturer"),
		Model:        first(android.PropModel, "ro.product.system.model", "ro.product.vendor.model"),
		Device:       first(android.PropDevice, "ro.product.system.device"),
		Build: android.Build{Fingerprint: first(android.PropFingerprint, "ro.system.build.fingerprint"), SDK: sdk,
			Release: first(android.PropRelease), SecurityPatch: first(android.PropSecurityPatch)},
	}
	if l.Brand != "" {
		h.Brand = l.Brand
	}
	if l.Model != "" {
		h.Model = l.Model
	}
	if h.Brand == "" {
		h.Brand = "(unknown)"
	}
	if h.Model == "" {
		h.Model = "(unknown)"
	}
	return h, nil
}
