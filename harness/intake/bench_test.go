package intake_test

import (
	"archive/zip"
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/intake"
)

// Speed is judged by ratios within one run: machines differ, ratios carry over.
//
//	go test -run '^$' -bench . -cpu 1 -count 5 ./harness/intake/
//
// Best of five. MVT (CPython 3.11) splits a bugreport at 395 MB/s, a plain loop in
// Go at 3,300 to 4,500; Split/corpus is at least eight times MVT's 395, and
// Newlines, which finds line ends in the same text and does nothing else, says
// what the machine gives at that moment. Whole is the same through the zip.

// nowhere is a sink that keeps nothing.
type nowhere struct{ pieces int }

func (n *nowhere) Begin(intake.Piece) (io.Writer, error) { n.pieces++; return io.Discard, nil }
func (n *nowhere) End(evidence.Coverage) error           { return nil }

// bugreport gives the zip of a real bugreport and its text, where the corpus is.
func bugreport(tb testing.TB) (path string, text []byte) {
	tb.Helper()
	found, err := filepath.Glob("../../../shared/corpus/vivo/*/*/bugreport.zip")
	require.NoError(tb, err)
	if len(found) == 0 {
		tb.Skip("the corpus of real print-outs is not beside the repository: ../shared/corpus")
	}
	z, err := zip.OpenReader(found[0])
	require.NoError(tb, err)
	defer z.Close()
	for _, f := range z.File {
		if strings.HasPrefix(f.Name, "bugreport-") && strings.HasSuffix(f.Name, ".txt") {
			in, err := f.Open()
			require.NoError(tb, err)
			text, err = io.ReadAll(in)
			require.NoError(tb, err)
		}
	}
	require.NotEmpty(tb, text)
	return found[0], text
}

func BenchmarkSplit(b *testing.B) {
	b.Run("corpus", func(b *testing.B) {
		_, text := bugreport(b)
		split(b, text)
	})
	b.Run("made", func(b *testing.B) {
		split(b, []byte(strings.Repeat(strings.ReplaceAll(report, "size\n", strings.Repeat("11-02 08:00:00.000  1000   832  5443 I Tag     : a message of usual length, more or less\n", 9000)), 20)))
	})
}

func split(b *testing.B, text []byte) {
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		var n nowhere
		require.NoError(b, intake.Bugreport("b", bytes.NewReader(text), &n))
		require.Positive(b, n.pieces)
	}
}

func BenchmarkNewlines(b *testing.B) {
	_, text := bugreport(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		lines := 0
		for rest := text; ; lines++ {
			i := bytes.IndexByte(rest, '\n')
			if i < 0 {
				break
			}
			rest = rest[i+1:]
		}
		require.Positive(b, lines)
	}
}

func BenchmarkWhole(b *testing.B) {
	path, text := bugreport(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		require.NoError(b, intake.Take(path, &nowhere{}))
	}
}
