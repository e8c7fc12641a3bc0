package virtual

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/fault"
)

func TestFlappingHandsetIsOfflineAndBack(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	inject(t, h, "flap:3:back=1")
	addr := served(t, NewFarm(h))
	var seen []string
	for range 8 {
		seen = append(seen, strings.Fields(ask(t, addr, "host:devices"))[1])
	}
	assert.Equal(t, []string{"offline", "device", "offline", "device", "offline", "device", "device", "device"}, seen)
}

func TestFlappingByTheClockShowsWithoutALook(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	addr := served(t, NewFarm(h))
	c := dial(t, addr).send("host:track-devices")
	require.Equal(t, "OKAY", c.status())
	assert.Equal(t, "A1\tdevice\n", c.text())
	inject(t, h, "flap:20:for=5ms")
	for i := range 20 {
		require.Equal(t, "A1\toffline\n", c.text(), i)
		require.Equal(t, "A1\tdevice\n", c.text(), i)
	}
}

func TestUnreadableHandsetIsRefusedToTheHost(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	inject(t, h, "unreadable:back=3")
	addr := served(t, NewFarm(h))
	const state = "no permissions (user in plugdev group; are your udev rules wrong?); see [http://developer.android.com/tools/device.html]"
	assert.Equal(t, "OKAY"+text("????????????\t"+state+"\n"), ask(t, addr, "host:devices"))
	assert.Equal(t, "FAIL"+text("device 'A1' not found"), ask(t, addr, "host:transport:A1"))
	assert.Equal(t, "FAIL"+text("insufficient permissions for device: user in plugdev group; are your udev rules wrong?\n"+
		"See [http://developer.android.com/tools/device.html] for more information"), ask(t, addr, "host:transport-any"))
	assert.Equal(t, "OKAY"+text("A1\tdevice\n"), ask(t, addr, "host:devices"))
}

// Each row's fault at each boundary and, on both faces: the handset is back, and
// what was under way had no end.
func TestListFaultsStrikeAtAnyServiceOrByte(t *testing.T) {
	for _, kind := range []string{"offline:back=2", "unauthorized:back=2", "unplugged:back=2", "reboot:back=2", "flap:2:back=1",
		"bootloop:2:back=1"} {
		for _, at := range []string{"after=3", "match=seq", "match=seq:bytes=1", "match=seq:bytes=700", "after=2:bytes=3000"} {
			t.Run(kind+":"+at, func(t *testing.T) {
				onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
					inject(t, h, kind+":"+at)
					cut := 0
					for range 3 {
						got := shellOn(f, "seq 1 2000")
						if got.exit != -1 {
							assert.Len(t, strings.Fields(got.stdout), 2000)
							continue
						}
						cut++
						assert.Less(t, len(strings.Fields(got.stdout)), 2000)
						back(t, f)
					}
					most := 1
					if strings.HasPrefix(kind, "flap") || strings.HasPrefix(kind, "bootloop") {
						most = 2
					}
					assert.GreaterOrEqual(t, cut, 1)
					assert.LessOrEqual(t, cut, most)
				})
			})
		}
	}
}

func TestFaultComesAsOftenAsItIsToldTo(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	inject(t, h, "unplugged:match=seq:skip=1:times=2:back=1")
	f := serverFace{t, served(t, NewFarm(h)), "A1"}
	var exits []int
	for range 5 {
		exits = append(exits, shellOn(f, "seq 1 3").exit)
		back(t, f)
	}
	assert.Equal(t, []int{0, -1, -1, 0, 0}, exits)
}

func TestCutAtEachByteLetsExactlySoManyThrough(t *testing.T) {
	for _, f := range []func(*Handset) side{
		func(h *Handset) side { return serverFace{t, served(t, NewFarm(h)), h.Serial()} },
		func(h *Handset) side { return deviceFace{t, listening(t, h)} },
	} {
		h := plainHandset(t, 33, "A1")
		f := f(h)
		whole, ok := f.run("shell,v2,raw:echo hello; echo err >&2; exit 4")
		require.True(t, ok)
		for n := range whole {
			h.Inject(fault.Fault{Kind: fault.CutOff, AfterBytes: int64(n), Match: "echo hello", Times: 1})
			got, _ := f.run("shell,v2,raw:echo hello; echo err >&2; exit 4")
			assert.Equal(t, string(whole[:n]), string(got), n)
		}
	}
}

func TestFaultsWaitForTheirServiceUnderLoad(t *testing.T) {
	h := testHandset(t, 30)
	f := serverFace{t, served(t, NewFarm(h)), h.Serial()}
	for i := range 6 {
		h.Inject(fault.Fault{Kind: fault.SystemRestart, After: 10 + 7*i, Count: 1})
		h.Inject(fault.Fault{Kind: fault.NotResponding, After: 11 + 7*i})
		h.Inject(fault.Fault{Kind: fault.ClockJump, By: time.Hour, After: 12 + 7*i, Back: 2})
	}
	done := make(chan int)
	for range 4 {
		go func() {
			ran := 0
			for range 15 {
				if out, ok := f.run("shell,v2,raw:dumpsys package; logcat -d; am start -n specimen.camera/.CameraActivity"); ok && len(out) > 0 {
					ran++
				}
			}
			done <- ran
		}()
	}
	for range 4 {
		assert.Equal(t, 15, <-done)
	}
	assert.Contains(t, mustSay(t, f, "getprop sys.system_server.start_count; echo"), "7")
}
