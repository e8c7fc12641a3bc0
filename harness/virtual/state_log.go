package virtual

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// Bounds of the log. A real ring holds 256 KiB a buffer; this one is larger, so
// that a reader who is slow loses nothing, and still bounded.
const (
	maxLogEntries = 1 << 18
	logSlack      = 1 << 14 // entries beyond the bound before the oldest are dropped at once
)

// logEntry is one entry of the log.
type logEntry struct {
	at       time.Time
	uid      int
	pid, tid int
	level    byte // V D I W E F
	buffer   string
	tag      string
	text     string
	values   []any // of an event: what text shows of them
}

// logRing holds the entries of all buffers, oldest first, and wakes who waits.
type logRing struct {
	mu      sync.Mutex
	first   int64 // number of entries[0]
	entries []logEntry
	grown   chan struct{} // closed when an entry is added
	cleared map[string]int64
	last    map[int]time.Time // when each thread last wrote

	losing int             // so many entries to come are lost
	chatty bool            // and told of in lines of logd's
	ever   map[string]loss // written since logd began, by buffer
	pruned map[writer]int  // entries that logd left out and says so
	missed int             // entries ever lost
}

// writer is who writes to a buffer.
type writer struct {
	buffer string
	uid    int
}

func newLogRing() *logRing {
	return &logRing{grown: make(chan struct{}), cleared: map[string]int64{}, last: map[int]time.Time{}, ever: map[string]loss{}, pruned: map[writer]int{}}
}

// add appends an entry, and counts it, whether or not it can ever be read. No
// two of one thread have the same time: the clock moves between two writes.
func (r *logRing) add(e logEntry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if behind := r.last[e.tid].Sub(e.at); behind >= 0 && behind < time.Second {
		e.at = r.last[e.tid].Add(time.Microsecond)
	}
	r.last[e.tid] = e.at
	r.ever[e.buffer] = r.ever[e.buffer].plus(e)
	if r.loses() {
		r.expired(e)
	} else {
		r.entries = append(r.entries, e)
	}
	if extra := len(r.entries) - maxLogEntries; extra > logSlack {
		r.entries = append([]logEntry(nil), r.entries[extra:]...)
		r.first += int64(extra)
	}
	close(r.grown)
	r.grown = make(chan struct{})
}

// from copies the entries from a number on, gives the number after the last, and
// a channel that closes when there is more.
func (r *logRing) from(number int64) ([]logEntry, int64, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	skip := max(number-r.first, 0)
	next := r.first + int64(len(r.entries))
	if skip >= int64(len(r.entries)) {
		return nil, next, r.grown
	}
	out := make([]logEntry, 0, int64(len(r.entries))-skip)
	for i, e := range r.entries[skip:] {
		if r.first+skip+int64(i) >= r.cleared[e.buffer] {
			out = append(out, e)
		}
	}
	return out, next, r.grown
}

// clear forgets the entries of a buffer.
func (r *logRing) clear(buffer string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cleared[buffer] = r.first + int64(len(r.entries))
}

// logAs writes an entry to the log in the name of a process.
func (h *PhoneHandset) logAs(p *proc, buffer string, level byte, tag, format string, args ...any) {
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, args...)
	}
	h.write(logEntry{at: h.clock.Now(), uid: p.uid, pid: p.pid, tid: p.pid, level: level, buffer: buffer, tag: tag, text: text})
}

// logSystem writes an entry in the name of system_server.
func (h *PhoneHandset) logSystem(buffer string, level byte, tag, format string, args ...any) {
	h.logAs(h.state.processes[h.systemServer()], buffer, level, tag, format, args...)
}

// event writes an entry to the events buffer in the name of system_server.
func (h *PhoneHandset) event(tag string, values ...any) {
	h.eventAs(h.state.processes[h.systemServer()], tag, values...)
}

// eventAs writes an entry to the events buffer in the name of a process.
func (h *PhoneHandset) eventAs(p *proc, tag string, values ...any) {
	var words []string
	for _, v := range values {
		words = append(words, fmt.Sprint(v))
	}
	text := strings.Join(words, ",")
	if len(words) > 1 {
		text = "[" + text + "]"
	}
	h.write(logEntry{at: h.clock.Now(), uid: p.uid, pid: p.pid, tid: p.pid, level: 'I', buffer: "events", tag: tag, text: text, values: values})
}

// expand puts the handset's own identifiers into a specimen's text.
func (h *PhoneHandset) expand(text string) string {
	id := h.persona.Identity
	return strings.NewReplacer("${imei}", id.IMEI, "${imsi}", id.IMSI, "${number}", id.Number, "${serial}", id.Serial,
		"${android_id}", id.AndroidID, "${mac}", id.MAC, "${icc_id}", id.SIMSerial()).Replace(text)
}

// end is the number that the next entry gets.
func (r *logRing) end() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.first + int64(len(r.entries))
}
