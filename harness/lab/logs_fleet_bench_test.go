package lab_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"assay/harness/adb"
	"assay/harness/evidence"
	"assay/harness/lab/logstream"
)

// BenchmarkLogsOfFleet takes the logs of 300 handsets at once to disk, as a scenario
// does: joined, hashed, written and indexed; and merely drains the same. The
// handsets are another process's, and Debian's adb server has connected all of them
// before the first log is opened: 300 handsets and 300 sockets of the 950 that it has
// room for. Turns alternate, and the best ones are compared: 0.8 is asked for.
//
//	go test -run '^$' -bench LogsOfFleet -benchtime 5x -timeout 30m ./harness/lab
//
// cpu-ratio compares the CPU time that this process, the server and the handsets used
// in all turns, which says more than time on a machine that does other things.
// seal-s is what the disk takes at best, after the last log has ended, to have synced
// all of them: it is not in the ratios.
func BenchmarkLogsOfFleet(b *testing.B) {
	const (
		handsets = 300
		again    = 12 // times that the log's file is printed
	)
	server, apart := ownServer(b)
	f := startFleet(b, handsets, "devices")
	text := logText(256 << 10)
	devices := connectAll(b, server, f)
	for _, d := range devices {
		_, err := d.Push(b.Context(), bytes.NewReader(text), logFile, 0o644)
		require.NoError(b, err)
	}
	log := adb.Command{Argv: append([]string{"cat"}, slices.Repeat([]string{logFile}, again)...), Silence: -1}
	size := int64(again * len(text))
	ways := []func(context.Context, *adb.Device, *evidence.Bundle) error{
		func(ctx context.Context, d *adb.Device, to *evidence.Bundle) error {
			return takeLogOf(ctx, d, to, log, size)
		},
		func(ctx context.Context, d *adb.Device, _ *evidence.Bundle) error {
			return drainLogOf(ctx, d, log, size)
		},
	}
	best, used := make([]time.Duration, len(ways)), make([]time.Duration, len(ways))
	seal := time.Duration(math.MaxInt64)
	for b.Loop() {
		for i, way := range ways {
			dir := filepath.Join(b.TempDir(), "bundle")
			bundle, err := evidence.Create(dir, evidence.Head{})
			require.NoError(b, err)
			cpu := self().CPU + f.used(b).CPU + apart()
			started := time.Now()
			group, ctx := errgroup.WithContext(b.Context())
			for _, d := range devices {
				group.Go(func() error { return way(ctx, d, bundle) })
			}
			require.NoError(b, group.Wait())
			took := time.Since(started)
			used[i] += self().CPU + f.used(b).CPU + apart() - cpu
			if best[i] == 0 || took < best[i] {
				best[i] = took
			}
			ended := time.Now()
			m, err := bundle.Seal(evidence.Outcome{State: evidence.Finished})
			require.NoError(b, err)
			if len(m.Captures) > 0 {
				seal = min(seal, time.Since(ended))
			}
			require.NoError(b, os.RemoveAll(dir))
		}
	}
	total := float64(size) * handsets / 1e6
	b.ReportMetric(total/best[0].Seconds(), "MB/s")
	b.ReportMetric(total/best[1].Seconds(), "drained-MB/s")
	b.ReportMetric(best[1].Seconds()/best[0].Seconds(), "ratio")
	b.ReportMetric(used[1].Seconds()/used[0].Seconds(), "cpu-ratio")
	b.ReportMetric(seal.Seconds(), "seal-s")
}

const logFile = "/data/local/tmp/log"

// logText is lines of a log.
func logText(size int) []byte {
	var text strings.Builder
	for i := 0; text.Len() < size; i++ {
		fmt.Fprintf(&text, "2026-11-02 08:00:%02d.%06d +0000  1000  1234  5678 I ActivityManager: Start proc %d:com.example.app/u0a%d for service\n", i/1000%60, i%1000*1000, i, i%200)
	}
	return []byte(text.String())
}

// connectAll has the server connect all handsets of a fleet, and gives them.
func connectAll(b *testing.B, server *adb.Server, f *fleet) []*adb.Device {
	b.Helper()
	for _, d := range f.Devices {
		require.NoError(b, server.Connect(b.Context(), d.Connect))
	}
	rows, err := server.Devices(b.Context())
	require.NoError(b, err)
	require.Len(b, rows, len(f.Devices))
	var devices []*adb.Device
	for _, row := range rows {
		require.NoError(b, row.Err())
		devices = append(devices, server.Device(row))
	}
	return devices
}

// takeLogOf records a log.
func takeLogOf(ctx context.Context, d *adb.Device, to *evidence.Bundle, log adb.Command, size int64) error {
	rec, err := to.Begin(evidence.Capture{Source: "logcat", Phase: evidence.During, Command: log.Argv})
	if err != nil {
		return err
	}
	log.Stdout = logstream.NewWriter(rec)
	exit, err := d.Run(ctx, log)
	if err != nil {
		return err
	}
	c, err := rec.End(&exit, "", evidence.Coverage{State: evidence.Whole})
	if err == nil && c.Size != size {
		err = fmt.Errorf("%d bytes of %d were recorded", c.Size, size)
	}
	return err
}

// drainLogOf reads a log and drops it.
func drainLogOf(ctx context.Context, d *adb.Device, log adb.Command, size int64) error {
	var n counter
	log.Stdout = &n
	_, err := d.Run(ctx, log)
	if err == nil && int64(n) != size {
		err = fmt.Errorf("%d bytes of %d came", n, size)
	}
	return err
}

// counter counts what it drops.
type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }
