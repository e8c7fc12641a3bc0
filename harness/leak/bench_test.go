package leak_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"assay/harness/leak"
)

// BenchmarkScan scans messages one by one, as they are scanned in a run. Compare
// ratios within one run only:
//
//	bash ../shared/perf/logcat.sh /tmp/log.txt 100000000
//	ASSAY_BENCH_LOG=/tmp/log.txt go test -run '^$' -bench Scan -cpu 1 ./harness/leak/
//	rg --no-unicode -c -f ../shared/perf/personal-data.regex /tmp/log.txt
//
// Without ASSAY_BENCH_LOG it scans a generated log.
func BenchmarkScan(b *testing.B) {
	lines := benchLines(b)
	size := 0
	for _, line := range lines {
		size += len(line)
	}
	for name, known := range map[string][]leak.Identifier{"patterns": nil, "patterns and own": own} {
		b.Run(name, func(b *testing.B) {
			s := leak.NewScanner(known, []byte("salt"))
			b.SetBytes(int64(size))
			b.ReportAllocs()
			found := 0
			for b.Loop() {
				for _, line := range lines {
					s.Scan(line, func(leak.Match) { found++ })
				}
			}
			b.ReportMetric(float64(found)/float64(b.N), "matches/op")
		})
	}
}

func benchLines(b *testing.B) [][]byte {
	if name := os.Getenv("ASSAY_BENCH_LOG"); name != "" {
		raw, err := os.ReadFile(filepath.Clean(name))
		if err != nil {
			b.Fatal(err)
		}
		return bytes.Split(raw, []byte("\n"))
	}
	var lines [][]byte
	for _, line := range generate(7, 50000) {
		lines = append(lines, []byte(line.text))
	}
	return lines
}
