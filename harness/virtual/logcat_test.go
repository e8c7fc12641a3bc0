package virtual

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
	"assay/harness/virtual/sh"
)

func TestFollowedLogLosesNothingAndKeepsItsOrder(t *testing.T) {
	h := testHandset(t, 30)
	read, write := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	status := make(chan int, 1)
	go func() {
		c, _ := h.Command([]string{"logcat"})
		status <- c(ctx, &sh.Process{Machine: h, Argv: []string{"logcat", "-s", "count"}, Stdout: write, Stderr: io.Discard})
		_ = write.Close()
	}()
	const many = 3000
	go func() {
		for i := range many {
			mustRunQuietly(h, "log", "-t", "count", strings.Repeat("x", i%7))
			if i%500 == 0 {
				mustRunQuietly(h, "am", "start", "-n", "specimen.camera/.CameraActivity")
			}
		}
	}()
	lines := bufio.NewScanner(read)
	seen := 0
	for seen < many && lines.Scan() {
		if strings.HasPrefix(lines.Text(), "---------") {
			continue
		}
		require.True(t, strings.HasSuffix(lines.Text(), "count   : "+strings.Repeat("x", seen%7)), "entry %d: %s", seen, lines.Text())
		seen++
	}
	assert.Equal(t, many, seen)
	cancel()
	select {
	case s := <-status:
		assert.Equal(t, 130, s)
	case <-time.After(10 * time.Second):
		t.Fatal("logcat goes on after its caller has gone")
	}
}

func mustRunQuietly(h *Handset, args ...string) {
	_, _, _ = runOn(h, args...)
}

func TestLogFormatsAndModifiersAreEachReleases(t *testing.T) {
	for _, c := range []struct {
		sdk        int
		args, want string
	}{
		{22, "-d -t 1", "I/demo    ( 4501): hello"},
		{30, "-d -t 1", "03-04 09:00:00.000  4501  4501 I demo    : hello"},
		{30, "-d -t 1 -v time", "03-04 09:00:00.000 I/demo    ( 4501): hello"},
		{30, "-d -t 1 -v tag", "I/demo    : hello"},
		{30, "-d -t 1 -v raw", "hello"},
		{30, "-d -t 1 -v long", "[ 03-04 09:00:00.000  4501: 4501 I/demo     ]\nhello\n"},
		{30, "-d -t 1 -v threadtime -v uid", "03-04 09:00:00.000 shell  4501  4501 I demo    : hello"},
		{30, "-d -t 1 -v threadtime -v year -v zone -v usec", "2025-03-04 09:00:00.000000 +0530  4501  4501 I demo    : hello"},
		{30, "-d -t 1 -v epoch", "         1741059000.000  4501  4501 I demo    : hello"},
		{30, "-d -t 1 -v monotonic", " 94449.310  4501  4501 I demo    : hello"},
		{30, "-d -t 1 -v UTC", "03-04 03:30:00.000  4501  4501 I demo    : hello"},
	} {
		h := testHandset(t, c.sdk)
		h.LogAs(&phone.Process{PID: 4501, UID: 2000}, "main", 'I', "demo", "hello")
		out := mustRun(t, h, "logcat "+c.args)
		assert.Equal(t, "--------- beginning of main\n"+c.want+"\n", out, c.args)
	}
	for _, c := range []struct {
		sdk        int
		args, want string
	}{
		{22, "-v uid", "Invalid parameter to -v\n"},
		{28, "-v nonsense", "logcat: Invalid parameter \"nonsense\" to -v\n"},
		{28, "-b nonsense", "logcat: Unknown buffer 'nonsense'\n"},
		{28, "-t 99-99 -d", "-t \"99-99\" not in time format\n"},
	} {
		_, errs, status := runOn(testHandset(t, c.sdk), append([]string{"logcat"}, strings.Fields(c.args)...)...)
		assert.Equal(t, c.want, errs)
		assert.Equal(t, 1, status)
	}
}

func TestLogFiltersByTagLevelTimeAndCount(t *testing.T) {
	h := testHandset(t, 33)
	for i, level := range []byte("VDIWE") {
		h.LogAs(&phone.Process{PID: 4500 + i}, "main", level, "demo", fmt.Sprintf("line %d", i))
		h.Clock.Advance(h.Now().Add(time.Second))
	}
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"-s", "demo"}, 5}, {[]string{"demo:W", "*:S"}, 2}, {[]string{"-s", "demo:E"}, 1}, {[]string{"-s", "other"}, 0},
		{[]string{"--pid=4502"}, 1}, {[]string{"-e", "line [12]"}, 2}, {[]string{"-s", "demo", "-m", "3"}, 3},
		{[]string{"-s", "demo", "-t", "2"}, 2}, {[]string{"-s", "demo", "-t", "03-04 09:00:03.000"}, 2},
		{[]string{"-s", "demo", "-t", "2025-03-04 09:00:01.000"}, 4}, {[]string{"-s", "demo", "-t", "1741059002.000"}, 3},
	} {
		out, _, status := runOn(h, append([]string{"logcat", "-d", "-v", "raw"}, c.args...)...)
		assert.Zero(t, status)
		assert.Equal(t, c.want, strings.Count(out, "line "), "%v", c.args)
	}
	mustRun(t, h, "logcat -c -b main")
	assert.NotContains(t, mustRun(t, h, "logcat -d"), "line ")
	assert.Contains(t, mustRun(t, h, "logcat -g"), "main: ring buffer is 256 KiB")
	assert.Contains(t, mustRun(t, h, "logcat -S"), "size/num main")
}

func TestCrashGoesToTheCrashBufferLineByLine(t *testing.T) {
	h := testHandset(t, 33)
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	n := h.State.ProcessOf("specimen.camera", 0)
	unlock := h.Lock()
	h.Crash(n, &persona.CrashAction{Exception: "java.lang.IllegalStateException", Message: "no catalogue"})
	unlock()
	out := mustRun(t, h, "logcat -d -b crash -v brief")
	assert.Contains(t, out, "E/AndroidRuntime(")
	assert.Equal(t, 6, strings.Count(out, "\n"), out)
	assert.Contains(t, mustRun(t, h, "logcat -d -b events"), "am_crash")
	assert.Contains(t, mustRun(t, h, "dumpsys window"), "com.maker.launcher.Home}")
	assert.Nil(t, h.State.ProcessOf("specimen.camera", 0))
}
