package virtual

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/sh"
)

func printOut(t *testing.T, dir, name, text string) {
	t.Helper()
	content := []byte(text)
	if strings.HasSuffix(name, ".gz") {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		z.Write(content)
		require.NoError(t, z.Close())
		content = packed.Bytes()
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o644))
}

const replayedProps = "[persist.sys.timezone]: [Asia/Kolkata]\n[ro.build.date.utc]: [1500000000]\n" +
	"[ro.build.version.release]: [7.1.2]\n[ro.build.version.sdk]: [25]\n" +
	"[ro.product.device]: [pd]\n[ro.product.model]: [Model 9]\n[ro.product.name]: [pd_in]\n[ro.serialno]: [ABC123]\n[two.lines]: [first\n" +
	"second]\n"

func TestReplayAnswersFromLoosePrintOuts(t *testing.T) {
	dir := t.TempDir()
	printOut(t, dir, "getprop.txt", replayedProps)
	printOut(t, dir, "dumpsys_appops.txt.gz", "Current AppOps Service state:\n")
	printOut(t, dir, "dumpsys_media_camera.txt", "camera\n")
	printOut(t, dir, "dumpsys_usagestats_checkin.txt", "usage\n")
	printOut(t, dir, "dumpsys_appops_2.txt", "another\n")
	printOut(t, dir, "logcat_events.txt", "events\n")
	printOut(t, dir, "logcat_main_system_crash.txt", "main\n")
	printOut(t, dir, "pm_list_packages_e.txt", "package:a\n")
	printOut(t, dir, "ps.txt", "PID\n")
	printOut(t, dir, "README.md", "not a print-out")
	h, err := Replay(dir)
	require.NoError(t, err)
	t.Cleanup(func() { h.Close() })
	assert.Equal(t, "ABC123", h.Serial())
	for _, c := range []struct {
		script, stdout, stderr string
		exit                   int
	}{
		{"getprop", replayedProps, "", 0},
		{"getprop ro.product.model; getprop two.lines", "Model 9\nfirst\nsecond\n", "", 0},
		{"dumpsys appops", "Current AppOps Service state:\n", "", 0},
		{"timeout 30 dumpsys appops | wc -l", "1\n", "", 0},
		{"dumpsys media.camera; dumpsys usagestats --checkin", "camera\nusage\n", "", 0},
		{"logcat -d -b events", "events\n", "", 0},
		{"logcat -d -b main,system -v threadtime", "main\n", "", 0},
		{"pm list packages -e", "package:a\n", "", 0},
		{"ps -A", "PID\n", "", 0},
		{"dumpsys -l", "Currently running services:\n  appops\n  media.camera\n", "", 0},
		{"dumpsys battery", "", "Can't find service: battery\n", 0},
		{"dumpsys package com.a", "", "Can't find service: package\n", 0},
		{"cmd package list packages -u", "", "cmd: Can't find service: package\n", 20},
		{"am start -n a/.B", "", "Can't find service: activity\n", 1},
		{"cat /proc/net/tcp", "", "cat: /proc/net/tcp: No such file or directory\n", 1},
		{"echo it is a shell all the same", "it is a shell all the same\n", "", 0},
		{"date +%Y", "2017\n", "", 0},
	} {
		assert.Equal(t, ran{c.stdout, c.stderr, c.exit}, execute(t, h, c.script, ""), c.script)
	}
}

func bundleOf(t *testing.T, dir string, captures ...map[string]any) {
	t.Helper()
	manifest, err := json.Marshal(map[string]any{
		"schema":   1,
		"handset":  map[string]any{"serial": "XYZ", "model": "Model 9", "build": map[string]any{"sdk": 33, "release": "13"}},
		"captures": captures,
	})
	require.NoError(t, err)
	printOut(t, dir, "manifest.json", string(manifest))
}

