package adb

import (
	"context"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func listen(t testing.TB) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return listener
}

// tunnel carries a connection on to another server.
func tunnel(p *peer, addr, first string) {
	up, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer up.Close()
	(&peer{Conn: up}).text(first)
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(up, p)
		up.Close()
	}()
	io.Copy(p, up)
	p.Close()
	<-done
}

// timeoutOf requires a *Timeout, and that net and os know it for one.
func timeoutOf(t *testing.T, err error) *Timeout {
	t.Helper()
	var timeout *Timeout
	require.ErrorAs(t, err, &timeout)
	assert.True(t, timeout.Timeout())
	assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
	assert.NotEmpty(t, Remedy(err))
	return timeout
}

func TestASilentServerIsAHandshakeTimeoutOfTheServers(t *testing.T) {
	s := fakeServer(t, Options{Handshake: limit}, func(p *peer, _ string) { p.freeze() })
	_, err := s.Version(t.Context())
	timeout := timeoutOf(t, err)
	assert.Equal(t, Timeout{Deadline: DeadlineHandshake, After: limit, Owner: OwnerServer}, *timeout)
}

func TestAHandsetThatDoesNotAcceptAServiceIsAHandshakeTimeoutOfTheHandsets(t *testing.T) {
	d := fakeHandset(t, Options{Handshake: limit}, v2, func(p *peer, _ string) { p.freeze() })
	_, err := d.Shell(t.Context(), "true")
	timeout := timeoutOf(t, err)
	assert.Equal(t, DeadlineHandshake, timeout.Deadline)
	assert.Equal(t, OwnerHandset, Owner(err))
}

func TestACommandThatFallsSilentIsEnded(t *testing.T) {
	d := fakeHandset(t, Options{Silence: limit}, v2, func(p *peer, _ string) {
		p.okay()
		p.packet(1, "begun")
		p.freeze()
	})
	out, err := d.Shell(t.Context(), "sleep", "1000")
	assert.Equal(t, "begun", out)
	timeout := timeoutOf(t, err)
	assert.Equal(t, Timeout{Deadline: DeadlineSilence, After: limit, Owner: OwnerHandset}, *timeout)
}

// slowly answers a command with one byte every 60 ms.
func slowly(t *testing.T, o Options) *Device {
	return fakeHandset(t, o, v2, func(p *peer, _ string) {
		p.okay()
		p.bytewise(append(packetOf(1, "0123456789abcdef"), packetOf(3, "\x00")...), 60*time.Millisecond)
	})
}

func TestABytePerMomentIsNotSilence(t *testing.T) {
	d := slowly(t, Options{Silence: limit})
	started := time.Now()
	out, err := d.Shell(t.Context(), "x")
	require.NoError(t, err)
	assert.Equal(t, "0123456789abcdef", out)
	assert.Greater(t, time.Since(started), limit, "longer than the limit of silence")
}

func TestABytePerMomentDoesNotOutliveTheTotal(t *testing.T) {
	d := slowly(t, Options{})
	_, err := d.Run(t.Context(), Command{Argv: []string{"x"}, Total: 200 * time.Millisecond})
	timeout := timeoutOf(t, err)
	assert.Equal(t, DeadlineTotal, timeout.Deadline)
	assert.Equal(t, 200*time.Millisecond, timeout.After)
}

func TestACommandsOwnLimitOfSilenceGoesFirst(t *testing.T) {
	d := fakeHandset(t, Options{Silence: 50 * time.Millisecond}, v2, func(p *peer, _ string) {
		p.okay()
		select {
		case <-time.After(200 * time.Millisecond):
		case <-p.ended:
		}
		p.packet(3, "\x00")
	})
	_, err := d.Run(t.Context(), Command{Argv: []string{"x"}, Silence: -1})
	require.NoError(t, err, "no limit")
	_, err = d.Run(t.Context(), Command{Argv: []string{"x"}, Silence: 5 * time.Second})
	require.NoError(t, err, "a longer limit")
	_, err = d.Run(t.Context(), Command{Argv: []string{"x"}})
	timeoutOf(t, err)
}

func TestWritingInputIsNotSilence(t *testing.T) {
	d := fakeHandset(t, Options{Silence: limit}, v2, func(p *peer, _ string) {
		p.okay()
		p.drain()
		p.packet(3, "\x00")
	})
	r, w := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 20 {
			time.Sleep(60 * time.Millisecond) // the input is slow, and takes longer than the limit; that is the point
			w.Write([]byte("x"))
		}
		w.Close()
	}()
	_, err := d.Run(t.Context(), Command{Argv: []string{"cat"}, Stdin: r})
	assert.NoError(t, err)
	r.Close()
	<-done
}

func TestAContextsDeadlineIsTheContextsError(t *testing.T) {
	d := fakeHandset(t, Options{}, v2, func(p *peer, _ string) { p.okay(); p.freeze() })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := d.Shell(ctx, "x")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.NotErrorIs(t, err, os.ErrDeadlineExceeded)
}

func TestNoServerIsToldApart(t *testing.T) {
	listener := listen(t)
	listener.Close()
	_, err := NewServer(listener.Addr().String(), Options{}).Devices(t.Context())
	require.ErrorIs(t, err, ErrNoServer)
	assert.ErrorContains(t, err, listener.Addr().String())
	assert.Equal(t, OwnerServer, Owner(err))
	assert.Contains(t, Remedy(err), "start-server")
}

func TestAServerThatClosesWithoutAnswerIsTransportLost(t *testing.T) {
	for name, answer := range map[string]func(p *peer, _ string){
		"nothing":       func(p *peer, _ string) {},
		"half a status": func(p *peer, _ string) { io.WriteString(p, "OK") },
		"no length":     func(p *peer, _ string) { p.okay() },
		"half a string": func(p *peer, _ string) { p.okay(); io.WriteString(p, "000400") },
		"not a status":  func(p *peer, _ string) { io.WriteString(p, "WHAT0000") },
		"not a length":  func(p *peer, _ string) { io.WriteString(p, "OKAYzzzz") },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fakeServer(t, Options{}, answer).Version(t.Context())
			require.ErrorAs(t, err, new(*TransportLost))
			assert.Equal(t, OwnerServer, Owner(err))
		})
	}
}
