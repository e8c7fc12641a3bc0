package adb

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const v2 = "shell_v2,cmd,stat_v2,ls_v2"

// v2Handset answers each command with the same packets, then closes.
func v2Handset(t testing.TB, o Options, reply ...[]byte) *Device {
	return fakeHandset(t, o, v2, func(p *peer, _ string) {
		p.okay()
		p.Write(bytes.Join(reply, nil))
	})
}

func TestShellGivesStdoutByteForByte(t *testing.T) {
	d := v2Handset(t, Options{}, packetOf(1, "a\r\n\x00"), packetOf(2, "warning"), packetOf(1, "\xff\n"), packetOf(3, "\x00"))
	out, err := d.Shell(t.Context(), "cat", "it")
	require.NoError(t, err)
	assert.Equal(t, "a\r\n\x00\xff\n", out)
}

func TestShellNamesCommandStatusAndStderrOfAFailure(t *testing.T) {
	d := v2Handset(t, Options{}, packetOf(1, "some"), packetOf(2, "ls: nope: No such file\n"), packetOf(3, "\x09"))
	out, err := d.Shell(t.Context(), "ls", "no pe")
	assert.Equal(t, "some", out)
	var exit *ExitError
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, 9, exit.ExitCode())
	assert.Equal(t, "ls 'no pe'", exit.Command)
	assert.Equal(t, "ls: nope: No such file\n", exit.Stderr)
	assert.EqualError(t, err, serial+": ls 'no pe': exit status 9: ls: nope: No such file")
	assert.Empty(t, Owner(err), "an exit status is nobody's fault")
}

func TestRunKeepsStderrApartAndReportsTheStatusWithoutError(t *testing.T) {
	d := v2Handset(t, Options{}, packetOf(2, "e1"), packetOf(1, "o1"), packetOf(2, "e2"), packetOf(3, "\x89"))
	var stdout, stderr strings.Builder
	exit, err := d.Run(t.Context(), Command{Argv: []string{"x"}, Stdout: &stdout, Stderr: &stderr})
	require.NoError(t, err)
	assert.Equal(t, 137, exit)
	assert.Equal(t, "o1", stdout.String())
	assert.Equal(t, "e1e2", stderr.String())
}

func TestAReplyCutAtAnyByteIsTransportLost(t *testing.T) {
	whole := bytes.Join([][]byte{packetOf(1, "hello\n"), packetOf(2, "oh"), packetOf(1, "world\n"), packetOf(3, "\x00")}, nil)
	cut := 0
	d := fakeHandset(t, Options{}, v2, func(p *peer, _ string) {
		p.okay()
		p.Write(whole[:cut])
	})
	for cut = 0; cut < len(whole); cut++ {
		out, err := d.Shell(t.Context(), "x")
		var lost *TransportLost
		require.ErrorAs(t, err, &lost, "cut after %d bytes", cut)
		assert.Equal(t, int64(cut), lost.Bytes)
		assert.Equal(t, OwnerHandset, Owner(err))
		assert.NotEmpty(t, Remedy(err))
		assert.True(t, strings.HasPrefix("hello\nworld\n", out), "what came is kept: %q", out)
	}
	out, err := d.Shell(t.Context(), "x")
	require.NoError(t, err)
	assert.Equal(t, "hello\nworld\n", out)
}

func TestAReplyCutByADyingServerIsTheServersFault(t *testing.T) {
	var stop func()
	d := fakeHandset(t, Options{}, v2, func(p *peer, _ string) {
		p.okay()
		go stop()
		p.freeze()
	})
	// The same answers on a listener that can be stopped.
	listener := listen(t)
	inner := d.server.addr
	stop = serveOn(t, listener, func(p *peer, request string) { tunnel(p, inner, request) })
	d.server.addr = listener.Addr().String()
	_, err := d.Shell(t.Context(), "x")
	require.ErrorAs(t, err, new(*TransportLost))
	assert.Equal(t, OwnerServer, Owner(err))
}