func TestReplayAnswersFromABundleInTheOrderTaken(t *testing.T) {
	dir := t.TempDir()
	script := `for p in 'com.a' 'com.b'; do dumpsys package "$p"; done`
	for name, text := range map[string]string{"1": replayedProps, "2": "level: 80\n", "3": "level: 79\n", "4": "Packages:\n",
		"5": "sl rem\n", "6": "log line\n", "7": "refused\n"} {
		printOut(t, dir, "captures/"+name+".txt", text)
	}
	bundleOf(t, dir,
		map[string]any{"source": "getprop", "command": []string{"getprop"}, "file": "captures/1.txt", "exit": 0,
			"clock": map[string]any{"device": "2024-03-01T10:00:00+05:30"}},
		map[string]any{"source": "battery", "command": []string{"dumpsys", "battery"}, "file": "captures/2.txt", "exit": 0},
		map[string]any{"source": "battery", "command": []string{"dumpsys", "battery"}, "file": "captures/3.txt", "exit": 0},
		map[string]any{"source": "package-detail", "command": []string{"sh", "-c", script}, "file": "captures/4.txt", "exit": 0},
		map[string]any{"source": "proc-net", "command": []string{"cat", "/proc/net/tcp"}, "file": "captures/5.txt", "exit": 0},
		map[string]any{"source": "logcat", "command": []string{"logcat", "-T", "1"}, "file": "captures/6.txt"},
		map[string]any{"source": "appops", "command": []string{"dumpsys", "appops"}, "file": "captures/7.txt", "exit": 255, "stderr": "no\n"},
		map[string]any{"source": "gone", "command": []string{"dumpsys", "gone"}, "file": "captures/none.txt",
			"coverage": map[string]any{"state": "not run"}},
	)
	h, err := Replay(dir)
	require.NoError(t, err)
	t.Cleanup(func() { h.Close() })
	assert.Equal(t, "ABC123", h.Serial())
	assert.Contains(t, h.Banner(), "ro.product.model=Model 9")
	for _, want := range []string{"level: 80\n", "level: 79\n", "level: 79\n"} {
		assert.Equal(t, want, execute(t, h, "dumpsys battery", "").stdout)
	}
	assert.Equal(t, ran{"Packages:\n", "", 0}, execute(t, h, script, ""))
	assert.Equal(t, ran{"Packages:\nend0\n", "", 0}, execute(t, h, "( "+script+" ); echo end$?", ""), "wrapped, as where shell v2 lacks")
	assert.Equal(t, "sl rem\n", execute(t, h, "cat /proc/net/tcp", "").stdout)
	assert.Equal(t, ran{"refused\n", "no\n", 255}, execute(t, h, "dumpsys appops", ""))
	assert.Equal(t, ran{"", "Can't find service: gone\n", 0}, execute(t, h, "dumpsys gone", ""))
	assert.Equal(t, "2024-03-01 10:00\n", execute(t, h, "date '+%F %R'", "").stdout)

	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	done := make(chan int)
	go func() { done <- h.Exec(ctx, "logcat -T 1", nil, in, io.Discard) }()
	line := make([]byte, len("log line\n"))
	_, err = io.ReadFull(out, line)
	require.NoError(t, err)
	select {
	case <-done:
		t.Fatal("a streamed log ends by itself")
	case <-time.After(50 * time.Millisecond):
	}
	cancel()
	assert.Equal(t, sh.Killed, <-done)
}

func TestReplayRefusesWhatIsNoRecording(t *testing.T) {
	_, err := Replay(filepath.Join(t.TempDir(), "none"))
	assert.Error(t, err)
	_, err = Replay(t.TempDir())
	assert.ErrorContains(t, err, "neither a bundle (manifest.json) nor print-outs")
	dir := t.TempDir()
	printOut(t, dir, "manifest.json", "{")
	_, err = Replay(dir)
	assert.ErrorContains(t, err, "manifest.json")
	printOut(t, dir, "manifest.json", `{"schema": 9}`)
	_, err = Replay(dir)
	assert.ErrorContains(t, err, "schema 9, and this assay replays 1 and 2")
}

func TestReplayNeverLeavesItsFolder(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("secret"), 0o644))
	require.NoError(t, os.Symlink(secret, filepath.Join(dir, "link.txt")))
	rel, err := filepath.Rel(dir, secret)
	require.NoError(t, err)
	bundleOf(t, dir,
		map[string]any{"command": []string{"dumpsys", "a"}, "file": secret},
		map[string]any{"command": []string{"dumpsys", "b"}, "file": filepath.ToSlash(rel)},
		map[string]any{"command": []string{"dumpsys", "c"}, "file": "link.txt"},
	)
	h, err := Replay(dir)
	require.NoError(t, err)
	t.Cleanup(func() { h.Close() })
	for _, service := range []string{"a", "b", "c"} {
		got := execute(t, h, "dumpsys "+service, "")
		assert.NotContains(t, got.stdout, "secret")
		assert.NotZero(t, got.exit)
	}
}

// The corpus is not part of the repository: ../shared beside it.
func TestReplayOfARealHandsetsPrintOuts(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "corpus", "vivo", "X9_PD1616", "7.1.2")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the corpus is not here: ", err)
	}
	h, err := Replay(dir)
	require.NoError(t, err)
	t.Cleanup(func() { h.Close() })
	addr := served(t, NewFarm(h))
	assert.Contains(t, ask(t, addr, "host:devices-l"), " device usb:1-1.1 product:PD1616 ")
	want, err := os.ReadFile(filepath.Join(dir, "dumpsys_appops.txt"))
	require.NoError(t, err)
	got := v2(t, addr, h.Serial(), "dumpsys appops")
	assert.Equal(t, string(want), got.stdout)
	assert.Zero(t, got.exit)
	f, err := os.Open(filepath.Join(dir, "dumpsys_package.txt.gz"))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	whole := must(io.ReadAll(z))
	assert.Equal(t, string(whole), v2(t, addr, h.Serial(), "dumpsys package").stdout)
	assert.Equal(t, "25\n", v2(t, addr, h.Serial(), "getprop ro.build.version.sdk").stdout)
}
