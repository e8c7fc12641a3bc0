package adb

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReconnectTakesTheServersWordForWhetherThereIsSuchAHandset(t *testing.T) {
	var asked string
	answer := "reconnecting A1 [offline]\n"
	server := fakeServer(t, Options{}, func(p *peer, request string) {
		asked = request
		p.okay()
		p.text(answer)
	})
	d := server.Device(Row{Serial: "A1", TransportID: 7})
	require.NoError(t, d.Reconnect(t.Context()))
	assert.Equal(t, "host-serial:A1:reconnect", asked)
	answer = "device 'A1' not found"
	assert.ErrorIs(t, d.Reconnect(t.Context()), ErrNoDevice)
	answer = "certainly not"
	var refused *Refused
	require.ErrorAs(t, d.Reconnect(t.Context()), &refused)
	assert.Equal(t, OwnerServer, refused.Owner)
}

func TestReconnectOfASharedSerialGoesByTransport(t *testing.T) {
	asked := make(chan string, 4)
	server := fakeServer(t, Options{}, func(p *peer, request string) {
		asked <- request
		p.okay()
		if request == "host:devices-l" {
			p.text("A1 offline usb:1-1 transport_id:3\nA1 device usb:1-2 transport_id:4\n")
			return
		}
		p.text("reconnecting A1 [offline]\n")
	})
	d := server.Device(Row{Serial: "A1", Path: "usb:1-1", TransportID: 3, Shared: true})
	require.NoError(t, d.Reconnect(t.Context()))
	assert.Equal(t, "host:devices-l", <-asked)
	assert.Equal(t, "host-transport-id:3:reconnect", <-asked)
}

func TestRebootIsDoneWhenTheHandsetHangsUp(t *testing.T) {
	for name, c := range map[string]struct {
		serve func(p *peer)
		want  string
	}{
		"hangs up":        {func(p *peer) { p.okay() }, ""},
		"says why not":    {func(p *peer) { p.okay(); p.Write([]byte("reboot failed: no permission\n")) }, `A1: reboot: handset says "reboot failed: no permission"`},
		"is refused":      {func(p *peer) { p.fail("closed") }, "refused"},
		"goes in silence": {func(p *peer) { p.okay(); p.freeze() }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := fakeServer(t, Options{Silence: limit}, func(p *peer, request string) {
				assert.Equal(t, "host:transport:A1", request)
				p.okay()
				assert.Equal(t, "reboot:", p.request())
				c.serve(p)
			})
			err := server.Device(Row{Serial: "A1"}).Reboot(t.Context())
			if c.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, c.want)
		})
	}
}
