package adb

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// Reconnect has the server drop its connection to this handset and make it anew
// (host:reconnect, adb 26; adb.cpp handle_host_request, which answers OKAY also
// where it finds no such handset, and says so in the text). The handset's
// transport number may be another afterwards.
func (d *Device) Reconnect(ctx context.Context) error {
	if err := d.same(ctx); err != nil {
		return d.wrap("reconnect", err)
	}
	service := d.prefix() + "reconnect"
	text, err := d.server.ask(ctx, service)
	if err == nil && !strings.HasPrefix(text, "reconnecting ") {
		err = failure(OwnerServer, service, text)
	}
	return d.wrap("reconnect", err)
}

// Reboot has the handset reboot into Android (reboot:, daemon/services.cpp
// reboot_device). It returns once adbd has hung up, or the server's limit of
// silence is over: what the handset does then is for Devices and its boot_id to
// say.
func (d *Device) Reboot(ctx context.Context) error {
	c, err := d.open(ctx, "reboot:", 0)
	if err != nil {
		return d.wrap("reboot", err)
	}
	defer c.Close()
	c.stream(d.server.Silence)
	said, err := io.ReadAll(io.LimitReader(c, mostStderr))
	if ctx.Err() != nil {
		return d.wrap("reboot", context.Cause(ctx))
	}
	// A handset that goes down resets the connection as often as it closes it;
	// what it prints first is why it will not.
	if text := strings.TrimSpace(string(said)); err == nil && text != "" {
		return d.wrap("reboot", fmt.Errorf("handset says %q", abbreviate(text)))
	}
	return nil
}
