package command

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"assay/harness/virtual/phone"
)

// run prints what there is and, unless it only dumps, goes on as the log grows.
// It loses nothing and keeps the order, whatever goes on meanwhile.
func (c *logcatCall) run(ctx context.Context) int {
	c.h.RLock()() // where the clock keeps the wall's pace, let the handset catch up
	entries, next, grown := c.h.Log.From(0)
	var shown []phone.LogEntry
	for _, e := range entries {
		if c.passes(e) {
			shown = append(shown, e)
		}
	}
	if c.tail > 0 && len(shown) > c.tail {
		shown = shown[len(shown)-c.tail:]
	}
	for {
		done, err := c.print(shown)
		if err != nil || done || c.dump {
			return phone.Bit(err != nil)
		}
		if !c.await(ctx, grown) {
			return 130
		}
		shown = shown[:0]
		entries, next, grown = c.h.Log.From(next)
		for _, e := range entries {
			if c.passes(e) {
				shown = append(shown, e)
			}
		}
	}
}

// await waits until the log grows; it returns false when the caller is gone.
// Where the clock keeps the wall's pace, it lets the handset catch up meanwhile.
func (c *logcatCall) await(ctx context.Context, grown <-chan struct{}) bool {
	for {
		var tick <-chan time.Time
		if c.h.KeepsPace() {
			tick = time.After(200 * time.Millisecond)
		}
		select {
		case <-ctx.Done():
			return false
		case <-grown:
			return true
		case <-tick:
			c.h.RLock()()
		}
	}
}

// print writes entries, each buffer's first under its heading. It returns true
// when -m is reached.
func (c *logcatCall) print(entries []phone.LogEntry) (done bool, err error) {
	var b strings.Builder
	for _, e := range entries {
		if !c.begun[e.Buffer] && !c.binary {
			c.begun[e.Buffer] = true
			fmt.Fprintf(&b, "--------- beginning of %s\n", e.Buffer)
		}
		if c.binary {
			b.Write(binaryEntry(c.sdk, e))
		} else {
			c.entry(&b, e)
		}
		if c.printed++; c.most > 0 && c.printed >= c.most {
			done = true
			break
		}
	}
	if b.Len() > 0 {
		_, err = io.WriteString(c.out, b.String())
	}
	return done, err
}
