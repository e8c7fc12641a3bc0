package phone

import (
	"fmt"
	"time"
)

// LogSize is so many entries of a buffer, and their bytes.
type LogSize struct{ Entries, Bytes int }

func (l LogSize) plus(e LogEntry) LogSize { return LogSize{l.Entries + 1, l.Bytes + sizeOf(e)} }

func (l LogSize) String() string { return fmt.Sprintf("%d/%d", l.Bytes, l.Entries) }

// sizeOf is what logd counts for an entry, in bytes: its level, its tag and its
// text, each of the two with an end.
func sizeOf(e LogEntry) int { return 1 + len(e.Tag) + 1 + len(e.Text) + 1 }

// lose has the next entries gone before anyone can read them. Where chatty is
// set, a line of logd's stands for those of each process.
func (r *Log) lose(entries int, chatty bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.losing, r.chatty = entries, chatty
}

// loses says whether the entry that comes now is one of them. The caller holds
// the lock.
func (r *Log) loses() bool {
	if r.losing == 0 {
		return false
	}
	r.losing--
	r.missed++
	return true
}

// expired adds the line that logd puts for entries of a process that it left out,
// on Android 7 to 11 (logd, LogBufferElement::populateDroppedMessage); logd does
// not count it as written. The caller holds the lock.
func (r *Log) expired(e LogEntry) {
	if !r.chatty {
		return
	}
	r.pruned[writer{e.Buffer, e.UID}]++
	e.Level, e.Tag = 'I', "chatty"
	e.Text = fmt.Sprintf("uid=%d(%s) expire 1 line", e.UID, UserName(e.UID))
	e.Values = []any{e.Text}
	r.entries = append(r.entries, e)
}

// prune takes the oldest entries away.
func (r *Log) prune(entries int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	entries = min(entries, len(r.entries))
	for i, e := range r.entries[:entries] {
		if r.first+int64(i) >= r.cleared[e.Buffer] {
			r.missed++
		}
	}
	r.first += int64(entries)
	r.entries = append([]LogEntry(nil), r.entries[entries:]...)
}

// begin starts the log anew, as a boot does.
func (r *Log) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.first += int64(len(r.entries))
	r.entries, r.losing = nil, 0
	r.last = map[int]time.Time{}
	r.ever, r.pruned = map[string]LogSize{}, map[writer]int{}
}

// LogLost is how many entries faults have taken from the log since the handset
// was switched on, of all its buffers; those of a log that a reboot ended do not
// count.
func (h *Handset) LogLost() int {
	h.Log.mu.Lock()
	defer h.Log.mu.Unlock()
	return h.Log.missed
}