func TestPacketsOfAnUnknownKindAreSkipped(t *testing.T) {
	d := v2Handset(t, Options{}, packetOf(9, "what?"), packetOf(1, "out"), packetOf(3, "\x00"))
	out, err := d.Shell(t.Context(), "x")
	require.NoError(t, err)
	assert.Equal(t, "out", out)
}

func TestGarbledPacketsAreTransportLost(t *testing.T) {
	for name, reply := range map[string][]byte{
		"4 GiB announced":           {1, 0xff, 0xff, 0xff, 0xff, 'x'},
		"exit packet without body":  packetOf(3, ""),
		"exit packet of four bytes": packetOf(3, "\x00\x00\x00\x00"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := v2Handset(t, Options{}, reply).Shell(t.Context(), "x")
			require.ErrorAs(t, err, new(*TransportLost))
			assert.ErrorContains(t, err, "garbled")
		})
	}
}

func TestOutputOverTheLimitIsCutThere(t *testing.T) {
	d := v2Handset(t, Options{}, packetOf(1, "12345678"), packetOf(1, "9"), packetOf(3, "\x00"))
	var out strings.Builder
	_, err := d.Run(t.Context(), Command{Argv: []string{"x"}, Stdout: &out, Limit: 5})
	var limit *OutputLimit
	require.ErrorAs(t, err, &limit)
	assert.Equal(t, OutputLimit{Stream: "stdout", Limit: 5}, *limit)
	assert.Equal(t, "12345", out.String())

	_, err = d.Run(t.Context(), Command{Argv: []string{"x"}, Limit: 9})
	assert.NoError(t, err, "as long as the limit is not over it")
}

func TestAnErrorOfTheCallersWriterIsGivenAsItIs(t *testing.T) {
	d := v2Handset(t, Options{}, packetOf(1, "12345678"), packetOf(3, "\x00"))
	full := errors.New("disk full")
	_, err := d.Run(t.Context(), Command{Argv: []string{"x"}, Stdout: writerFunc(func(p []byte) (int, error) { return 0, full })})
	require.ErrorIs(t, err, full)
	assert.Empty(t, Owner(err))
}

func TestStandardInputArrivesWholeAndIsClosed(t *testing.T) {
	d := fakeHandset(t, Options{}, v2, func(p *peer, _ string) {
		p.okay()
		got := p.drain()
		p.packet(1, got)
		p.packet(3, "\x00")
	})
	for _, text := range []string{"", "a", strings.Repeat("0123456789", 20_000)} {
		var out strings.Builder
		_, err := d.Run(t.Context(), Command{Argv: []string{"cat"}, Stdin: iotest.DataErrReader(strings.NewReader(text)), Stdout: &out})
		require.NoError(t, err)
		assert.Equal(t, text, out.String())
	}
}

func TestACommandWithoutInputHasAnEmptyOne(t *testing.T) {
	d := fakeHandset(t, Options{}, v2, func(p *peer, name string) {
		p.okay()
		p.packet(1, name)
		p.packet(3, "\x00")
	})
	out, err := d.Shell(t.Context(), "cat")
	require.NoError(t, err)
	assert.Equal(t, "shell,v2,raw:cat </dev/null", out)
}

func TestABrokenStandardInputEndsTheCommand(t *testing.T) {
	d := fakeHandset(t, Options{}, v2, func(p *peer, _ string) {
		p.okay()
		p.drain()
		p.freeze()
	})
	broken := errors.New("unreadable")
	_, err := d.Run(t.Context(), Command{Argv: []string{"cat"}, Stdin: iotest.ErrReader(broken)})
	require.ErrorIs(t, err, broken)
	assert.ErrorContains(t, err, "standard input")
}

func TestACommandMayEndBeforeItHasReadItsInput(t *testing.T) {
	d := fakeHandset(t, Options{}, v2, func(p *peer, _ string) {
		p.okay()
		p.packet(3, "\x07")
	})
	endless := endlessInput{}
	exit, err := d.Run(t.Context(), Command{Argv: []string{"false"}, Stdin: &endless})
	require.NoError(t, err)
	assert.Equal(t, 7, exit)
}

