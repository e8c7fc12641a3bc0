package phone

import "time"

// LogCount is what logd knows of one buffer.
type LogCount struct {
	Total          LogSize // written since logd began
	Now            LogSize // still there
	Oldest, Newest time.Time
}

// Gone is how many entries are no longer there.
func (n LogCount) Gone() int { return n.Total.Entries - n.Now.Entries }

// Add sums up buffers; the time is from the first entry of any to the last.
func (n *LogCount) Add(other LogCount) {
	n.Total = LogSize{n.Total.Entries + other.Total.Entries, n.Total.Bytes + other.Total.Bytes}
	n.Now = LogSize{n.Now.Entries + other.Now.Entries, n.Now.Bytes + other.Now.Bytes}
	if other.Oldest.IsZero() {
		return
	}
	if n.Oldest.IsZero() || other.Oldest.Before(n.Oldest) {
		n.Oldest = other.Oldest
	}
	if other.Newest.After(n.Newest) {
		n.Newest = other.Newest
	}
}

// Count counts a buffer. A line that stands for entries which logd left out is
// there, and was never written.
func (r *Log) Count(buffer string) LogCount {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := LogCount{Total: r.ever[buffer]}
	r.each(buffer, func(e LogEntry) {
		n.Now = n.Now.plus(e)
		if n.Oldest.IsZero() {
			n.Oldest = e.At
		}
		n.Newest = e.At
	})
	return n
}

// Written is what one UID has in a buffer.
type Written struct{ Bytes, Pruned int }

// Writers counts a buffer by UID.
func (r *Log) Writers(buffer string) map[int]Written {
	r.mu.Lock()
	defer r.mu.Unlock()
	byUID := map[int]Written{}
	r.each(buffer, func(e LogEntry) {
		w := byUID[e.UID]
		byUID[e.UID] = Written{w.Bytes + sizeOf(e), r.pruned[writer{buffer, e.UID}]}
	})
	return byUID
}

// each goes through what is still there of a buffer. The caller holds the lock.
func (r *Log) each(buffer string, do func(LogEntry)) {
	for i, e := range r.entries {
		if e.Buffer == buffer && r.first+int64(i) >= r.cleared[buffer] {
			do(e)
		}
	}
}
