package virtual

import "time"

// logCount is what logd knows of one buffer.
type logCount struct {
	total          loss // written since logd began
	now            loss // still there
	oldest, newest time.Time
}

// gone is how many entries are no longer there.
func (n logCount) gone() int { return n.total.entries - n.now.entries }

// add sums up buffers; the time is from the first entry of any to the last.
func (n *logCount) add(other logCount) {
	n.total = loss{n.total.entries + other.total.entries, n.total.bytes + other.total.bytes}
	n.now = loss{n.now.entries + other.now.entries, n.now.bytes + other.now.bytes}
	if other.oldest.IsZero() {
		return
	}
	if n.oldest.IsZero() || other.oldest.Before(n.oldest) {
		n.oldest = other.oldest
	}
	if other.newest.After(n.newest) {
		n.newest = other.newest
	}
}

// count counts a buffer. A line that stands for entries which logd left out is
// there, and was never written.
func (r *logRing) count(buffer string) logCount {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := logCount{total: r.ever[buffer]}
	r.each(buffer, func(e logEntry) {
		n.now = n.now.plus(e)
		if n.oldest.IsZero() {
			n.oldest = e.at
		}
		n.newest = e.at
	})
	return n
}

// written is what one UID has in a buffer.
type written struct{ bytes, pruned int }

// writers counts a buffer by UID.
func (r *logRing) writers(buffer string) map[int]written {
	r.mu.Lock()
	defer r.mu.Unlock()
	byUID := map[int]written{}
	r.each(buffer, func(e logEntry) {
		w := byUID[e.uid]
		byUID[e.uid] = written{w.bytes + sizeOf(e), r.pruned[writer{buffer, e.uid}]}
	})
	return byUID
}

// each goes through what is still there of a buffer. The caller holds the lock.
func (r *logRing) each(buffer string, do func(logEntry)) {
	for i, e := range r.entries {
		if e.buffer == buffer && r.first+int64(i) >= r.cleared[buffer] {
			do(e)
		}
	}
}
