package virtual

import (
	"encoding/binary"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Bounds of waits for what comes by itself.
const waitLong, waitShort = 20 * time.Second, 20 * time.Millisecond

func TestServicesAnswerAsAUserBuildsAdbdDoes(t *testing.T) {
	const refused = "refused: closed"
	for _, c := range []struct {
		sdk           int
		service, want string
	}{
		{22, "remount:", "Not running as root. Try \"adb root\" first.\n"},
		{29, "remount:", "Not running as root. Try \"adb root\" first.\n"},
		{30, "remount:", "/system/bin/sh: /system/bin/remount: inaccessible or not found\n"},
		{33, "root:", "adbd cannot run as root in production builds\n"},
		{33, "unroot:", "adbd not running as root\n"},
		{22, "tcpip:5555", "restarting in TCP mode port: 5555\n"},
		{33, "tcpip:0", "invalid port 0\n"},
		{33, "tcpip:x", refused},
		{33, "usb:", "restarting in USB mode\n"},
		{22, "jdwp", ""},
		{33, "jdwp", ""},
		{33, "jdwp:1234", refused},
		{30, "track-app", refused},
		{28, "spin", refused},
		{33, "spin", "refusing to spin on non-debuggable build\n"},
		{33, "backup:-all", ""},
		{33, "log:main", refused},
		{33, "tcp:9999", refused},
		{33, "localabstract:nothing", refused},
		{28, "abb_exec:package\x00list\x00users", refused},
		{33, "abb_exec:settings\x00get\x00secure\x00android_id", "0123456789abcdef\n"},
		{33, "abb_exec:package\x00install\x00-S\x003", "Failure [INSTALL_PARSE_FAILED_NOT_APK: Failed to parse base.apk]\n"},
		{33, "dev:/dev/null", refused},
		{33, "nonsense:", refused},
	} {
		addr := served(t, NewFarm(plainHandset(t, c.sdk, "A1")))
		client := dial(t, addr)
		if strings.HasPrefix(c.service, "abb_exec:package\x00install") {
			require.Equal(t, "OKAY", client.send("host:transport:A1").status())
			require.Equal(t, "OKAY", client.send(c.service).status())
			client.put([]byte("not"))
			all, err := io.ReadAll(client)
			require.NoError(t, err)
			assert.Equal(t, c.want, string(all))
			continue
		}
		assert.Equal(t, c.want, client.service(c.service), "sdk %d: %s", c.sdk, c.service)
	}
}

func TestTheListOfDebuggableProcessesIsFollowedUntilTheClientGoes(t *testing.T) {
	for _, service := range []string{"track-jdwp", "track-app"} {
		addr := served(t, NewFarm(plainHandset(t, 33, "A1"))) // its end waits for every connection
		c := dial(t, addr)
		require.Equal(t, "OKAY", c.send("host:transport:A1").status())
		require.Equal(t, "OKAY", c.send(service).status())
		assert.Empty(t, c.text(), "a user build has none")
		require.NoError(t, c.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
		_, err := c.ReadByte()
		assert.ErrorContains(t, err, "timeout", "and nothing more is said")
		c.Conn.Close()
	}
}

func TestFramebufferSendsTheWholeScreenInItsReleasesForm(t *testing.T) {
	for sdk, head := range map[int]int{22: 13, 28: 14, 36: 14} {
		h := testHandset(t, sdk)
		addr := served(t, NewFarm(h))
		c := dial(t, addr)
		require.Equal(t, "OKAY", c.send("host:transport:"+h.Serial()).status())
		require.Equal(t, "OKAY", c.send("framebuffer:").status())
		all, err := io.ReadAll(c)
		require.NoError(t, err)
		word := func(i int) int { return int(binary.LittleEndian.Uint32(all[4*i:])) }
		width, height := h.State.Screen.Width, h.State.Screen.Height
		assert.Equal(t, []int{head - 12, 32}, []int{word(0), word(1)}, "version and bits")
		assert.Equal(t, []int{4 * width * height, width, height}, []int{word(head - 11), word(head - 10), word(head - 9)})
		assert.Len(t, all, 4*head+4*width*height)
	}
}

func TestScreencapIsRawUnlessAPictureIsAskedFor(t *testing.T) {
	h := testHandset(t, 22)
	raw := mustRun(t, h, "screencap")
	assert.Len(t, raw, 12+4*h.State.Screen.Width*h.State.Screen.Height)
	assert.Equal(t, "\x01\x00\x00\x00", raw[8:12], "RGBA_8888")
	mustRun(t, h, "screencap /sdcard/a.png")
	file, err := h.Disk().ReadFile("/sdcard/a.png")
	require.NoError(t, err)
	assert.Equal(t, "\x89PNG", string(file[:4]))
}

func TestAServiceIsToldOfThePortThatAdbdMovesTo(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	addr := served(t, NewFarm(h))
	dial(t, addr).service("tcpip:5555")
	assert.Equal(t, "5555\n", mustRun(t, h, "getprop service.adb.tcp.port"))
}

func TestRealAdbFetchesABugreport(t *testing.T) {
	noLeaks(t)
	a := startRealAdb(t)
	addr := listening(t, testHandset(t, 33))
	out, _ := a.run("connect", addr)
	require.Contains(t, out, "connected to "+addr)
	zip := filepath.Join(t.TempDir(), "report.zip")
	out, exit := a.run("-s", addr, "bugreport", zip)
	require.Zero(t, exit, out)
	require.FileExists(t, zip)
	if unzip, err := exec.LookPath("unzip"); err == nil {
		listed, err := exec.Command(unzip, "-l", zip).CombinedOutput()
		require.NoError(t, err, string(listed))
		assert.Contains(t, string(listed), "main_entry.txt")
	}
}
