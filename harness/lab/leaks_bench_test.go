package lab_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"assay/harness/judge"
	"assay/harness/lab"
	tabulate "assay/reports"
)

// BenchmarkLeaks judges a log of 20 and of 100 MB, and writes all reports: one in
// which every line has the same e-mail address, and one in which every line has an
// address of its own. peak-MB is the most that the process held at any time
// (VmHWM, Linux), cpu-s its CPU time, and cpu-ratio that of different addresses
// against that of one: 150 MB and 1.5 are asked for.
//
//	go test -run '^$' -bench Leaks -benchtime 1x -timeout 30m ./harness/lab
func BenchmarkLeaks(b *testing.B) {
	for _, size := range []int64{20e6, 100e6} {
		var same time.Duration
		for _, address := range []string{"same", "different", "different writers and tags"} {
			b.Run(fmt.Sprintf("%dMB/%s", size/1e6, strings.ReplaceAll(address, " ", "-")), func(b *testing.B) {
				run := leakyRun(b, size, address)
				var used time.Duration
				peak := peakOf(b, func() {
					for b.Loop() {
						before := self().CPU
						reportAll(b, run)
						used += self().CPU - before
					}
				})
				used /= time.Duration(b.N)
				if address == "same" {
					same = used
				}
				b.SetBytes(size)
				b.ReportMetric(float64(peak)/1e6, "peak-MB")
				b.ReportMetric(used.Seconds(), "cpu-s")
				b.ReportMetric(used.Seconds()/same.Seconds(), "cpu-ratio")
				b.ReportMetric(float64(treeOf(b, filepath.Join(run, "reports")))/1e6, "reports-MB")
			})
		}
	}
}

// leakyRun imports a log of so many bytes, one e-mail address a line.
func leakyRun(b *testing.B, size int64, address string) string {
	dir := b.TempDir()
	in, run := filepath.Join(dir, "in"), filepath.Join(dir, "run")
	require.NoError(b, os.Mkdir(in, 0o700))
	require.NoError(b, os.WriteFile(filepath.Join(in, "getprop.txt"), []byte("[ro.build.version.sdk]: [33]\n[ro.serialno]: [ZY22ABCDEF]\n"), 0o600))
	f, err := os.Create(filepath.Join(in, "logcat.txt"))
	require.NoError(b, err)
	out := bufio.NewWriter(f)
	written := int64(0)
	for i := 0; written < size; i++ {
		who, uid, tag := 0, 10101, "Sync"
		if address != "same" {
			who = i
		}
		if strings.HasSuffix(address, "tags") {
			uid, tag = 10000+i%9000, fmt.Sprintf("Sync%d", i)
		}
		n, err := fmt.Fprintf(out, "2026-11-02 08:%02d:%02d.%06d +0000 %5d  1234  5678 I %s: account user%09d@example.com was synchronised\n",
			i/60000%60, i/1000%60, i%1000*1000, uid, tag, who)
		require.NoError(b, err)
		written += int64(n)
	}
	require.NoError(b, out.Flush())
	require.NoError(b, f.Close())
	require.NoError(b, lab.Import(run, lab.Imports{Name: "leaky", Tool: "test", Paths: []string{in}}))
	return run
}

func reportAll(b *testing.B, run string) {
	j, err := judge.Run(run)
	require.NoError(b, err)
	_, err = tabulate.WriteAll(filepath.Join(run, "reports"), tabulate.Build(j, tabulate.Tables), tabulate.Formats)
	require.NoError(b, err)
}

// peakOf gives the most memory that this process held while something ran, bytes.
func peakOf(b *testing.B, do func()) int64 {
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Logf("the peak is that since the process began: %v", err)
	}
	do()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return self().RSS
	}
	var kilobytes int64
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	_, err = fmt.Sscan(after, &kilobytes)
	require.NoError(b, err)
	return kilobytes << 10
}

// treeOf gives how many bytes the files of a folder have.
func treeOf(b *testing.B, dir string) (total int64) {
	entries, err := os.ReadDir(dir)
	require.NoError(b, err)
	for _, e := range entries {
		total += sizeOf(b, filepath.Join(dir, e.Name()))
	}
	return total
}
