package virtual

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"assay/harness/virtual/face"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/wire"
)

// served starts a farm and gives its address; the test fails on a goroutine
// that outlives it.
func served(t *testing.T, farm *face.Farm) string {
	t.Helper()
	addr, _ := servedWithEnd(t, farm)
	return addr
}

func servedWithEnd(t *testing.T, farm *face.Farm) (string, <-chan error) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- face.Serve(ctx, ln, farm); close(ended) }()
	t.Cleanup(func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			t.Error("the server does not end")
		}
		goleak.VerifyNone(t, before)
	})
	return ln.Addr().String(), ended
}

// wireClient is a connection to an adb server, by hand.
type wireClient struct {
	*bufio.Reader
	net.Conn
	t testing.TB
}

func (c *wireClient) Read(p []byte) (int, error) { return c.Reader.Read(p) }

func dial(t testing.TB, addr string) *wireClient {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	t.Cleanup(func() { conn.Close() })
	return &wireClient{bufio.NewReader(conn), conn, t}
}

func (c *wireClient) send(request string) *wireClient {
	c.t.Helper()
	_, err := fmt.Fprintf(c.Conn, "%04x%s", len(request), request)
	require.NoError(c.t, err)
	return c
}

func (c *wireClient) status() string {
	c.t.Helper()
	status := make([]byte, 4)
	_, err := io.ReadFull(c, status)
	require.NoError(c.t, err)
	return string(status)
}

func (c *wireClient) text() string {
	c.t.Helper()
	digits := make([]byte, 4)
	_, err := io.ReadFull(c, digits)
	require.NoError(c.t, err)
	n, err := strconv.ParseUint(string(digits), 16, 16)
	require.NoError(c.t, err)
	text := make([]byte, n)
	_, err = io.ReadFull(c, text)
	require.NoError(c.t, err)
	return string(text)
}

// ask sends one request and gives the whole answer.
func ask(t testing.TB, addr, request string) string {
	t.Helper()
	answer, err := io.ReadAll(dial(t, addr).send(request))
	require.NoError(t, err)
	return string(answer)
}

// over opens a service of a handset and gives the connection to it.
func over(t testing.TB, addr, serial, service string) *wireClient {
	t.Helper()
	c := dial(t, addr).send("host:transport:" + serial)
	require.Equal(t, "OKAY", c.status())
	return c.send(service)
}

// v2 runs a command by shell v2 and gives its streams; exit is -1 where no exit
// packet came.
func v2(t testing.TB, addr, serial, command string) ran {
	t.Helper()
	c := over(t, addr, serial, "shell,v2,raw:"+command)
	require.Equal(t, "OKAY", c.status())
	return readV2(c)
}

