package virtual

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
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

// noLeaks fails the test on a goroutine that is left once all it began is over.
func noLeaks(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

// listening puts a handset on a port of its own.
func listening(t *testing.T, h *Handset) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- face.ServeDevice(ctx, ln, h) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			assert.NoError(t, err)
		case <-time.After(10 * time.Second):
			t.Error("the handset does not end")
		}
	})
	return ln.Addr().String()
}

// hostEnd is the adb server's end of a connection, by hand.
type hostEnd struct {
	net.Conn
	t    testing.TB
	sums bool
}

func joined(t testing.TB, addr string, version uint32) *hostEnd {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	return introduced(t, conn, version)
}

// introduced is a connection over which the host has said what it is.
func introduced(t testing.TB, conn net.Conn, version uint32) *hostEnd {
	t.Helper()
	c := &hostEnd{conn, t, true}
	c.put(wire.Message{Command: wire.CNXN, Arg0: version, Arg1: wire.LargestPayload, Data: []byte("host::features=shell_v2,cmd")})
	return c
}

func (c *hostEnd) put(m wire.Message) {
	c.t.Helper()
	_, err := c.Write(pack(m, c.sums))
	require.NoError(c.t, err)
}

func (c *hostEnd) next() wire.Message {
	c.t.Helper()
	m, err := wire.ReadMessage(c.Conn, wire.LargestPayload, false)
	require.NoError(c.t, err)
	return m
}

func TestDeviceIntroducesItselfAsItsReleaseDoes(t *testing.T) {
	noLeaks(t)
	for _, c := range []struct {
		sdk              int
		version, payload uint32
		features         string
	}{
		{22, wire.VersionWithSums, 4096, ""},
		{26, wire.VersionWithSums, 256 << 10, "shell_v2"},
		{33, wire.VersionWithoutSums, 1 << 20, "shell_v2"},
	} {
		h := plainHandset(t, c.sdk, "A1")
		host := joined(t, listening(t, h), wire.VersionWithoutSums)
		m := host.next()
		assert.Equal(t, uint32(wire.CNXN), m.Command)
		assert.Equal(t, c.version, m.Arg0, c.sdk)
		assert.Equal(t, c.payload, m.Arg1, c.sdk)
		assert.Equal(t, h.Banner(), string(m.Data))
		assert.Contains(t, string(m.Data), c.features)
	}
}

func TestDeviceSendsSumsOnlyToWhoNeedsThem(t *testing.T) {
	noLeaks(t)
	for _, c := range []struct {
		sdk  int
		host uint32
		sums bool
	}{{26, wire.VersionWithoutSums, true}, {33, wire.VersionWithoutSums, false}, {33, wire.VersionWithSums, true}} {
		host := joined(t, listening(t, plainHandset(t, c.sdk, "A1")), c.host)
		host.next()
		host.sums = c.sums
		host.put(wire.Message{Command: wire.OPEN, Arg0: 5, Data: []byte("exec:echo x\x00")})
		okay := host.next()
		assert.Equal(t, uint32(wire.OKAY), okay.Command)
		raw := make([]byte, 24+2)
		_, err := io.ReadFull(host, raw)
		require.NoError(t, err)
		assert.Equal(t, "x\n", string(raw[24:]))
		want := wire.Words(0)
		if c.sums {
			want = wire.Words(wire.Sum([]byte("x\n")))
		}
		assert.Equal(t, want, raw[16:20], "sdk %d", c.sdk)
	}
}

