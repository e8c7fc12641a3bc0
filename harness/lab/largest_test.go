package lab_test

import (
	"bytes"
	"io"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/intake"
)

// scale weighs the print-outs of each source.
type scale struct {
	source  string
	size    bytes.Buffer
	largest map[string]int64
}

func (s *scale) Begin(p intake.Piece) (io.Writer, error) {
	s.source = p.Source
	s.size.Reset()
	return &s.size, nil
}

func (s *scale) End(evidence.Coverage) error {
	s.largest[s.source] = max(s.largest[s.source], int64(s.size.Len()))
	return nil
}

// Limits are sixteen times the largest print-out of the corpus, where that is there
// to be asked; the log has a limit of its own.
func TestNoRealPrintOutComesNearItsLimit(t *testing.T) {
	if underRace {
		t.Skip("one goroutine reads; CI plays it without the race detector")
	}
	dir := filepath.Join("..", "..", "..", "shared", "corpus")
	s := &scale{largest: map[string]int64{}}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			_ = intake.Take(path, s) // some files beside the print-outs are none
		}
		return err
	})
	if err != nil {
		t.Skipf("the corpus of real print-outs is not beside the repository: %v", err)
	}
	known := 0
	for _, c := range collect.All {
		if c.When&collect.Stream != 0 || s.largest[c.Name] == 0 {
			continue
		}
		known++
		assert.GreaterOrEqual(t, c.Most(), 16*s.largest[c.Name], c.Name)
	}
	require.Greater(t, known, 20)
}
