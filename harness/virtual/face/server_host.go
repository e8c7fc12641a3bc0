package face

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"assay/harness/virtual/wire"
)

// hostFeatures are those of the server itself, of adb 29.0.6.
const hostFeatures = "shell_v2,cmd,stat_v2,ls_v2,fixed_push_mkdir,apex,abb,fixed_push_symlink_timestamp,abb_exec,remount_shell,push_sync"

// hostRequestOf reads the prefixes that say which handset a request is about:
// host:, host-usb:, host-local:, host-serial:S: and host-transport-id:N:.
func hostRequestOf(request string) (target, string, bool) {
	switch prefix, rest, _ := strings.Cut(request, ":"); prefix {
	case "host":
		return target{kind: "any"}, rest, true
	case "host-usb":
		return target{kind: "usb"}, rest, true
	case "host-local":
		return target{kind: "local"}, rest, true
	case "host-transport-id":
		id, rest, ok := strings.Cut(rest, ":")
		return target{id: number(id)}, rest, ok
	case "host-serial":
		serial, rest, ok := cutSerial(rest)
		return target{serial: serial}, rest, ok
	}
	return target{}, "", false
}

// cutSerial takes a serial off a request. A serial may be HOST:PORT, a device
// path or a product:, model: or device: and its value (adb, sockets.cpp,
// parse_host_service).
func cutSerial(text string) (serial, rest string, ok bool) {
	start := 0
	for _, qualifier := range []string{"usb:", "product:", "model:", "device:"} {
		if strings.HasPrefix(text, qualifier) {
			start = len(qualifier)
		}
	}
	end := strings.IndexByte(text[start:], ':')
	if end < 0 {
		return "", "", false
	}
	end += start
	if start == 0 {
		port := strings.IndexByte(text[end+1:], ':')
		if port > 0 && strings.Trim(text[end+1:end+1+port], "0123456789") == "" {
			end += 1 + port
		}
	}
	return text[:end], text[end+1:], true
}

// host answers a request that the server itself can answer.
func (c *client) host(ctx context.Context, t target, request string) {
	name, rest, _ := strings.Cut(request, ":")
	switch request {
	case "version":
		wire.WriteOkayText(c, fmt.Sprintf("%04x", c.farm.serverVersion()))
	case "host-features":
		wire.WriteOkayText(c, hostFeatures)
	case "kill":
		wire.WriteOkay(c)
		c.end(nil)
	case "devices", "devices-l":
		wire.WriteOkayText(c, list(c.farm.rows(true), request == "devices-l"))
	case "track-devices", "track-devices-l":
		c.track(ctx, request == "track-devices-l")
	case "features", "get-state", "get-serialno", "get-devpath":
		c.about(t, request)
	case "reconnect", "reconnect-offline":
		c.reconnect(t, request)
	case "list-forward":
		wire.WriteOkayText(c, c.forwards.list())
	case "killforward-all":
		c.forwards.closeAll()
		c.Write([]byte("OKAYOKAY"))
	default:
		switch {
		case name == "connect":
			c.connect(ctx, rest)
		case name == "disconnect":
			c.disconnect(rest)
		case name == "forward", name == "killforward":
			c.forward(ctx, t, request)
		case strings.HasPrefix(request, "wait-for-"):
			c.waitFor(ctx, t, strings.TrimPrefix(request, "wait-for-"))
		default:
			wire.WriteFail(c, "unknown host service")
		}
	}
}

// about answers what is asked about one handset.
func (c *client) about(t target, request string) {
	r, err := c.farm.acquire(t, false)
	if err != nil {
		wire.WriteFail(c, err.Error())
		return
	}
	switch request {
	case "features":
		wire.WriteOkayText(c, strings.Join(r.handset.Features(), ","))
	case "get-state":
		wire.WriteOkayText(c, r.state)
	case "get-serialno":
		wire.WriteOkayText(c, r.serial)
	case "get-devpath":
		wire.WriteOkayText(c, r.path)
	}
}

// reconnect drops a handset's connections, or those of all that are offline.
func (c *client) reconnect(t target, request string) {
	if request == "reconnect" {
		r, err := c.farm.acquire(t, true)
		if err != nil {
			wire.WriteFail(c, err.Error())
			return
		}
		r.handset.Faults().Drop()
		wire.WriteOkayText(c, fmt.Sprintf("reconnecting %s [%s]\n", r.serial, r.state))
		return
	}
	var text string
	for _, r := range c.farm.rows(true) {
		if r.state == "offline" {
			text += "reconnecting " + r.serial + "\n"
		}
	}
	wire.WriteOkayText(c, text)
}

// connectTime is how long the server tries to reach an address that is not of
// the farm.
const connectTime = time.Second

// connect gives a row back that was taken away. It joins no handset of another
// farm: it tells whether there is anything at the address, and that it failed.
func (c *client) connect(ctx context.Context, address string) {
	if wire.WriteOkay(c) != nil {
		return
	}
	if !strings.Contains(address, ":") {
		address += ":5555"
	}
	for _, h := range c.farm.Handsets() {
		if h.Serial() != address {
			continue
		}
		switch {
		case c.farm.setDetached(address, false):
			wire.WriteText(c, "connected to "+address)
		case h.Faults().State(true) == "unauthorized":
			wire.WriteText(c, "failed to authenticate to "+address)
		default:
			wire.WriteText(c, "already connected to "+address)
		}
		return
	}
	dialer := net.Dialer{Timeout: connectTime}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		wire.WriteText(c, fmt.Sprintf("failed to connect to '%s': Connection refused", address))
		return
	}
	conn.Close()
	wire.WriteText(c, "failed to connect to "+address)
}

func (c *client) disconnect(address string) {
	if address == "" {
		c.farm.setDetached("", true)
		wire.WriteOkayText(c, "disconnected everything")
		return
	}
	if !strings.Contains(address, ":") {
		address += ":5555"
	}
	if !c.farm.setDetached(address, true) {
		wire.WriteFail(c, fmt.Sprintf("no such device '%s'", address))
		return
	}
	wire.WriteOkayText(c, "disconnected "+address)
}
