package lab_test

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/intake"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/observe"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Speed is judged by ratios within one run: machines differ, ratios carry over.
//
//	go test -run '^$' -bench . -cpu 1 -count 5 ./harness/lab/
//
// Best of five. MVT (CPython 3.11) takes 353 ms for its eight modules on an 18 MB
// bugreport: Sections/mvt, the sections that they read and that we read too, is to
// take under 18 ms for the split and the parsers together; Sections/all is every
// source that has a parser, the logs included, which MVT does not read. Import and
// Run are the whole way, with what is written, hashed, searched and judged, on
// the same bugreport and on one of 100 MB that is made of it; the 100 MB are to
// take under 5 s together. Peak memory is measured on the program, under 300 MB:
//
//	/usr/bin/time -v assay import bugreport-100MB.txt --out /tmp/run

// bodies keeps print-outs by source.
type bodies struct {
	of   map[string][]*bytes.Buffer
	last *bytes.Buffer
}

func (b *bodies) Begin(p intake.Piece) (io.Writer, error) {
	b.last = &bytes.Buffer{}
	b.of[p.Source] = append(b.of[p.Source], b.last)
	return b.last, nil
}

func (b *bodies) End(evidence.Coverage) error { return nil }

// bugreport gives the path of a real bugreport's zip, and its print-outs.
func bugreport(tb testing.TB) (string, *bodies) {
	tb.Helper()
	found, err := filepath.Glob(corpus + "/vivo/*/*/bugreport.zip")
	require.NoError(tb, err)
	if len(found) == 0 {
		tb.Skip("the corpus of real print-outs is not beside the repository: ../shared/corpus")
	}
	b := &bodies{of: map[string][]*bytes.Buffer{}}
	require.NoError(tb, intake.Take(found[0], b))
	return found[0], b
}

// mvtSources are what MVT's modules for bugreports read, as far as we do.
var mvtSources = []string{"dumpsys-accessibility", "dumpsys-appops", "dumpsys-package", "getprop"}

func BenchmarkSections(b *testing.B) {
	_, all := bugreport(b)
	var parsed []string
	for _, source := range slices.Sorted(maps.Keys(all.of)) {
		if _, ok := observe.Find(source); ok {
			parsed = append(parsed, source)
		}
	}
	b.Run("mvt", func(b *testing.B) { require.Positive(b, parse(b, all, mvtSources)) })
	b.Run("all", func(b *testing.B) { require.Positive(b, parse(b, all, parsed)) })
	for _, source := range parsed {
		b.Run("one/"+source, func(b *testing.B) { parse(b, all, []string{source}) })
	}
}

func parse(b *testing.B, all *bodies, sources []string) (facts int) {
	size := 0
	for _, s := range sources {
		for _, body := range all.of[s] {
			size += body.Len()
		}
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range sources {
			for _, body := range all.of[s] {
				_, err := observe.Read(s, bytes.NewReader(body.Bytes()), printout.Input{}, func(fact.Fact, evidence.Span) { facts++ })
				require.NoError(b, err)
			}
		}
	}
	return facts
}

func BenchmarkImport(b *testing.B) {
	for name, path := range reports(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(sizeOf(b, path))
			for b.Loop() {
				require.NoError(b, lab.Import(filepath.Join(b.TempDir(), "run"), lab.Imports{Name: "bench", Paths: []string{path}}))
			}
		})
	}
}

func BenchmarkJudge(b *testing.B) {
	for name, path := range reports(b) {
		b.Run(name, func(b *testing.B) {
			dir := filepath.Join(b.TempDir(), "run")
			require.NoError(b, lab.Import(dir, lab.Imports{Name: "bench", Paths: []string{path}}))
			b.SetBytes(sizeOf(b, path))
			b.ReportAllocs()
			for b.Loop() {
				j, err := judge.Run(dir)
				require.NoError(b, err)
				require.Empty(b, j.Problems)
			}
		})
	}
}

// reports gives the paths of a real bugreport's text, and of one of 100 MB in
// which its sections stand again and again.
func reports(b *testing.B) map[string]string {
	path, _ := bugreport(b)
	z, err := zip.OpenReader(path)
	require.NoError(b, err)
	defer z.Close()
	at := slices.IndexFunc(z.File, func(f *zip.File) bool {
		return strings.HasPrefix(f.Name, "bugreport-") && strings.HasSuffix(f.Name, ".txt")
	})
	require.GreaterOrEqual(b, at, 0)
	in, err := z.File[at].Open()
	require.NoError(b, err)
	one, err := io.ReadAll(in)
	require.NoError(b, err)
	sections := one[bytes.Index(one, []byte("\n------ "))+1:]
	big := slices.Clone(one)
	for len(big) < 100e6 {
		big = append(big, sections...)
	}
	dir := b.TempDir()
	paths := map[string]string{}
	for name, text := range map[string][]byte{"one": one, "100MB": big} {
		paths[name] = filepath.Join(dir, "bugreport-"+name+".txt")
		require.NoError(b, os.WriteFile(paths[name], text, 0o644))
	}
	return paths
}

func sizeOf(b *testing.B, path string) int64 {
	info, err := os.Stat(path)
	require.NoError(b, err)
	return info.Size()
}
