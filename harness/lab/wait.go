package lab

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"assay/harness/adb"
	"assay/harness/collect"
)

// waiter lets time pass on a handset's own clock, in slices between which others
// look at the handset: once a second at first, once a sixtieth of the wait in a long one.
type waiter struct {
	sleeper   sleeper // sleeps, and samples with it; nil: the handset only sleeps
	observers []observer
}

// sleeper sleeps through slices of a wait, n at most, and says through how many.
type sleeper interface {
	sleep(ctx context.Context, slice time.Duration, n int) (int, error)
}

// observer looks at the handset between the slices of a wait.
type observer interface {
	// pause is how many slices pass until it looks again, 1 at the least.
	pause() int
	// waited tells it that so many slices have passed.
	waited(ctx context.Context, n int) error
}

// Sleep waits by a sleep in the handset's shell.
func (h *handset) Sleep(ctx context.Context, d time.Duration) error {
	slice := min(max(time.Second, (d/60).Round(time.Second)), 5*time.Minute)
	for d > 0 {
		slice = min(slice, d)
		n, err := h.sleepThrough(ctx, slice, int(d/slice))
		if err != nil {
			return err
		}
		d -= time.Duration(n) * slice
	}
	return nil
}

// sleepThrough sleeps through n slices at most, until somebody has to look, and has
// them look.
func (h *handset) sleepThrough(ctx context.Context, slice time.Duration, n int) (int, error) {
	for _, o := range h.waiter.observers {
		n = min(n, o.pause())
	}
	var err error
	if h.waiter.sleeper == nil {
		n, err = 1, h.nap(ctx, slice)
	} else {
		n, err = h.waiter.sleeper.sleep(ctx, slice, n)
	}
	if err != nil {
		return n, err
	}
	for _, o := range h.waiter.observers {
		if err := o.waited(ctx, n); err != nil {
			return n, err
		}
	}
	return n, nil
}

// nap sleeps once.
func (h *handset) nap(ctx context.Context, d time.Duration) error {
	limit := d + h.limits.answer()
	defer h.alive()
	_, err := h.lease.Device.Run(ctx, adb.Command{Argv: []string{"sleep", h.seconds(d)}, Silence: limit, Total: limit})
	return err
}

// seconds is a time as the handset's sleep takes it: toolbox's, up to Android 5,
// takes whole seconds only.
func (h *handset) seconds(d time.Duration) string {
	if h.SDK() < 23 {
		return strconv.Itoa(int((d + time.Second - 1) / time.Second))
	}
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
}

// rounds sleeps and then runs a script, n times in one shell: a long wait costs the
// handset one shell, and not one a slice. Each round has its own limit of time. A
// script whose exit status is not 0 ends it, with 1 where there were to be more.
func (h *handset) rounds(ctx context.Context, nap time.Duration, n int, call collect.Call) collect.Result {
	call.Script = "sleep " + h.seconds(nap) + "; " + call.Script
	if n > 1 {
		call.Script = "for i in" + strings.Repeat(" x", n) + "; do { " + call.Script + "; } || exit 1; done"
	}
	limit := nap + h.limits.capture(call.Total)
	return h.runWithin(ctx, limit, time.Duration(n)*limit, call)
}

// pulse passes on what the rounds of a wait print, and with each piece tells that the
// handset is alive. It counts the rounds of which something has come: each begins
// with a line of "@@ " that is the first one again, but for its last word, a time.
type pulse struct {
	to    io.Writer
	alive func()

	line   []byte // the current one's beginning
	first  []byte // the first that begins a round, but for its last word
	rounds int
	before time.Time // when the look before the last began to come
	last   time.Time // when the last did
}

// longestMark is how much of a line is looked at.
const longestMark = 128

func (p *pulse) Write(b []byte) (int, error) {
	p.alive()
	for rest := b; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n')
		piece := rest[:max(end, 0)]
		if end < 0 {
			piece = rest
		}
		p.line = append(p.line, piece[:min(len(piece), longestMark-len(p.line))]...)
		if end < 0 {
			break
		}
		p.mark()
		p.line, rest = p.line[:0], rest[end+1:]
	}
	return p.to.Write(b)
}

// mark looks whether a line begins a round.
func (p *pulse) mark() {
	cut := bytes.LastIndexByte(p.line, ' ')
	if cut < 0 || !bytes.HasPrefix(p.line, []byte("@@ ")) {
		return
	}
	if p.first == nil {
		p.first = bytes.Clone(p.line[:cut])
	}
	if bytes.Equal(p.first, p.line[:cut]) {
		p.rounds++
		p.before, p.last = p.last, time.Now().UTC()
	}
}
