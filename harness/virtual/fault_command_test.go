package virtual

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/sh"
)

func TestHungCommandPrintsAPartAndIsKilledByItsTimeout(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "hung:dumpsys battery:bytes=10:times=2")
		got := shellOn(f, "timeout 20 dumpsys battery")
		assert.Equal(t, ran{"Current Ba", "", 124}, got)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		var out bytes.Buffer
		assert.Equal(t, sh.Killed, h.Exec(ctx, "dumpsys battery", nil, &out, io.Discard))
		assert.Equal(t, "Current Ba", out.String())
		assert.Contains(t, mustSay(t, f, "dumpsys battery"), "level: 80", "only twice")
	})
}

func TestDumpTimeoutIsSaidInEachReleasesWords(t *testing.T) {
	for sdk, want := range map[int]string{
		25: "SERVICE DUMP TIMEOUT", 27: "SERVICE 'battery' DUMP TIMEOUT (10s)", 30: "SERVICE 'battery' DUMP TIMEOUT (10000ms)",
	} {
		onBothFaces(t, sdk, func(t *testing.T, h *Handset, f side) {
			inject(t, h, "dump-timeout:battery:bytes=12:times=1")
			before := h.Now()
			got := shellOn(f, "dumpsys -t 10 battery")
			assert.Equal(t, ran{"Current Batt\n*** " + want + " EXPIRED ***\n\n", "", 0}, got)
			assert.Equal(t, 10*time.Second, h.Now().Sub(before))
			assert.NotContains(t, mustSay(t, f, "dumpsys battery"), "EXPIRED")
		})
	}
	old := testHandset(t, 22)
	inject(t, old, "dump-timeout:battery:times=1")
	assert.Equal(t, 124, execute(t, old, "timeout 60 dumpsys battery", "").exit, "Android 5 waits for ever")
}

func TestTruncatedOutputEndsAsIfItWereWhole(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "truncated:100:dumpsys package:times=1")
		got := shellOn(f, "dumpsys package; echo end$?")
		assert.Len(t, got.stdout, 100+len("end0\n"))
		assert.Zero(t, got.exit)
		assert.Greater(t, len(mustSay(t, f, "dumpsys package")), 1000)
	})
}

func TestStaleOutputIsTheFirstAgain(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "stale:date:times=2")
		first := mustSay(t, f, "date +%s")
		mustSay(t, f, "sleep 100")
		assert.Equal(t, first, mustSay(t, f, "date +%s"))
		assert.Equal(t, first, mustSay(t, f, "date +%s"))
		assert.NotEqual(t, first, mustSay(t, f, "date +%s"), "twice, and no more")

		mustSay(t, f, "uiautomator dump /sdcard/w.xml")
		old := mustSay(t, f, "cat /sdcard/w.xml")
		inject(t, h, "stale:uiautomator:times=1")
		mustSay(t, f, "am start -n specimen.camera/.CameraActivity")
		got := shellOn(f, "uiautomator dump /sdcard/w.xml")
		assert.Equal(t, ran{"", "ERROR: could not get idle state.\n", 0}, got)
		assert.Equal(t, old, mustSay(t, f, "cat /sdcard/w.xml"))
		mustSay(t, f, "uiautomator dump /sdcard/w.xml")
		assert.NotEqual(t, old, mustSay(t, f, "cat /sdcard/w.xml"))
	})
}

func TestLogReaderIsKickedAfterSoManyLines(t *testing.T) {
	for sdk, want := range map[int]string{22: "read: unexpected EOF!\n", 30: "logcat: Unexpected EOF!\n\nThis means"} {
		h := testHandset(t, sdk)
		inject(t, h, "kick:3:times=2")
		for range 20 {
			mustRun(t, h, "log -t tick x") // so that there is enough to be cut off
		}
		for range 2 {
			got := execute(t, h, "logcat -b main", "")
			assert.Equal(t, 3, strings.Count(got.stdout, "\n"))
			assert.True(t, strings.HasPrefix(got.stderr, want), got.stderr)
			assert.Equal(t, 1, got.exit)
		}
		assert.Greater(t, strings.Count(execute(t, h, "logcat -b main -d", "").stdout, "\n"), 20)
	}
}

func TestEndlessOutputEndsWithItsReader(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "endless:dumpsys battery:times=2")
		assert.Equal(t, 50000, strings.Count(mustSay(t, f, "dumpsys battery | head -50000"), "\n")+1)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		n := &counted{}
		assert.Equal(t, sh.Killed, h.Exec(ctx, "dumpsys battery", nil, n, io.Discard))
		assert.Greater(t, n.bytes, 100_000)
		assert.Less(t, len(mustSay(t, f, "dumpsys battery")), 1000)
	})
}

