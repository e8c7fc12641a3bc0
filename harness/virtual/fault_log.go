package virtual

import "fmt"

// loss is what a buffer of the log has lost.
type loss struct{ entries, bytes int }

// sizeOf is what logd counts for an entry, in bytes.
func sizeOf(e logEntry) int { return len(e.text) + len(e.tag) + 20 }

// lose has the next entries gone before anyone can read them. Where chatty is
// set, a line of logd's stands for those of each process.
func (r *logRing) lose(entries int, chatty bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.losing, r.chatty = entries, chatty
}

// loses says whether an entry is one of them, and counts it. The caller holds
// the lock.
func (r *logRing) loses(e logEntry) bool {
	if r.losing == 0 {
		return false
	}
	r.losing--
	r.miss(e)
	return true
}

func (r *logRing) miss(e logEntry) {
	l := r.lost[e.buffer]
	r.lost[e.buffer] = loss{l.entries + 1, l.bytes + sizeOf(e)}
	r.missed++
}

// expired adds the line that logd puts for entries of a process that it left out,
// on Android 7 to 11 (logd, LogBufferElement::populateDroppedMessage). The caller
// holds the lock.
func (r *logRing) expired(e logEntry, entries int) {
	if entries == 0 || !r.chatty {
		return
	}
	s := "s"
	if entries == 1 {
		s = ""
	}
	e.level, e.tag = 'I', "chatty"
	e.text = fmt.Sprintf("uid=%d(%s) expire %d line%s", e.uid, userName(e.uid), entries, s)
	r.entries = append(r.entries, e)
}

// prune takes the oldest entries away.
func (r *logRing) prune(entries int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	entries = min(entries, len(r.entries))
	for i, e := range r.entries[:entries] {
		if r.first+int64(i) >= r.cleared[e.buffer] {
			r.miss(e)
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
	r.lost = map[string]loss{}
}

// lostOf is what a buffer has lost since it began.
func (r *logRing) lostOf(buffer string) loss {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lost[buffer]
}

// LogLost is how many entries faults have taken from the log since the handset
// was switched on, of all its buffers; those of a log that a reboot ended do not
// count.
func (h *Handset) LogLost() int {
	h.log.mu.Lock()
	defer h.log.mu.Unlock()
	return h.log.missed
}
