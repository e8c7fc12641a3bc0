package virtual

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/fault"
	"assay/harness/virtual/wire"
)

func TestUnauthorizedAndOfflineAreShownAndRefused(t *testing.T) {
	a, b := plainHandset(t, 33, "A1"), plainHandset(t, 33, "B2")
	a.Inject(fault.Fault{Kind: fault.Unauthorized})
	b.Inject(fault.Fault{Kind: fault.Offline})
	addr := served(t, NewFarm(a, b))
	assert.Equal(t, "OKAY"+text("A1\tunauthorized\nB2\toffline\n"), ask(t, addr, "host:devices"))
	assert.Contains(t, ask(t, addr, "host:devices-l"), "A1                     unauthorized usb:1-1.1 transport_id:1\n")
	want := "FAIL" + text("device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set\n"+
		"Try 'adb kill-server' if that seems wrong.\nOtherwise check for a confirmation dialog on your device.")
	assert.Equal(t, want, ask(t, addr, "host:transport:A1"))
	assert.Equal(t, want, ask(t, addr, "host-serial:A1:get-state"))
	assert.Equal(t, "FAIL"+text("device offline"), ask(t, addr, "host:transport:B2"))
}

func TestOfflineEndsAfterSoManyLooks(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	h.Inject(fault.Fault{Kind: fault.Offline, Back: 2})
	addr := served(t, NewFarm(h))
	var seen []string
	for range 4 {
		seen = append(seen, strings.Fields(ask(t, addr, "host:devices"))[1])
	}
	assert.Equal(t, []string{"offline", "offline", "device", "device"}, seen)
}

func TestSilentServiceIsAcceptedAndSaysNothing(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	h.Inject(must(fault.Parse("silent:cat /proc:times=1")))
	addr := served(t, NewFarm(h))
	assert.Equal(t, 0, v2(t, addr, "A1", "true").exit, "others are not touched")
	c := over(t, addr, "A1", "shell,v2,raw:cat /proc/version")
	require.Equal(t, "OKAY", c.status())
	require.NoError(t, c.SetReadDeadline(time.Now().Add(150*time.Millisecond)))
	_, err := c.ReadByte()
	assert.ErrorContains(t, err, "timeout")
	c.Close()
	assert.NotEqual(t, -1, v2(t, addr, "A1", "cat /proc/version").exit, "only once")
}

func TestCutOffLetsSoManyBytesThroughAndNoExitStatus(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	h.Inject(must(fault.Parse("cut:1000:yes")))
	addr := served(t, NewFarm(h))
	out := must(io.ReadAll(over(t, addr, "A1", "exec:yes | head -5000")))
	assert.Len(t, out, 1000+4)
	got := v2(t, addr, "A1", "yes | head -5000")
	assert.Equal(t, -1, got.exit, "no exit packet comes")
	assert.Less(t, len(got.stdout), 1000)
	assert.Equal(t, 0, v2(t, addr, "A1", "true").exit)
}

func TestSlowKeepsItsRate(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	h.Inject(must(fault.Parse("slow:20000:zero")))
	addr := served(t, NewFarm(h))
	began := time.Now()
	out := must(io.ReadAll(over(t, addr, "A1", "exec:head -c 8000 /dev/zero")))
	assert.Len(t, out, 8004)
	assert.GreaterOrEqual(t, time.Since(began), 350*time.Millisecond)
}

func TestUnpluggedTakesTheRowAndEveryConnection(t *testing.T) {
	a, b := plainHandset(t, 33, "A1"), plainHandset(t, 33, "B2")
	a.Inject(must(fault.Parse("unplugged:match=am start:back=2")))
	addr := served(t, NewFarm(a, b))
	standing := over(t, addr, "A1", "shell,v2,raw:cat")
	require.Equal(t, "OKAY", standing.status())
	other := over(t, addr, "B2", "shell,v2,raw:cat")
	require.Equal(t, "OKAY", other.status())
	got := v2(t, addr, "A1", "am start -n x/.Y")
	assert.Equal(t, ran{exit: -1}, got)
	assert.Equal(t, ran{exit: -1}, readV2(standing), "a connection that stood dies too")
	assert.Equal(t, "OKAY"+text("B2\tdevice\n"), ask(t, addr, "host:devices"))
	assert.Equal(t, "FAIL"+text("device 'A1' not found"), ask(t, addr, "host:transport:A1"))
	assert.Equal(t, "OKAY"+text("A1\tdevice\nB2\tdevice\n"), ask(t, addr, "host:devices"), "and comes back")
	assert.Contains(t, ask(t, addr, "host:devices-l"), "transport_id:3", "as another transport")
	other.put([]byte{wire.PacketStdin, 2, 0, 0, 0, 'o', 'k', wire.PacketCloseStdin, 0, 0, 0, 0})
	assert.Equal(t, ran{"ok", "", 0}, readV2(other), "the other handset has seen nothing")
}

func TestUnpluggedAfterSoManyServices(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	h.Inject(must(fault.Parse("unplugged:after=3")))
	addr := served(t, NewFarm(h))
	assert.Equal(t, 0, v2(t, addr, "A1", "true").exit)
	assert.Equal(t, 0, v2(t, addr, "A1", "true").exit)
	assert.Equal(t, -1, v2(t, addr, "A1", "true").exit)
	assert.Equal(t, "OKAY0000", ask(t, addr, "host:devices"))
}

func TestUnpluggedForATimeComesBackByItself(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	farm := NewFarm(h)
	addr := served(t, farm)
	c := dial(t, addr).send("host:track-devices")
	require.Equal(t, "OKAY", c.status())
	assert.Equal(t, "A1\tdevice\n", c.text())
	h.Inject(fault.Fault{Kind: fault.Unplugged, For: 50 * time.Millisecond})
	assert.Equal(t, "", c.text())
	assert.Equal(t, "A1\tdevice\n", c.text())
}

func TestRebootingHandsetIsAwayForAWhile(t *testing.T) {
	addr := served(t, NewFarm(plainHandset(t, 33, "A1")))
	assert.Equal(t, "OKAY", string(must(io.ReadAll(over(t, addr, "A1", "reboot:")))))
	assert.Equal(t, "OKAY0000", ask(t, addr, "host:devices"))
	assert.Equal(t, "OKAYOKAY", ask(t, addr, "host-serial:A1:wait-for-any-device"))
}