func TestDeviceWaitsForEachOkay(t *testing.T) {
	noLeaks(t)
	host := joined(t, listening(t, plainHandset(t, 22, "A1")), wire.VersionWithoutSums)
	host.next()
	host.put(wire.Message{Command: wire.OPEN, Arg0: 5, Data: []byte("exec:head -c 10000 /dev/zero\x00")})
	okay := host.next()
	first := host.next()
	require.Equal(t, uint32(wire.WRTE), first.Command)
	assert.LessOrEqual(t, len(first.Data), 4096, "Android 5 and 6 take 4 KiB")
	require.NoError(t, host.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
	_, err := wire.ReadMessage(host.Conn, wire.LargestPayload, false)
	assert.True(t, errors.Is(err, os.ErrDeadlineExceeded), "nothing more before the OKAY: %v", err)
	require.NoError(t, host.SetReadDeadline(time.Now().Add(10*time.Second)))
	total := len(first.Data)
	for {
		host.put(wire.Message{Command: wire.OKAY, Arg0: 5, Arg1: okay.Arg0})
		m := host.next()
		if m.Command == wire.CLSE {
			break
		}
		total += len(m.Data)
	}
	assert.Equal(t, 10000, total)
}

func TestDeviceRefusesWhatItDoesNotKnow(t *testing.T) {
	noLeaks(t)
	host := joined(t, listening(t, plainHandset(t, 22, "A1")), wire.VersionWithoutSums)
	host.next()
	for _, m := range []wire.Message{
		{Command: wire.OPEN, Arg0: 5, Data: []byte("nonsense:\x00")},
		{Command: wire.OPEN, Arg0: 5, Data: []byte("shell,v2,raw:ls\x00")},
		{Command: wire.OPEN, Arg0: 5, Arg1: 1 << 20, Data: []byte("shell:ls\x00")},
		{Command: wire.OPEN, Arg0: 5, Data: bytes.Repeat([]byte("x"), 5000)},
		{Command: wire.WRTE, Arg0: 5, Arg1: 99, Data: []byte("x")},
	} {
		host.put(m)
		assert.Equal(t, wire.Message{Command: wire.CLSE, Arg1: 5, Data: []byte{}}, host.next())
	}
}

func TestUnauthorizedDeviceAsksForEver(t *testing.T) {
	noLeaks(t)
	h := plainHandset(t, 33, "A1")
	h.Inject(fault.Fault{Kind: fault.Unauthorized})
	host := joined(t, listening(t, h), wire.VersionWithoutSums)
	for range 5 {
		m := host.next()
		require.Equal(t, uint32(wire.AUTH), m.Command)
		assert.Equal(t, uint32(wire.AuthToken), m.Arg0)
		assert.Len(t, m.Data, 20)
		host.put(wire.Message{Command: wire.AUTH, Arg0: wire.AuthSignature, Data: make([]byte, 256)})
	}
}

func TestUnpluggedDeviceDropsItsConnections(t *testing.T) {
	noLeaks(t)
	h := plainHandset(t, 33, "A1")
	h.Inject(must(fault.Parse("unplugged:match=am start:back=1")))
	addr := listening(t, h)
	host := joined(t, addr, wire.VersionWithoutSums)
	host.next()
	host.put(wire.Message{Command: wire.OPEN, Arg0: 5, Data: []byte("shell:am start x\x00")})
	_, err := io.ReadAll(host)
	assert.False(t, errors.Is(err, os.ErrDeadlineExceeded), "the connection ends")
	away := joined(t, addr, wire.VersionWithoutSums)
	_, err = wire.ReadMessage(away.Conn, wire.LargestPayload, false)
	assert.Error(t, err, "it is away")
	again := joined(t, addr, wire.VersionWithoutSums)
	assert.Equal(t, uint32(wire.CNXN), again.next().Command, "and back")
}

func FuzzHost(f *testing.F) {
	connect := pack(wire.Message{Command: wire.CNXN, Arg0: wire.VersionWithoutSums, Arg1: 4096, Data: []byte("host::")}, true)
	f.Add(append(bytes.Clone(connect), pack(wire.Message{Command: wire.OPEN, Arg0: 1, Data: []byte("shell:echo x\x00")}, false)...))
	f.Add(append(bytes.Clone(connect), pack(wire.Message{Command: wire.OPEN, Arg0: 1, Data: []byte("sync:\x00")}, false)...))
	h := plainHandset(f, 33, "A1")
	f.Fuzz(func(t *testing.T, in []byte) {
		if bytes.Contains(in, []byte("reboot")) {
			t.Skip("would take the handset away from the next case")
		}
		host, device := net.Pipe()
		done := make(chan struct{})
		go func() { face.ServeConn(context.Background(), device, h); close(done) }()
		go io.Copy(io.Discard, host)
		host.SetDeadline(time.Now().Add(2 * time.Second))
		host.Write(in)
		host.Close()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Fatal("hung")
		}
	})
}

// pack is the message as it goes over the wire.
func pack(m wire.Message, sums bool) []byte { return append(m.Head(sums), m.Data...) }

// realAdb is Debian's adb with a server of its own on a port that nobody has.
type realAdb struct {
	t          *testing.T
	port, home string
}