type counted struct{ bytes int }

func (c *counted) Write(p []byte) (int, error) { c.bytes += len(p); return len(p), nil }

func TestLongLineIsOneLineOfSoManyBytes(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "long-line:16777216:times=1")
		first, rest, _ := strings.Cut(mustSay(t, f, "logcat -d"), "\n")
		assert.Len(t, first, 16<<20)
		assert.Contains(t, rest, "System now ready")
	})
}

func TestEscapesComeBeforeTheOutput(t *testing.T) {
	const drivesTerminals = "\x1b]0;title\x07\x1b[2J\x1b[1;1H\x1b[8m\x1b]52;c;ZWNobyBoaQ==\x07" +
		"\x9b31m\u202e\u2066\x00\xff\xfe\x1bP+q544e\x1b\\\x0e\r\n"
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "escapes:getprop:times=1")
		assert.Equal(t, drivesTerminals+"11", mustSay(t, f, "getprop ro.build.version.release"))
		assert.Equal(t, "11", mustSay(t, f, "getprop ro.build.version.release"))
	})
}

func TestDeepTreeIsWellFormedAndDeep(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "deep-tree:100000:times=2")
		tree := mustSay(t, f, "uiautomator dump /sdcard/w.xml >/dev/null; cat /sdcard/w.xml")
		assert.Equal(t, 100000, strings.Count(tree, "<node "))
		assert.Equal(t, 100000, strings.Count(tree, "</node>"))
		assert.True(t, strings.HasSuffix(tree, "</node></hierarchy>"))
		assert.Contains(t, mustSay(t, f, "uiautomator dump /dev/tty"), "UI hierchary dumped to: /dev/tty")
	})
}

func TestFolderListsAFileThatClimbsOut(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	inject(t, h, "climb")
	c := synced(t, served(t, NewFarm(h)))
	c.put(syncRequest("LIST", "/sdcard/Download"))
	names := map[string]bool{}
	for head := c.bytes(20); string(head[:4]) != "DONE"; head = c.bytes(20) {
		names[string(c.bytes(int(binary.LittleEndian.Uint32(head[16:]))))] = true
	}
	assert.True(t, names["../../x"], names)
	c.put(syncRequest("RECV", "/sdcard/Download/../../x"))
	assert.Equal(t, "DATA\x08\x00\x00\x00outside\n", string(c.bytes(8+len("outside\n"))))
	assert.True(t, strings.HasPrefix(execute(t, h, "ls /sdcard", "").stdout, "../../x\n"))
}

func TestSlowestHandsetSendsAByteASecond(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "slow:1:echo slow:times=1")
		began := time.Now()
		done := make(chan []byte, 1)
		go func() { out, _ := f.run("exec:echo slow | head -c 2"); done <- out }()
		assert.Equal(t, "fast", mustSay(t, f, "echo fast"), "others are not held up")
		assert.Equal(t, "sl", string(<-done))
		assert.GreaterOrEqual(t, time.Since(began), time.Second)
	})
}

func TestCarriersAreLeftAloneAndTheirCommandsTouched(t *testing.T) {
	h := testHandset(t, 30)
	inject(t, h, "escapes:dumpsys")
	once := strings.Count(execute(t, h, "timeout 5 sh -c 'dumpsys battery | grep -v ^x'", "").stdout, "\x1b]0;")
	assert.Equal(t, 1, once)
	once = strings.Count(execute(t, h, "echo battery | xargs dumpsys", "").stdout, "\x1b]0;")
	assert.Equal(t, 1, once)
}

func TestReplayedHandsetHasFaultsToo(t *testing.T) {
	dir := t.TempDir()
	printOut(t, dir, "getprop.txt", replayedProps)
	printOut(t, dir, "dumpsys_appops.txt", "Current AppOps Service state:\n  more\n")
	h, err := Replay(dir)
	require.NoError(t, err)
	t.Cleanup(func() { h.Close() })
	inject(t, h, "truncated:7:appops:times=1")
	assert.Equal(t, ran{"Current", "", 0}, execute(t, h, "dumpsys appops", ""))
	inject(t, h, "reboot:match=getprop")
	f := serverFace{t, served(t, NewFarm(h)), h.Serial()}
	assert.Equal(t, -1, shellOn(f, "getprop").exit)
	back(t, f)
}
