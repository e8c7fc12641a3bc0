package observe

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// ErrChanged is the error of a capture whose bytes are not those that were recorded.
var ErrChanged = errors.New("the bytes are not those that were recorded")

// ReadCapture reads the facts of one capture of the bundle in dir, and checks that its bytes
// are those that were recorded; if not, the error is ErrChanged. References name the bundle
// as bundle says. An emit that keeps a fact calls fact.Keep.
func ReadCapture(dir, bundle string, m evidence.Manifest, c evidence.Capture, emit func(fact.Observation)) (printout.Reading, error) {
	body, err := evidence.Body(dir, c)
	if err != nil {
		return printout.Reading{}, err
	}
	defer body.Close()
	sum := sha256.New()
	in := io.TeeReader(body, sum)
	how := printout.Input{Subject: c.Subject, SDK: m.Handset.Build.SDK, Trimmed: c.Trimmed}
	reading, err := Read(c.Source, in, how, func(f fact.Fact, s evidence.Span) {
		emit(fact.Observation{Fact: f, Source: c.Source, Phase: c.Phase, Ref: evidence.Ref{Bundle: bundle, File: c.File, Span: s}})
	})
	if _, rest := io.Copy(io.Discard, in); rest != nil {
		return reading, rest
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != c.SHA256 {
		return reading, fmt.Errorf("%s: %w; restore the bundle from a copy: SHA-256 is %s, the manifest says %s",
			filepath.Join(dir, c.File), ErrChanged, got, c.SHA256)
	}
	return reading, err
}
