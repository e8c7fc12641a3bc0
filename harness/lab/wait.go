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

// Sleep waits on the handset's own clock, by a sleep in its shell, in slices
// between which sockets are sampled: once a second at first, once a sixtieth of
// the wait in a long one.
func (h *handset) Sleep(ctx context.Context, d time.Duration) error {
	slice := min(max(time.Second, (d/60).Round(time.Second)), 5*time.Minute)
	rest := h.rest
	if rest == nil {
		rest = h.doze
	}
	for d > 0 {
		nap := min(slice, d)
		n, err := rest(ctx, nap, int(d/nap))
		if err != nil {
			return err
		}
		d -= time.Duration(n) * nap
	}
	return nil
}

// doze is the rest of a handset of which nothing is looked at.
func (h *handset) doze(ctx context.Context, nap time.Duration, _ int) (int, error) {
	return 1, h.nap(ctx, nap)
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
