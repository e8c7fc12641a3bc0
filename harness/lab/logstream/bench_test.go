package logstream

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
)

// BenchmarkLogs sends log lines down the way that a handset's log takes to the
// disk, joined, hashed and written. Take/300 is 300 logs at once, which the harness
// takes faster than an adb server brings them: 87–185 MB/s in writes of 4 KB.
// Heap tells the most that is in use while 100 MB and 1 GB go by: the same.
//
//	go test -run '^$' -bench Logs -benchtime 1x -timeout 30m ./harness/lab/logstream
func BenchmarkLogs(b *testing.B) {
	b.Run("one/100MB", func(b *testing.B) { takeLogs(b, 1, 100e6) })
	b.Run("one/1GB", func(b *testing.B) { takeLogs(b, 1, 1e9) })
	b.Run("300/3MB", func(b *testing.B) { takeLogs(b, 300, 3e6) })
}

// logBlock is about as much as an adb server passes on at once.
func logBlock() []byte {
	var block []byte
	for i := 0; len(block) < 64<<10; i++ {
		block = fmt.Appendf(block, "2026-11-02 08:00:%02d.%03d  1000  1234  5678 I ActivityManager: Start proc %d:com.example.app/u0a%d for service\n", i/100%60, i%1000, i, i%200)
	}
	return block
}

func takeLogs(b *testing.B, logs int, size int64) {
	block := logBlock()
	var most uint64
	b.SetBytes(int64(logs) * size)
	for b.Loop() {
		bundle, err := evidence.Create(filepath.Join(b.TempDir(), "bundle"), evidence.Head{})
		require.NoError(b, err)
		ended := make(chan error, logs)
		for range logs {
			go func() { ended <- takeLog(bundle, block, size) }()
		}
		for left := logs; left > 0; {
			select {
			case err := <-ended:
				require.NoError(b, err)
				left--
			case <-time.After(50 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
		}
		require.NoError(b, bundle.Abandon())
	}
	b.ReportMetric(float64(most)/1e6, "peak-heap-MB")
}

func takeLog(bundle *evidence.Bundle, block []byte, size int64) error {
	rec, err := bundle.Begin(evidence.Capture{Source: "logcat", Phase: evidence.During})
	if err != nil {
		return err
	}
	lines := NewWriter(rec)
	for left := size; left > 0; left -= int64(len(block)) {
		if _, err := lines.Write(block); err != nil {
			return err
		}
	}
	_, err = rec.End(nil, "", evidence.Coverage{State: evidence.Whole})
	return err
}
