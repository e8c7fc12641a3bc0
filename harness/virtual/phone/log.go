package phone

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

// LogEntry is one entry of the log.
type LogEntry struct {
	At       time.Time
	UID      int
	PID, TID int
	Level    byte // V D I W E F
	Buffer   string
	Tag      string
	Text     string
	Values   []any // of an event: what text shows of them
}

// Log holds the entries of all buffers, oldest first, and wakes who waits.
type Log struct {
	mu      sync.Mutex
	first   int64 // number of entries[0]
	entries []LogEntry
	grown   chan struct{} // closed when an entry is added
	cleared map[string]int64
	last    map[int]time.Time // when each thread last wrote

	losing int                // so many entries to come are lost
	chatty bool               // and told of in lines of logd's
	ever   map[string]LogSize // written since logd began, by buffer
	pruned map[writer]int     // entries that logd left out and says so
	missed int                // entries ever lost
}

// writer is who writes to a buffer.
type writer struct {
	buffer string
	uid    int
}

func newLog() *Log {
	return &Log{grown: make(chan struct{}), cleared: map[string]int64{}, last: map[int]time.Time{}, ever: map[string]LogSize{},
		pruned: map[writer]int{}}
}

// add appends an entry, and counts it, whether or not it can ever be read. No
// two of one thread have the same time: the clock moves between two writes.
func (r *Log) add(e LogEntry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if behind := r.last[e.TID].Sub(e.At); behind >= 0 && behind < time.Second {
		e.At = r.last[e.TID].Add(time.Microsecond)
	}
	r.last[e.TID] = e.At
	r.ever[e.Buffer] = r.ever[e.Buffer].plus(e)
	if r.loses() {
		r.expired(e)
	} else {
		r.entries = append(r.entries, e)
	}
	if extra := len(r.entries) - maxLogEntries; extra > logSlack {
		r.entries = append([]LogEntry(nil), r.entries[extra:]...)
		r.first += int64(extra)
	}
	close(r.grown)
	r.grown = make(chan struct{})
}

// From copies the entries from a number on, gives the number after the last, and
// a channel that closes when there is more.
func (r *Log) From(number int64) ([]LogEntry, int64, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	skip := max(number-r.first, 0)
	next := r.first + int64(len(r.entries))
	if skip >= int64(len(r.entries)) {
		return nil, next, r.grown
	}
	out := make([]LogEntry, 0, int64(len(r.entries))-skip)
	for i, e := range r.entries[skip:] {
		if r.first+skip+int64(i) >= r.cleared[e.Buffer] {
			out = append(out, e)
		}
	}
	return out, next, r.grown
}

// Clear forgets the entries of a buffer.
func (r *Log) Clear(buffer string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cleared[buffer] = r.first + int64(len(r.entries))
}

// LogAs writes an entry to the log in the name of a process.
func (h *Handset) LogAs(p *Process, buffer string, level byte, tag, text string) {
	h.write(LogEntry{At: h.Clock.Now(), UID: p.UID, PID: p.PID, TID: p.PID, Level: level, Buffer: buffer, Tag: tag, Text: text})
}

// LogSystem writes an entry in the name of system_server.
func (h *Handset) LogSystem(buffer string, level byte, tag, format string, args ...any) {
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, args...)
	}
	h.LogAs(h.State.processes[h.SystemServerPID()], buffer, level, tag, text)
}

// Event writes an entry to the events buffer in the name of system_server.
func (h *Handset) Event(tag string, values ...any) {
	h.EventAs(h.State.processes[h.SystemServerPID()], tag, values...)
}

// EventAs writes an entry to the events buffer in the name of a process.
func (h *Handset) EventAs(p *Process, tag string, values ...any) {
	var words []string
	for _, v := range values {
		words = append(words, fmt.Sprint(v))
	}
	text := strings.Join(words, ",")
	if len(words) > 1 {
		text = "[" + text + "]"
	}
	h.write(LogEntry{At: h.Clock.Now(), UID: p.UID, PID: p.PID, TID: p.PID, Level: 'I', Buffer: "events", Tag: tag, Text: text,
		Values: values})
}

// expand puts the handset's own identifiers into a specimen's text.
func (h *Handset) expand(text string) string {
	id := h.persona.Identity
	return strings.NewReplacer("${imei}", id.IMEI, "${imsi}", id.IMSI, "${number}", id.Number, "${serial}", id.Serial,
		"${android_id}", id.AndroidID, "${mac}", id.MAC, "${icc_id}", id.SIMSerial()).Replace(text)
}

// End is the number that the next entry gets.
func (r *Log) End() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.first + int64(len(r.entries))
}
