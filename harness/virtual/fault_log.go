package virtual

import (
	"fmt"
	"time"
)

// loss is so many entries of a buffer, and their bytes.
type loss struct{ entries, bytes int }

func (l loss) plus(e logEntry) loss { return loss{l.entries + 1, l.bytes + sizeOf(e)} }

func (l loss) String() string { return fmt.Sprintf("%d/%d", l.bytes, l.entries) }

// sizeOf is what logd counts for an entry, in bytes: its level, its tag and its
// text, each of the two with an end.
func sizeOf(e logEntry) int { return 1 + len(e.tag) + 1 + len(e.text) + 1 }

// lose has the next entries gone before anyone can read them. Where chatty is
// set, a line of logd's stands for those of each process.
func (r *logRing) lose(entries int, chatty bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.losing, r.chatty = entries, chatty
}

// loses says whether the entry that comes now is one of them. The caller holds
// the lock.
func (r *logRing) loses() bool {
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
func (r *logRing) expired(e logEntry) {
	if !r.chatty {
		return
	}
	r.pruned[writer{e.buffer, e.uid}]++
	e.level, e.tag = 'I', "chatty"
	e.text = fmt.Sprintf("uid=%d(%s) expire 1 line", e.uid, userName(e.uid))
	e.values = []any{e.text}
	r.entries = append(r.entries, e)
}

// prune takes the oldest entries away.
func (r *logRing) prune(entries int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	entries = min(entries, len(r.entries))
	for i, e := range r.entries[:entries] {
		if r.first+int64(i) >= r.cleared[e.buffer] {
			r.missed++
		}
	}
	r.first += int64(entries)
	r.entries = append([]logEntry(nil), r.entries[entries:]...)
}

// begin starts the log anew, as a boot does.
func (r *logRing) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.first += int64(len(r.entries))
	r.entries, r.losing = nil, 0
	r.last = map[int]time.Time{}
	r.ever, r.pruned = map[string]loss{}, map[writer]int{}
}

// LogLost is how many entries faults have taken from the log since the handset
// was switched on, of all its buffers; those of a log that a reboot ended do not
// count.
func (h *PhoneHandset) LogLost() int {
	h.log.mu.Lock()
	defer h.log.mu.Unlock()
	return h.log.missed
}