func startRealAdb(t *testing.T) *realAdb {
	t.Helper()
	if _, err := exec.LookPath("adb"); err != nil {
		t.Skip("adb is not installed: the device side is tested by hand-made messages only")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	ln.Close()
	a := &realAdb{t, port, t.TempDir()}
	t.Cleanup(func() { a.command("kill-server").Run() })
	out, err := a.command("start-server").CombinedOutput()
	require.NoError(t, err, string(out))
	return a
}

func (a *realAdb) command(args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	a.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "adb", append([]string{"-P", a.port}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+a.home, "ANDROID_SDK_HOME="+a.home, "ADB_VENDOR_KEYS=", "ADB_MDNS=0",
		"ANDROID_ADB_SERVER_PORT="+a.port)
	return cmd
}

func (a *realAdb) run(args ...string) (string, int) {
	a.t.Helper()
	out, err := a.command(args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		a.t.Fatalf("adb %v: %v", args, err)
	}
	if exit != nil {
		return string(out), exit.ExitCode()
	}
	return string(out), 0
}

func TestRealAdbWorksWithVirtualHandsets(t *testing.T) {
	noLeaks(t)
	a := startRealAdb(t)
	newer, older, middle := plainHandset(t, 33, "A1"), plainHandset(t, 22, "B2"), plainHandset(t, 26, "C3")
	addrs := map[*Handset]string{newer: listening(t, newer), older: listening(t, older), middle: listening(t, middle)}
	for _, addr := range addrs {
		out, _ := a.run("connect", addr)
		require.Contains(t, out, "connected to "+addr)
	}
	out, _ := a.run("devices", "-l")
	for _, addr := range addrs {
		assert.Regexp(t, addr+` +device product:plain_in model:Plain_One device:plain transport_id:\d+`, out)
	}
	for _, h := range []*Handset{newer, middle} {
		out, exit := a.run("-s", addrs[h], "shell", "echo hello; exit 9")
		assert.Equal(t, "hello\n", out)
		assert.Equal(t, 9, exit, "an exit status comes back from Android 7 on")
	}
	out, exit := a.run("-s", addrs[older], "shell", "echo hello; exit 9")
	assert.Equal(t, "hello\r\n", out)
	assert.Zero(t, exit)
	out, exit = a.run("-s", addrs[newer], "exec-out", "echo raw")
	assert.Equal(t, "raw\n", out)
	assert.Zero(t, exit)
	for _, h := range []*Handset{newer, older} {
		out, exit = a.run("-s", addrs[h], "logcat", "-d")
		assert.Contains(t, out, "ActivityManager")
		assert.Contains(t, out, "System now ready")
		assert.Zero(t, exit)
	}
	cat := a.command("-s", addrs[newer], "shell", "cat")
	cat.Stdin = strings.NewReader("through\n")
	through, err := cat.CombinedOutput()
	require.NoError(t, err)
	assert.Equal(t, "through\n", string(through))
	for h, addr := range addrs {
		size := map[*Handset]int64{newer: 64 << 20, middle: 8 << 20, older: 2 << 20}[h]
		pushAndPull(t, a, addr, size)
	}
	out, exit = a.run("-s", addrs[newer], "pull", "/sdcard/nope", filepath.Join(t.TempDir(), "x"))
	assert.NotZero(t, exit)
	assert.Contains(t, out, "No such file or directory")
	out, _ = a.run("disconnect", addrs[newer])
	assert.Contains(t, out, "disconnected "+addrs[newer])
}

func pushAndPull(t *testing.T, a *realAdb, serial string, size int64) {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "source")
	f, err := os.Create(source)
	require.NoError(t, err)
	want := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, want), io.LimitReader(rand.NewChaCha8([32]byte{3}), size))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	out, exit := a.run("-s", serial, "push", source, "/sdcard/Download/big.bin")
	require.Zero(t, exit, out)
	back := filepath.Join(dir, "back")
	out, exit = a.run("-s", serial, "pull", "/sdcard/Download/big.bin", back)
	require.Zero(t, exit, out)
	g, err := os.Open(back)
	require.NoError(t, err)
	defer g.Close()
	got := sha256.New()
	_, err = io.Copy(got, g)
	require.NoError(t, err)
	assert.Equal(t, want.Sum(nil), got.Sum(nil))
}

func TestRealAdbShowsAnUnauthorizedHandset(t *testing.T) {
	noLeaks(t)
	a := startRealAdb(t)
	h := plainHandset(t, 33, "A1")
	h.Inject(fault.Fault{Kind: fault.Unauthorized})
	addr := listening(t, h)
	out, _ := a.run("connect", addr)
	assert.Contains(t, out, "failed to authenticate to "+addr)
	out, _ = a.run("devices")
	assert.Contains(t, out, addr+"\tunauthorized")
}