func readV2(r io.Reader) ran {
	exit := -1
	var stdout, stderr strings.Builder
	head := make([]byte, 5)
	for {
		if _, err := io.ReadFull(r, head); err != nil {
			return ran{stdout.String(), stderr.String(), exit}
		}
		data := make([]byte, binary.LittleEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(r, data); err != nil {
			return ran{stdout.String(), stderr.String(), exit}
		}
		switch head[0] {
		case wire.PacketStdout:
			stdout.Write(data)
		case wire.PacketStderr:
			stderr.Write(data)
		case wire.PacketExit:
			exit = int(data[0])
		}
	}
}

func text(s string) string { return fmt.Sprintf("%04x%s", len(s), s) }

func TestServerAnswersHostRequestsAsAdbDoes(t *testing.T) {
	a, b := plainHandset(t, 33, "A1"), plainHandset(t, 22, "B2")
	addr := served(t, NewFarm(a, b))
	long := "A1                     device usb:1-1.1 product:plain_in model:Plain_One device:plain transport_id:1\n" +
		"B2                     device usb:1-1.2 product:plain_in model:Plain_One device:plain transport_id:2\n"
	for _, c := range []struct{ request, answer string }{
		{"host:version", "OKAY00040029"},
		{"host:devices", "OKAY" + text("A1\tdevice\nB2\tdevice\n")},
		{"host:devices-l", "OKAY" + text(long)},
		{"host:host-features", "OKAY" + text("shell_v2,cmd,stat_v2,ls_v2,fixed_push_mkdir,apex,abb,fixed_push_symlink_timestamp,abb_exec,remount_shell,push_sync")},
		{"host:features", "FAIL" + text("more than one device/emulator")},
		{"host-serial:A1:features", "OKAY" + text(strings.Join(a.Features(), ","))},
		{"host-serial:B2:features", "OKAY0000"},
		{"host-serial:A1:get-state", "OKAY" + text("device")},
		{"host-transport-id:2:get-serialno", "OKAY" + text("B2")},
		{"host-transport-id:9:get-state", "FAIL" + text("no device with transport id '9'")},
		{"host-serial:usb:1-1.2:get-serialno", "OKAY" + text("B2")},
		{"host-serial:A1:get-devpath", "OKAY" + text("usb:1-1.1")},
		{"host-serial:nope:get-state", "FAIL" + text("device 'nope' not found")},
		{"host-usb:get-state", "FAIL" + text("more than one device")},
		{"host-local:get-state", "FAIL" + text("no emulators found")},
		{"host:transport-any", "FAIL" + text("more than one device/emulator")},
		{"host:transport:nope", "FAIL" + text("device 'nope' not found")},
		{"host:transport-id:7", "FAIL" + text("no device with transport id '7'")},
		{"host:list-forward", "OKAY0000"},
		{"host:killforward:tcp:1", "FAIL" + text("listener 'tcp:1' not found")},
		{"host:killforward-all", "OKAYOKAY"},
		{"host:nonsense", "FAIL" + text("unknown host service")},
		{"host:wait-for-any-nonsense", "FAIL" + text("unknown host service")},
		{"shell:ls", "FAIL" + text("device offline (no transport)")},
		{"host-serial:A1:wait-for-any-device", "OKAYOKAY"},
		{"host:disconnect:10.0.0.1:5555", "FAIL" + text("no such device '10.0.0.1:5555'")},
		{"host:disconnect:", "OKAY" + text("disconnected everything")},
	} {
		assert.Equal(t, c.answer, ask(t, addr, c.request), c.request)
	}
}

func TestServerGivesTransportsInEveryForm(t *testing.T) {
	addr := served(t, NewFarm(plainHandset(t, 33, "A1")))
	for _, request := range []string{"host:transport:A1", "host:transport-any", "host:transport-usb", "host:transport-id:1",
		"host:transport:product:plain_in", "host:transport:model:Plain_One"} {
		c := dial(t, addr).send(request)
		require.Equal(t, "OKAY", c.status(), request)
		require.Equal(t, "OKAY", c.send("exec:echo here").status(), request)
		out, err := io.ReadAll(c)
		require.NoError(t, err)
		assert.Equal(t, "here\n", string(out), request)
	}
	for _, request := range []string{"host:tport:serial:A1", "host:tport:any", "host:tport:usb"} {
		c := dial(t, addr).send(request)
		require.Equal(t, "OKAY", c.status(), request)
		id := make([]byte, 8)
		_, err := io.ReadFull(c, id)
		require.NoError(t, err)
		assert.Equal(t, uint64(1), binary.LittleEndian.Uint64(id), request)
		assert.Equal(t, "FAIL"+text("closed"), string(must(io.ReadAll(c.send("nonsense:")))), request)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestShellServicesKeepWhatTheReleaseHas(t *testing.T) {
	newer, older := plainHandset(t, 33, "A1"), plainHandset(t, 22, "B2")
	addr := served(t, NewFarm(newer, older))
	assert.Equal(t, ran{"out\n", "err\n", 9}, v2(t, addr, "A1", "echo out; echo err >&2; exit 9"))
	assert.Equal(t, "OKAYout\nerr\n", string(must(io.ReadAll(over(t, addr, "A1", "shell:echo out; echo err >&2; exit 9")))))
	assert.Equal(t, "FAIL"+text("closed"), string(must(io.ReadAll(over(t, addr, "B2", "shell,v2,raw:echo out")))))
	assert.Equal(t, "OKAYout\r\n", string(must(io.ReadAll(over(t, addr, "B2", "shell:echo out")))), "a cooked terminal before Android 7")
	assert.Equal(t, "OKAYout\n", string(must(io.ReadAll(over(t, addr, "B2", "exec:echo out")))))
	pty := over(t, addr, "A1", "shell,v2,pty,TERM=xterm:echo out; echo err >&2; exit 3")
	require.Equal(t, "OKAY", pty.status())
	assert.Equal(t, ran{"out\r\nerr\r\n", "", 3}, readV2(pty))
}

func TestShellV2TakesStdinHoweverItIsSplit(t *testing.T) {
	addr := served(t, NewFarm(plainHandset(t, 33, "A1")))
	c := over(t, addr, "A1", "shell,v2,raw:sort; echo end")
	require.Equal(t, "OKAY", c.status())
	sent := append([]byte{wire.PacketStdin, 4, 0, 0, 0}, "b\na\n"...)
	sent = append(sent, 5, 3, 0, 0, 0, '1', 'x', '1') // a window size, which is nothing to sort
	sent = append(sent, wire.PacketCloseStdin, 0, 0, 0, 0)
	for _, b := range sent {
		_, err := c.Write([]byte{b})
		require.NoError(t, err)
	}
	assert.Equal(t, ran{"a\nb\nend\n", "", 0}, readV2(c))
}

func TestManyBytesComeWholeThroughEveryService(t *testing.T) {
	addr := served(t, NewFarm(plainHandset(t, 33, "A1")))
	const size = 20 << 20
	script := fmt.Sprintf("head -c %d /dev/zero", size)
	out := must(io.ReadAll(over(t, addr, "A1", "exec:"+script)))
	assert.Len(t, out, size+4)
	got := v2(t, addr, "A1", script)
	assert.Len(t, got.stdout, size)
	assert.Zero(t, got.exit)
}

func TestRequestMayArriveInPiecesAndPipeliningIsSwallowed(t *testing.T) {
	addr := served(t, NewFarm(plainHandset(t, 33, "A1")))
	c := dial(t, addr)
	for _, piece := range []string{"0", "00", "chost", ":vers", "ion"} {
		_, err := io.WriteString(c.Conn, piece)
		require.NoError(t, err)
		time.Sleep(5 * time.Millisecond) // so that the pieces are packets of their own
	}
	assert.Equal(t, "OKAY00040029", string(must(io.ReadAll(c))))

	c = dial(t, addr)
	_, err := io.WriteString(c.Conn, text("host:transport:A1")+text("shell:echo x"))
	require.NoError(t, err)
	assert.Equal(t, "OKAY", c.status())
	require.NoError(t, c.SetReadDeadline(time.Now().Add(200*time.Millisecond)))
	_, err = c.ReadByte()
	assert.ErrorContains(t, err, "timeout", "the second request is not answered")
}

func TestBadLengthClosesWithoutAWord(t *testing.T) {
	addr := served(t, NewFarm())
	for _, junk := range []string{"0000", "zzzz", "-001", "GET / HTTP/1.1\r\n\r\n"} {
		c := dial(t, addr)
		io.WriteString(c.Conn, junk)
		answer, _ := io.ReadAll(c)
		assert.Empty(t, answer, junk)
	}
}

func TestTooLongServiceAbortsTheServer(t *testing.T) {
	addr, ended := servedWithEnd(t, NewFarm(plainHandset(t, 22, "B2")))
	over(t, addr, "B2", "shell:"+strings.Repeat("x", 5000))
	select {
	case err := <-ended:
		assert.ErrorContains(t, err, "Check failed")
	case <-time.After(5 * time.Second):
		t.Fatal("the server goes on")
	}
}

func TestKillEndsTheServer(t *testing.T) {
	addr, ended := servedWithEnd(t, NewFarm())
	assert.Equal(t, "OKAY", ask(t, addr, "host:kill"))
	assert.NoError(t, <-ended)
}

func TestTrackDevicesTellsEveryChange(t *testing.T) {
	a, b := plainHandset(t, 33, "A1"), plainHandset(t, 33, "B2")
	farm := NewFarm(a)
	addr := served(t, farm)
	c := dial(t, addr).send("host:track-devices")
	require.Equal(t, "OKAY", c.status())
	assert.Equal(t, "A1\tdevice\n", c.text())
	farm.Add(b)
	assert.Equal(t, "A1\tdevice\nB2\tdevice\n", c.text())
	a.Inject(fault.Fault{Kind: fault.Unauthorized})
	assert.Equal(t, "A1\tunauthorized\nB2\tdevice\n", c.text())
	farm.Remove(b)
	assert.Equal(t, "A1\tunauthorized\n", c.text())
	assert.Equal(t, []face.Handset{a}, farm.Handsets())
}

func TestClientThatGoesAwayEndsItsCommand(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	addr := served(t, NewFarm(h))
	for _, service := range []string{"shell:", "exec:", "shell,v2,raw:"} {
		c := over(t, addr, "A1", service+"echo begun; while true; do sleep 1; echo x > /sdcard/alive; rm /sdcard/alive; done")
		require.Equal(t, "OKAY", c.status())
		_, err := c.ReadByte()
		require.NoError(t, err)
		c.Close()
	}
	last := ""
	assert.Eventually(t, func() bool {
		before := last
		last = v2(t, addr, "A1", "date +%s").stdout
		return last == before
	}, 5*time.Second, 10*time.Millisecond, "no clock is moved any more")
}

func TestDetachedHandsetComesBackByConnect(t *testing.T) {
	addr := served(t, NewFarm(plainHandset(t, 33, "127.0.0.1:7001")))
	assert.Equal(t, "OKAY"+text("already connected to 127.0.0.1:7001"), ask(t, addr, "host:connect:127.0.0.1:7001"))
	assert.Equal(t, "OKAY"+text("disconnected 127.0.0.1:7001"), ask(t, addr, "host:disconnect:127.0.0.1:7001"))
	assert.Equal(t, "OKAY0000", ask(t, addr, "host:devices"))
	assert.Equal(t, "OKAY"+text("connected to 127.0.0.1:7001"), ask(t, addr, "host:connect:127.0.0.1:7001"))
	assert.Equal(t, "OKAY"+text("127.0.0.1:7001         device product:plain_in model:Plain_One device:plain "+
		"transport_id:2\n"), ask(t, addr, "host:devices-l"))
	assert.Equal(t, "OKAY"+text("device"), ask(t, addr, "host-serial:127.0.0.1:7001:get-state"))
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	closed := ln.Addr().String()
	assert.Equal(t, "OKAY"+text("failed to connect to '"+closed+"': Connection refused"), ask(t, addr, "host:connect:"+closed))
}

func TestForwardLeadsToWhatListensOnTheHandset(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	h.Listen("tcp:8080", func(_ context.Context, stream io.ReadWriter) {
		line, _ := bufio.NewReader(stream).ReadString('\n')
		io.WriteString(stream, "heard "+line)
	})
	addr := served(t, NewFarm(h))
	answer := ask(t, addr, "host-serial:A1:forward:tcp:0;tcp:8080")
	require.True(t, strings.HasPrefix(answer, "OKAYOKAY"), answer)
	port := answer[len("OKAYOKAY")+4:]
	assert.Equal(t, "OKAY"+text("A1 tcp:"+port+" tcp:8080\n"), ask(t, addr, "host:list-forward"))
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	require.NoError(t, err)
	defer conn.Close()
	io.WriteString(conn, "you\n")
	assert.Equal(t, "heard you\n", string(must(io.ReadAll(conn))))
	assert.Equal(t, "FAIL"+text("cannot rebind existing socket"), ask(t, addr, "host-serial:A1:forward:norebind:tcp:"+port+";tcp:9"))
	assert.Equal(t, "OKAYOKAY", ask(t, addr, "host-serial:A1:forward:tcp:"+port+";tcp:9"))
	refused, err := net.Dial("tcp", "127.0.0.1:"+port)
	require.NoError(t, err)
	defer refused.Close()
	assert.Empty(t, must(io.ReadAll(refused)), "nothing listens there")
	assert.Equal(t, "OKAYOKAY", ask(t, addr, "host:killforward:tcp:"+port))
	_, err = net.Dial("tcp", "127.0.0.1:"+port)
	assert.Error(t, err)
}

func TestHandsetsWithOneSerialAreToldApartByTransport(t *testing.T) {
	addr := served(t, NewFarm(plainHandset(t, 33, "0123456789ABCDEF"), plainHandset(t, 22, "0123456789ABCDEF")))
	assert.Equal(t, "FAIL"+text("more than one device"), ask(t, addr, "host:transport:0123456789ABCDEF"))
	c := dial(t, addr).send("host:transport-id:2")
	require.Equal(t, "OKAY", c.status())
	assert.Equal(t, "OKAYx\r\n", string(must(io.ReadAll(c.send("shell:echo x")))))
}

func TestStartServesAndStops(t *testing.T) {
	before := goleak.IgnoreCurrent()
	addr, stop, err := Start(context.Background(), plainHandset(t, 33, "A1"))
	require.NoError(t, err)
	assert.Equal(t, "OKAY"+text("A1\tdevice\n"), ask(t, addr, "host:devices"))
	assert.NoError(t, stop())
	assert.NoError(t, stop(), "twice does no harm")
	goleak.VerifyNone(t, before)
}
