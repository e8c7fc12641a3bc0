package virtual

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"assay/harness/virtual/fault"
	"assay/harness/virtual/wire"
)

// side is how a client reaches a handset, whichever protocol stands between.
type side interface {
	// run opens a service and gives all its bytes, and whether it was taken.
	run(service string) ([]byte, bool)
}

// shellOn runs a command by shell v2 on a face; exit is -1 where no exit packet
// came, and where the service was refused.
func shellOn(f side, command string) ran {
	out, ok := f.run("shell,v2,raw:" + command)
	if !ok {
		return ran{exit: -1}
	}
	return readV2(bytes.NewReader(out))
}

// serverFace is an adb server of our own.
type serverFace struct {
	t            testing.TB
	addr, serial string
}

func (f serverFace) run(service string) ([]byte, bool) {
	c, err := net.Dial("tcp", f.addr)
	if errors.Is(err, syscall.ECONNRESET) {
		return nil, false // by a server that restarts, before the connection was seen to stand
	}
	require.NoError(f.t, err)
	defer c.Close()
	require.NoError(f.t, c.SetDeadline(time.Now().Add(20*time.Second)))
	status := make([]byte, 4)
	for _, request := range []string{"host:transport:" + f.serial, service} {
		fmt.Fprintf(c, "%04x%s", len(request), request) // where it is reset, reading says so
		if _, err := io.ReadFull(c, status); err != nil || string(status) != "OKAY" {
			return nil, false
		}
	}
	out, _ := io.ReadAll(c)
	return out, true
}

// deviceFace is the handset's own end of the protocol. Each service has a
// connection of its own.
type deviceFace struct {
	t    testing.TB
	addr string
}

func (f deviceFace) run(service string) ([]byte, bool) {
	c := joined(f.t, f.addr, wire.VersionWithoutSums)
	defer c.Close()
	c.SetDeadline(time.Now().Add(200 * time.Millisecond)) // an offline handset does not answer
	if m, err := wire.ReadMessage(c.Conn, wire.LargestPayload, false); err != nil || m.Command != wire.CNXN {
		return nil, false
	}
	c.SetDeadline(time.Now().Add(20 * time.Second))
	c.put(wire.Message{Command: wire.OPEN, Arg0: 1, Data: []byte(service + "\x00")})
	var out []byte
	taken := false
	for {
		m, err := wire.ReadMessage(c.Conn, wire.LargestPayload, false)
		if err != nil {
			return out, taken
		}
		switch m.Command {
		case wire.OKAY:
			taken = true
		case wire.CLSE:
			return out, taken
		case wire.WRTE:
			out = append(out, m.Data...)
			c.put(wire.Message{Command: wire.OKAY, Arg0: 1, Arg1: m.Arg0})
		}
	}
}

// onBothFaces plays a test on a fresh handset behind each face.
func onBothFaces(t *testing.T, sdk int, play func(t *testing.T, h *Handset, f side)) {
	t.Helper()
	t.Run("server", func(t *testing.T) {
		h := testHandset(t, sdk)
		t.Cleanup(func() { h.Close() })
		play(t, h, serverFace{t, served(t, NewFarm(h)), h.Serial()})
	})
	t.Run("device", func(t *testing.T) {
		noLeaks(t)
		h := testHandset(t, sdk)
		t.Cleanup(func() { h.Close() })
		play(t, h, deviceFace{t, listening(t, h)})
	})
}

// inject gives a handset a fault in its written form.
func inject(t testing.TB, h *Handset, form string) {
	t.Helper()
	f, err := fault.Parse(form)
	require.NoError(t, err)
	h.Inject(f)
}

// mustSay runs a command on a face that must end well.
func mustSay(t testing.TB, f side, command string) string {
	t.Helper()
	got := shellOn(f, command)
	require.Zero(t, got.exit, "%s: %s", command, got.stderr)
	return strings.TrimSuffix(got.stdout, "\n")
}

// back waits until the handset takes services again.
func back(t testing.TB, f side) {
	t.Helper()
	require.Eventually(t, func() bool { return shellOn(f, "true").exit == 0 }, 10*time.Second, time.Millisecond)
}