func TestALongCommandGoesInByStandardInput(t *testing.T) {
	d := fakeHandset(t, Options{}, v2, func(p *peer, name string) {
		p.okay()
		p.packet(1, name+"\n"+p.drain())
		p.packet(3, "\x00")
	})
	long := strings.Repeat("x", 5000)
	out, err := d.Shell(t.Context(), "echo", long)
	require.NoError(t, err)
	assert.Equal(t, "shell,v2,raw:sh\n{ echo "+long+"\n} </dev/null\n", out)

	_, err = d.Run(t.Context(), Command{Argv: []string{"echo", long}, Stdin: strings.NewReader("taken")})
	assert.ErrorIs(t, err, ErrTooLong)
	_, err = d.Shell(t.Context(), "echo", strings.Repeat("x", mostScript))
	assert.ErrorIs(t, err, ErrTooLong)
}

func TestCommandsThatCannotBeWrittenAreRefused(t *testing.T) {
	d := v2Handset(t, Options{}, packetOf(3, "\x00"))
	for _, argv := range [][]string{nil, {""}, {"echo", "a\x00b"}} {
		_, err := d.Shell(t.Context(), argv...)
		assert.Error(t, err, "%q", argv)
	}
}

func TestPacketsMayArriveInAnyPieces(t *testing.T) {
	whole := bytes.Join([][]byte{packetOf(1, "hello\n"), packetOf(2, ""), packetOf(2, "oh"), packetOf(1, "world\n"), packetOf(3, "\x05")}, nil)
	var stdout, stderr strings.Builder
	exit, err := demux(bufio.NewReader(iotest.OneByteReader(bytes.NewReader(whole))), &stdout, &stderr)
	require.NoError(t, err)
	assert.Equal(t, 5, exit)
	assert.Equal(t, "hello\nworld\n", stdout.String())
	assert.Equal(t, "oh", stderr.String())
}

func FuzzPackets(f *testing.F) {
	f.Add(bytes.Join([][]byte{packetOf(1, "out"), packetOf(2, "err"), packetOf(7, "?"), packetOf(3, "\x01")}, nil))
	f.Add([]byte{1, 0xff, 0xff, 0xff, 0xff})
	f.Add(packetOf(3, ""))
	f.Fuzz(func(t *testing.T, reply []byte) {
		run := func(r io.Reader) (string, string, int, error) {
			var stdout, stderr strings.Builder
			exit, err := demux(bufio.NewReaderSize(r, 16), &stdout, &stderr)
			return stdout.String(), stderr.String(), exit, err
		}
		stdout, stderr, exit, err := run(bytes.NewReader(reply))
		if err == nil && !bytes.Contains(reply, packetOf(3, string([]byte{byte(exit)}))) {
			t.Fatalf("exit %d without an exit packet", exit)
		}
		if err != nil && exit != -1 {
			t.Fatalf("exit %d with error %v", exit, err)
		}
		if len(stdout)+len(stderr) > len(reply) {
			t.Fatal("more came out than went in")
		}
		stdout1, stderr1, exit1, err1 := run(iotest.OneByteReader(bytes.NewReader(reply)))
		if stdout1 != stdout || stderr1 != stderr || exit1 != exit || (err1 == nil) != (err == nil) {
			t.Fatal("another answer when the reply comes in pieces")
		}
	})
}

func TestCancellingEndsACommandAtOnce(t *testing.T) {
	d := fakeHandset(t, Options{}, v2, func(p *peer, _ string) {
		p.okay()
		p.packet(1, "started")
		p.freeze()
	})
	why := errors.New("lease revoked")
	ctx, cancel := context.WithCancelCause(t.Context())
	started := time.Now()
	_, err := d.Run(ctx, Command{Argv: []string{"logcat"}, Silence: -1, Stdout: writerFunc(func(p []byte) (int, error) {
		cancel(why)
		return len(p), nil
	})})
	require.ErrorIs(t, err, why)
	assert.Less(t, time.Since(started), 2*time.Second)
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// endlessInput is an input without end.
type endlessInput struct{}

func (endlessInput) Read(p []byte) (int, error) { return len(p), nil }
