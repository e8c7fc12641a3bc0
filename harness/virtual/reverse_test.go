package virtual

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/wire"
)

// echoing listens on a port of the computer and sends back what it gets.
func echoing(t *testing.T) (port string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			io.Copy(c, c)
			c.Close()
		}
	}()
	t.Cleanup(func() { ln.Close(); <-done })
	_, port, _ = net.SplitHostPort(ln.Addr().String())
	return port
}

// service opens a service of A1 and gives all that it says.
func (c *wireClient) service(name string) string {
	c.t.Helper()
	require.Equal(c.t, "OKAY", c.send("host:transport:A1").status())
	if c.send(name).status() != "OKAY" {
		return "refused: " + c.text()
	}
	all, err := io.ReadAll(c)
	require.NoError(c.t, err)
	return string(all)
}

func TestReverseAnswersAsAdbdDoes(t *testing.T) {
	for _, c := range []struct {
		sdk           int
		command, want string
	}{
		{33, "reverse:list-forward", "0000"},
		{33, "reverse:forward:tcp:6100;tcp:7001", "OKAY"},
		{22, "reverse:forward:localabstract:minicap;tcp:7001", "OKAY"},
		{33, "reverse:forward:tcp:0;tcp:7001", "OKAY000532768"},
		{33, "reverse:forward:norebind:tcp:6200;tcp:7001", "OKAY"},
		{33, "reverse:forward:tcp:6100", "FAIL0015bad forward: tcp:6100"},
		{22, "reverse:forward:tcp:6100", "FAIL0016malformed forward spec"},
		{33, "reverse:forward:udp:1;tcp:2", "FAIL003acannot bind listener: unknown socket specification 'udp:1'"},
		{33, "reverse:forward:tcp:x;tcp:2", "FAIL0029cannot bind listener: bad port number 'x'"},
		{33, "reverse:killforward:tcp:1", "FAIL001alistener 'tcp:1' not found"},
		{22, "reverse:killforward:tcp:1", "FAIL0016cannot remove listener"},
		{33, "reverse:killforward-all", "OKAY"},
		{33, "reverse:nonsense", "FAIL0020not a reverse forwarding command"},
	} {
		addr := served(t, NewFarm(plainHandset(t, c.sdk, "A1")))
		assert.Equal(t, c.want, dial(t, addr).service(c.command), "sdk %d: %s", c.sdk, c.command)
	}
}

func TestReverseLeadsToTheComputerUntilItIsTakenAway(t *testing.T) {
	port := echoing(t)
	addr := served(t, NewFarm(plainHandset(t, 33, "A1")))
	require.Equal(t, "OKAY", dial(t, addr).service("reverse:forward:tcp:6100;tcp:"+port))
	assert.Equal(t, text("UsbFfs tcp:6100 tcp:"+port+"\n"), dial(t, addr).service("reverse:list-forward"))
	assert.Equal(t, "FAIL001dcannot rebind existing socket", dial(t, addr).service("reverse:forward:norebind:tcp:6100;tcp:1"))
	c := dial(t, addr)
	require.Equal(t, "OKAY", c.send("host:transport:A1").status())
	require.Equal(t, "OKAY", c.send("tcp:6100").status())
	fmt.Fprint(c.Conn, "over there")
	got := make([]byte, 10)
	_, err := io.ReadFull(c, got)
	require.NoError(t, err)
	assert.Equal(t, "over there", string(got))
	c.Conn.Close()
	require.Equal(t, "OKAY", dial(t, addr).service("reverse:killforward:tcp:6100"))
	assert.Equal(t, "refused: closed", dial(t, addr).service("tcp:6100"))
}

// answered reads until the handset closes stream 5, and acknowledges what comes.
func (c *hostEnd) answered(theirs uint32) string {
	c.t.Helper()
	var b strings.Builder
	for {
		m := c.next()
		if m.Command == wire.CLSE {
			return b.String()
		}
		if m.Command == wire.WRTE {
			b.Write(m.Data)
			c.put(wire.Message{Command: wire.OKAY, Arg0: m.Arg1, Arg1: theirs})
		}
	}
}

