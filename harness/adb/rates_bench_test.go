package adb_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"assay/harness/adb"
)

// Speed through Debian's adb server, beside that of the adb command line through the
// same server. Ratios within one run carry over, figures do not: so each turn does
// the same one way and then the other, and the best turns are compared.
//
//	go test -run '^$' -bench 'Rate' -benchtime 5x -timeout 30m ./harness/adb
//
// RateOne, RateMany: a short command, commands/s. assay is to have 5 times the rate of
// adb one at a time, and 6 times with 16 in flight over 300 handsets. RatePull: MB/s,
// to a file; assay, which also takes the SHA-256, 0.9 of adb. Handsets and server
// share the cores with both, which brings the ratios nearer to one.

// rated is a real adb server with handsets.
type rated struct {
	server  *adb.Server
	devices []*adb.Device
	port    string
}

// rate connects n handsets to an adb server of its own.
func rate(b *testing.B, n int) rated {
	b.Helper()
	program, err := exec.LookPath("adb")
	if err != nil {
		b.Skip("the adb program is not on PATH: there is nothing to compare with")
	}
	r := rated{}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	_, r.port, _ = net.SplitHostPort(ln.Addr().String())
	require.NoError(b, ln.Close())
	home := b.TempDir()
	cmd := exec.Command(program, "-P", r.port, "server", "nodaemon")
	cmd.Env = append(os.Environ(), "HOME="+home, "ANDROID_SDK_HOME="+home, "ADB_VENDOR_KEYS=", "ADB_MDNS=0")
	require.NoError(b, cmd.Start())
	b.Cleanup(func() {
		require.NoError(b, cmd.Process.Kill())
		cmd.Wait() // says that it was killed
	})
	r.server = adb.NewServer(ln.Addr().String(), adb.Options{})
	require.Eventually(b, func() bool {
		_, err := r.server.Version(b.Context())
		return err == nil
	}, 10*time.Second, 20*time.Millisecond, "the adb server does not come up")
	for _, addr := range startHandsets(b, n) {
		require.NoError(b, r.server.Connect(b.Context(), addr))
	}
	rows, err := r.server.Devices(b.Context())
	require.NoError(b, err)
	require.Len(b, rows, n)
	for _, row := range rows {
		require.NoError(b, row.Err())
		r.devices = append(r.devices, r.server.Device(row))
	}
	return r
}

// adb runs the command line.
func (r rated) adb(ctx context.Context, d *adb.Device, args ...string) error {
	out, err := exec.CommandContext(ctx, "adb", append([]string{"-P", r.port, "-s", string(d.Serial())}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// way is how something is done: by assay, or by the adb command line.
type way func(ctx context.Context, r rated, d *adb.Device) error

func BenchmarkRateOne(b *testing.B) { rateShort(b, 1, 1) }

func BenchmarkRateMany(b *testing.B) { rateShort(b, 300, 16) }

// rateShort runs short commands on handsets in turn, so many in flight.
func rateShort(b *testing.B, handsets, inFlight int) {
	const commands = 300
	r := rate(b, handsets)
	many := func(run way) way {
		return func(ctx context.Context, r rated, _ *adb.Device) error {
			group, ctx := errgroup.WithContext(ctx)
			group.SetLimit(inFlight)
			for i := range commands {
				group.Go(func() error { return run(ctx, r, r.devices[i%len(r.devices)]) })
			}
			return group.Wait()
		}
	}
	compare(b, r, commands, "commands/s", many(shell), many(shellByAdb))
}

func shell(ctx context.Context, _ rated, d *adb.Device) error {
	_, err := d.Shell(ctx, "true")
	return err
}

func shellByAdb(ctx context.Context, r rated, d *adb.Device) error {
	return r.adb(ctx, d, "shell", "true")
}

// compare does something worth so many units in turns, and reports the rate of the
// best turn of either way, their ratio, and the median of the turns' own ratios.
func compare(b *testing.B, r rated, worth float64, unit string, ours, adbs way) {
	ways := []way{ours, adbs}
	for _, w := range ways {
		require.NoError(b, w(b.Context(), r, r.devices[0])) // once for nothing: features are asked for
	}
	best := []time.Duration{math.MaxInt64, math.MaxInt64}
	var turns []float64
	for b.Loop() {
		var took [2]time.Duration
		for i, w := range ways {
			started := time.Now()
			require.NoError(b, w(b.Context(), r, r.devices[0]))
			took[i] = time.Since(started)
			best[i] = min(best[i], took[i])
		}
		turns = append(turns, took[1].Seconds()/took[0].Seconds())
	}
	slices.Sort(turns)
	b.ReportMetric(worth/best[0].Seconds(), unit)
	b.ReportMetric(worth/best[1].Seconds(), "adb-"+unit)
	b.ReportMetric(best[1].Seconds()/best[0].Seconds(), "ratio")
	b.ReportMetric(turns[len(turns)/2], "median-ratio")
}

func BenchmarkRatePull(b *testing.B) {
	const size = 256e6
	r := rate(b, 1)
	_, err := r.devices[0].Push(b.Context(), io.LimitReader(zeros{}, size), pulledFile, 0o644)
	require.NoError(b, err)
	path := filepath.Join(b.TempDir(), "pulled")
	compare(b, r, size/1e6, "MB/s",
		func(ctx context.Context, _ rated, d *adb.Device) error { return pullHashed(ctx, d, path) },
		func(ctx context.Context, r rated, d *adb.Device) error {
			return r.adb(ctx, d, "pull", pulledFile, path)
		})
}

const pulledFile = "/data/local/tmp/pulled"

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func pullHashed(ctx context.Context, d *adb.Device, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := d.Pull(ctx, pulledFile, io.MultiWriter(f, sha256.New())); err != nil {
		return err
	}
	return f.Close()
}
