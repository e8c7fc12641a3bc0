package virtual

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reached joins a handset to a real adb server again, however often that takes.
func (a *realAdb) reached(addr string) {
	a.t.Helper()
	require.Eventually(a.t, func() bool {
		a.run("connect", addr)
		out, exit := a.run("-s", addr, "shell", "echo here")
		return exit == 0 && out == "here\n"
	}, 60*time.Second, 50*time.Millisecond)
}

func TestRealAdbSeesTheFaultsOfAHandset(t *testing.T) {
	noLeaks(t)
	a := startRealAdb(t)
	h := testHandset(t, 30)
	t.Cleanup(func() { h.Close() })
	addr := listening(t, h)
	a.reached(addr)
	shell := func(command string) (string, int) { return a.run("-s", addr, "shell", command) }

	inject(t, h, "cut:2000:seq:times=1")
	out, exit := shell("seq 1 5000")
	assert.Less(t, len(strings.Fields(out)), 600)
	assert.Zero(t, exit, "adb itself takes a lost stream for a good end")
	lost := func() {
		t.Helper()
		out, _ := shell("seq 1 5000")
		assert.NotContains(t, out, "\n5000\n")
	}

	before, _ := shell(askBootID)
	inject(t, h, "reboot:match=seq:bytes=2000:back=1")
	lost()
	a.reached(addr)
	after, _ := shell(askBootID)
	assert.NotEqual(t, before, after)

	inject(t, h, "unplugged:match=seq:back=2")
	lost()
	a.reached(addr)

	inject(t, h, "flap:3:match=seq:for=20ms")
	lost()
	a.reached(addr)

	inject(t, h, "unauthorized:back=1:match=seq")
	lost()
	a.run("disconnect", addr)
	a.reached(addr)

	inject(t, h, "system-restart:1:match=true")
	out, exit = shell("true; pm path android")
	assert.Equal(t, "cmd: Can't find service: package\n", out)
	assert.Equal(t, 20, exit)
	shell("true") // the last that finds no system
	inject(t, h, "truncated:20:dumpsys battery:times=1")
	out, exit = shell("dumpsys battery")
	assert.Equal(t, "Current Battery Serv", out)
	assert.Zero(t, exit)
	inject(t, h, "full:3")
	out, exit = shell("echo more > /sdcard/x")
	assert.NotZero(t, exit)
	assert.Contains(t, out, "No space left on device")
}