func (c *hostEnd) opens(id uint32, service string) uint32 {
	c.t.Helper()
	c.put(wire.Message{Command: wire.OPEN, Arg0: id, Data: []byte(service + "\x00")})
	okay := c.next()
	require.Equal(c.t, uint32(wire.OKAY), okay.Command, service)
	return okay.Arg0
}

func TestDeviceOpensTheStreamsThatReverseAsksFor(t *testing.T) {
	noLeaks(t)
	addr := listening(t, plainHandset(t, 33, "A1"))
	host := joined(t, addr, wire.VersionWithoutSums)
	host.next()
	host.sums = false
	require.Equal(t, "OKAY", host.answered(host.opens(5, "reverse:forward:tcp:6100;tcp:7001")))
	assert.Regexp(t, `^[0-9a-f]{4}host-\d+ tcp:6100 tcp:7001\n$`, host.answered(host.opens(5, "reverse:list-forward")))

	ours := host.opens(6, "tcp:6100")
	open := host.next()
	require.Equal(t, uint32(wire.OPEN), open.Command, "the handset opens a stream of its own")
	assert.Equal(t, "tcp:7001\x00", string(open.Data))
	assert.Zero(t, open.Arg1)
	host.put(wire.Message{Command: wire.OKAY, Arg0: 77, Arg1: open.Arg0})
	host.put(wire.Message{Command: wire.WRTE, Arg0: 77, Arg1: open.Arg0, Data: []byte("from the computer")})
	var through string
	for through == "" {
		if m := host.next(); m.Command == wire.WRTE {
			assert.Equal(t, uint32(6), m.Arg1)
			through = string(m.Data)
			host.put(wire.Message{Command: wire.OKAY, Arg0: 6, Arg1: ours})
		}
	}
	assert.Equal(t, "from the computer", through)
	host.put(wire.Message{Command: wire.CLSE, Arg0: 77, Arg1: open.Arg0})
	for m := host.next(); m.Command != wire.CLSE || m.Arg1 != 6; m = host.next() {
		assert.NotEqual(t, uint32(wire.WRTE), m.Command)
	}

	host.opens(8, "tcp:6100")
	open = host.next()
	host.put(wire.Message{Command: wire.CLSE, Arg1: open.Arg0}) // the computer refuses
	for m := host.next(); m.Command != wire.CLSE || m.Arg1 != 8; m = host.next() {
		assert.NotEqual(t, uint32(wire.WRTE), m.Command)
	}

	host.Close()
	again := joined(t, addr, wire.VersionWithoutSums)
	again.next()
	again.sums = false
	require.Eventually(t, func() bool { return again.answered(again.opens(5, "reverse:list-forward")) == "0000" }, waitLong, waitShort,
		"a listener goes with the connection that asked for it")
}

func TestRealAdbReversesPortsOfVirtualHandsets(t *testing.T) {
	noLeaks(t)
	port := echoing(t)
	a := startRealAdb(t)
	for _, sdk := range []int{22, 33} {
		addr := listening(t, plainHandset(t, sdk, "A1"))
		out, _ := a.run("connect", addr)
		require.Contains(t, out, "connected to "+addr)
		out, exit := a.run("-s", addr, "reverse", "tcp:6100", "tcp:"+port)
		require.Zero(t, exit, out)
		out, _ = a.run("-s", addr, "reverse", "--list")
		assert.Contains(t, out, " tcp:6100 tcp:"+port)
		out, exit = a.run("-s", addr, "forward", "tcp:0", "tcp:6100")
		require.Zero(t, exit, out)
		conn, err := net.Dial("tcp", "127.0.0.1:"+strings.TrimSpace(out))
		require.NoError(t, err)
		fmt.Fprint(conn, "round and back")
		got := make([]byte, 14)
		_, err = io.ReadFull(conn, got)
		require.NoError(t, err)
		assert.Equal(t, "round and back", string(got), "computer, handset, computer")
		conn.Close()
		out, exit = a.run("-s", addr, "reverse", "--remove", "tcp:6100")
		assert.Zero(t, exit, out)
		a.run("disconnect", addr)
	}
}
