package adb

import (
	"encoding/binary"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkShell runs short commands one at a time.
func BenchmarkShell(b *testing.B) {
	d := v2Handset(b, Options{}, packetOf(1, "ok\n"), packetOf(3, "\x00"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Shell(b.Context(), "echo", "ok"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStream streams 64 MiB by shell v2, in packets of 64 KiB.
func BenchmarkStream(b *testing.B) {
	const size = 64 << 20
	packet := packetOf(1, string(make([]byte, 64<<10)))
	d := fakeHandset(b, Options{}, v2, func(p *peer, _ string) {
		p.okay()
		for range size / (64 << 10) {
			if _, err := p.Write(packet); err != nil {
				return
			}
		}
		p.packet(3, "\x00")
	})
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		_, err := d.Run(b.Context(), Command{Argv: []string{"x"}, Stdout: io.Discard})
		require.NoError(b, err)
	}
}

// BenchmarkPush pushes 16 MiB through gadb and the relay.
func BenchmarkPush(b *testing.B) {
	const size = 16 << 20
	d := (&store{send: sinkhole, files: map[string]stored{"/dev/null": {0o020666, ""}}}).handset(b, Options{})
	b.SetBytes(size)
	for b.Loop() {
		_, err := d.Push(b.Context(), io.LimitReader(zeros{}, size), "/dev/null", 0o644)
		require.NoError(b, err)
	}
}

// sinkhole takes a file and keeps nothing of it.
func sinkhole(p *peer, _ string) {
	buf := make([]byte, longestData)
	for {
		head := p.take(8)
		if string(head[:4]) != "DATA" {
			p.frame("OKAY", 0)
			return
		}
		io.ReadFull(p, buf[:binary.LittleEndian.Uint32(head[4:])])
	}
}
