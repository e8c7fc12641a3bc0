package adb_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"assay/harness/adb"
	"assay/harness/virtual"
)

// Speed through Debian's adb server, beside that of the adb command line through the
// same server. Ratios within one run carry over, figures do not:
//
//	go test -run '^$' -bench 'Rate' -benchtime 3s -timeout 30m ./harness/adb
//
// RateOne, RateMany: a short command, commands/s. assay is to have 5 times the rate of
// adb one at a time, and 6 times with 16 in flight over 300 handsets. RatePull: MB/s,
// to a file; assay, which also takes the SHA-256, 0.9 of adb. The handsets share the
// cores with both, which brings the ratios nearer to one.

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
	for i := range n {
		require.NoError(b, r.server.Connect(b.Context(), serveHandset(b, i)))
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

// serveHandset serves a virtual handset on a port, and gives its address.
func serveHandset(b *testing.B, i int) string {
	b.Helper()
	all, err := virtual.Personas()
	require.NoError(b, err)
	p := *all[len(all)-1]
	p.Identity.Serial = fmt.Sprintf("RATE%04d", i)
	h := virtual.New(&p, 1)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	done := make(chan error, 1)
	go func() { done <- virtual.ServeDevice(ctx, ln, h) }()
	b.Cleanup(func() {
		cancel()
		require.NoError(b, <-done)
		require.NoError(b, h.Close())
	})
	return ln.Addr().String()
}

// adb runs the command line.
func (r rated) adb(ctx context.Context, d *adb.Device, args ...string) error {
	out, err := exec.CommandContext(ctx, "adb", append([]string{"-P", r.port, "-s", string(d.Serial())}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// short runs a command that does nothing, one way and the other.
var short = []struct {
	name string
	run  func(ctx context.Context, r rated, d *adb.Device) error
}{
	{"assay", func(ctx context.Context, _ rated, d *adb.Device) error {
		_, err := d.Shell(ctx, "true")
		return err
	}},
	{"adb", func(ctx context.Context, r rated, d *adb.Device) error { return r.adb(ctx, d, "shell", "true") }},
}

func BenchmarkRateOne(b *testing.B) { rateShort(b, 1, 1) }

func BenchmarkRateMany(b *testing.B) { rateShort(b, 300, 16) }

// rateShort runs short commands on handsets in turn, so many in flight.
func rateShort(b *testing.B, handsets, inFlight int) {
	r := rate(b, handsets)
	for _, way := range short {
		b.Run(way.name, func(b *testing.B) {
			require.NoError(b, way.run(b.Context(), r, r.devices[0]))
			group, ctx := errgroup.WithContext(b.Context())
			group.SetLimit(inFlight)
			n := 0
			for b.Loop() {
				d := r.devices[n%len(r.devices)]
				n++
				group.Go(func() error { return way.run(ctx, r, d) })
			}
			require.NoError(b, group.Wait())
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "commands/s")
		})
	}
}

func BenchmarkRatePull(b *testing.B) {
	const size = 64 << 20
	r := rate(b, 1)
	d := r.devices[0]
	_, err := d.Push(b.Context(), io.LimitReader(zeros{}, size), pulledFile, 0o644)
	require.NoError(b, err)
	b.Run("assay", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			require.NoError(b, pullHashed(b.Context(), d, filepath.Join(b.TempDir(), "pulled")))
		}
	})
	b.Run("adb", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			require.NoError(b, r.adb(b.Context(), d, "pull", pulledFile, filepath.Join(b.TempDir(), "pulled")))
		}
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
