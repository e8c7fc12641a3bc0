package virtual

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/face"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/wire"
)

// hubs are so many handsets, seven on each hub.
func hubs(t testing.TB, n int) (*face.Farm, []*Handset) {
	t.Helper()
	var all []*Handset
	for i := range n {
		all = append(all, plainHandset(t, 33, fmt.Sprintf("H%02d", i)))
	}
	return NewFarm(all...), all
}

func TestBrownOutDropsAHubWithinTwoSeconds(t *testing.T) {
	farm, all := hubs(t, 9)
	addr := served(t, farm)
	standing := over(t, addr, "H05", "shell,v2,raw:cat")
	require.Equal(t, "OKAY", standing.status())
	other := over(t, addr, "H08", "shell,v2,raw:cat")
	require.Equal(t, "OKAY", other.status())
	tracked := dial(t, addr).send("host:track-devices")
	require.Equal(t, "OKAY", tracked.status())
	require.Equal(t, 9, strings.Count(tracked.text(), "\n"))
	inject(t, all[2], "brownout:match=echo:for=500ms")
	began := time.Now()
	shellOn(serverFace{t, addr, "H02"}, "echo")
	for n := 9; n > 2; {
		n = strings.Count(tracked.text(), "\n")
	}
	assert.Less(t, time.Since(began), 2*time.Second)
	assert.Equal(t, ran{exit: -1}, readV2(standing))
	for n := 0; n < 9; {
		n = strings.Count(tracked.text(), "\n")
	}
	other.put([]byte{wire.PacketStdin, 2, 0, 0, 0, 'o', 'k', wire.PacketCloseStdin, 0, 0, 0, 0})
	assert.Equal(t, ran{"ok", "", 0}, readV2(other), "the other hub has seen nothing")
}

func TestBrownOutOfTheFarmDropsThePortsThatItNames(t *testing.T) {
	farm, _ := hubs(t, 9)
	require.NoError(t, farm.Inject(must(fault.Parse("brownout:usb:1-2.:after=2:back=1"))))
	addr := served(t, farm)
	assert.Equal(t, 9, strings.Count(ask(t, addr, "host:devices"), "\n"))
	require.Eventually(t, func() bool { return strings.Count(ask(t, addr, "host:devices"), "\n") == 8 }, 5*time.Second, time.Millisecond,
		"first one of the two")
	require.Eventually(t, func() bool { return strings.Count(ask(t, addr, "host:devices"), "\n") == 9 }, 5*time.Second, time.Millisecond)
}

func TestRestartedServerResetsAndRenumbers(t *testing.T) {
	farm := NewFarm(plainHandset(t, 33, "A1"), plainHandset(t, 33, "127.0.0.1:7001"), plainHandset(t, 33, "C3"))
	addr := served(t, farm)
	standing := over(t, addr, "A1", "shell,v2,raw:cat")
	require.Equal(t, "OKAY", standing.status())
	forward := ask(t, addr, "host-serial:A1:forward:tcp:0;tcp:8080")
	require.True(t, strings.HasPrefix(forward, "OKAYOKAY"))
	require.NoError(t, farm.Inject(must(fault.Parse("server-restart:back=2"))))
	_, err := standing.ReadByte()
	assert.ErrorContains(t, err, "reset by peer")
	for range 2 {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			require.NoError(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
			_, err = c.Read(make([]byte, 1))
			c.Close()
		}
		assert.ErrorContains(t, err, "reset by peer", "it is not up yet")
	}
	list := ask(t, addr, "host:devices-l")
	assert.Contains(t, list, "A1                     device usb:1-1.1 product:plain_in model:Plain_One device:plain transport_id:2\n")
	assert.Contains(t, list, "C3                     device usb:1-1.3 product:plain_in model:Plain_One device:plain transport_id:1\n")
	assert.NotContains(t, list, "7001", "handsets on TCP are to be connected again")
	assert.Equal(t, "OKAY"+text("C3"), ask(t, addr, "host-transport-id:1:get-serialno"), "an old number means another handset now")
	assert.Equal(t, "OKAY0000", ask(t, addr, "host:list-forward"))
	assert.Equal(t, "OKAY"+text("connected to 127.0.0.1:7001"), ask(t, addr, "host:connect:127.0.0.1:7001"))
	assert.Contains(t, ask(t, addr, "host:devices-l"), "7001         device product:plain_in model:Plain_One device:plain transport_id:3\n")
}

func TestServerRestartsInTheMiddleOfACommand(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	inject(t, h, "server-restart:match=seq:bytes=1000")
	f := serverFace{t, served(t, NewFarm(h)), "A1"}
	got := shellOn(f, "seq 1 100000")
	assert.Equal(t, -1, got.exit)
	assert.Less(t, len(got.stdout), 500_000)
	assert.Equal(t, 0, shellOn(f, "seq 1 3").exit)
}

func TestSilentServerTakesConnectionsAndSaysNothing(t *testing.T) {
	farm := NewFarm(plainHandset(t, 33, "A1"))
	addr := served(t, farm)
	require.NoError(t, farm.Inject(must(fault.Parse("server-silent:after=1:back=2"))))
	for range 2 {
		c := dial(t, addr).send("host:version")
		require.NoError(t, c.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
		_, err := c.ReadByte()
		assert.ErrorContains(t, err, "timeout")
	}
	assert.Equal(t, "OKAY00040029", ask(t, addr, "host:version"))
}

func TestServerOfAnotherVersionSaysSo(t *testing.T) {
	farm := NewFarm()
	addr := served(t, farm)
	require.NoError(t, farm.Inject(must(fault.Parse("server-version:31:back=1"))))
	assert.Equal(t, "OKAY0004001f", ask(t, addr, "host:version"))
	assert.Equal(t, "OKAY00040029", ask(t, addr, "host:version"))
}

func TestFaultsOfTheServerWaitForAFarm(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	inject(t, h, "server-version:31")
	addr := served(t, NewFarm(h))
	assert.Equal(t, "OKAY0004001f", ask(t, addr, "host:version"))
}

func TestFarmRefusesFaultsThatAreAHandsets(t *testing.T) {
	farm := NewFarm()
	for form, want := range map[string]string{
		"offline":                "is a handset's; inject it there",
		"server-restart:match=x": "only a handset's services have text and output",
		"server-silent:bytes=3":  "only a handset's services have text and output",
		"brownout":               "needs the ports that drop, as in brownout:usb:1-1.4",
	} {
		assert.ErrorContains(t, farm.Inject(must(fault.Parse(form))), want, form)
	}
}

// A handset that stands in a farm and on a port of its own drops from both.
func TestBrownOutReachesTheDeviceFaceOfAFarmsHandsets(t *testing.T) {
	noLeaks(t)
	farm, all := hubs(t, 2)
	_ = served(t, farm)
	host := joined(t, listening(t, all[1]), wire.VersionWithoutSums)
	host.next()
	require.NoError(t, farm.Inject(must(fault.Parse("brownout:usb:1-1."))))
	_, err := io.ReadAll(host)
	assert.NotErrorIs(t, err, os.ErrDeadlineExceeded)
}
