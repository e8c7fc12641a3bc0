package face

import (
	"context"
	"io"
	"strings"
	"time"

	"assay/harness/virtual/wire"
)

// track sends the whole device list, at once and whenever it has changed.
func (c *client) track(ctx context.Context, long bool) {
	if wire.WriteOkay(c) != nil {
		return
	}
	ctx = c.untilClosed(ctx)
	last, first := "", true
	for {
		change := c.farm.change()
		if text := list(c.farm.rows(false), long); first || text != last {
			if wire.WriteText(c, text) != nil {
				return
			}
			last, first = text, false
		}
		select {
		case <-change:
		case <-ctx.Done():
			return
		}
	}
}

// untilClosed is a context that ends when the client closes its side.
func (c *client) untilClosed(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		io.Copy(io.Discard, c.in)
	}()
	return ctx
}

// The words that wait-for- takes: for whom, and for what.
var (
	waitKinds  = map[string]bool{"usb": true, "local": true, "any": true}
	waitStates = map[string]bool{"device": true, "recovery": true, "rescue": true, "sideload": true, "bootloader": true, "any": true,
		"disconnect": true}
)

// waitPace is how often the server looks whether what is waited for has come.
const waitPace = 100 * time.Millisecond

// waitFor answers twice: at once, and when the handset is in the state that is
// waited for.
func (c *client) waitFor(ctx context.Context, t target, spec string) {
	kind, state, _ := strings.Cut(spec, "-")
	if !waitKinds[kind] || !waitStates[state] {
		wire.WriteFail(c, "unknown host service")
		return
	}
	if t.id == 0 && t.serial == "" {
		t.kind = kind
	}
	if wire.WriteOkay(c) != nil {
		return
	}
	ctx = c.untilClosed(ctx)
	tick := time.NewTicker(waitPace)
	defer tick.Stop()
	for {
		r, err := c.farm.acquire(t, true)
		switch {
		case err != nil && strings.HasPrefix(err.Error(), "more than one"):
			wire.WriteFail(c, err.Error())
			return
		case err != nil && state == "disconnect", err == nil && (state == "any" || state == r.state):
			wire.WriteOkay(c)
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
