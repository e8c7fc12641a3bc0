package farm

import (
	"fmt"
	"time"
)

// sawBoot notes a boot_id. Where the handset is in a boot loop it goes into
// quarantine, which is what it gives; else nil.
func (f *Farm) sawBoot(e Entry, id string) *NotReady {
	loop := f.Loop
	if loop == (Loop{}) {
		loop = DefaultLoop
	}
	now := f.clock().Now()
	f.mu.Lock()
	b, another := f.boots[e.Key()].Seen(id, now)
	f.boots[e.Key()] = b
	f.mu.Unlock()
	if !another || !b.Looping(loop, now) {
		return nil
	}
	n := &NotReady{
		State:  Quarantined,
		Cause:  fmt.Sprintf("boot loop: it booted %d times in %v by itself", b.In(loop.Within, now), loop.Within),
		Remedy: "look at its screen; flash it, or retire it",
	}
	n.Ticket = ticket(e, n, nil)
	n.Err = f.sentence(e, n)
	return n
}

// expectBoot notes that the harness is about to reboot a handset.
func (f *Farm) expectBoot(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.boots[key] = f.boots[key].Expecting()
}

// quarantineTerm is how long the farm itself puts a handset out of use.
const quarantineTerm = 24 * time.Hour

// sentence puts a handset into quarantine, where there is one.
func (f *Farm) sentence(e Entry, n *NotReady) error {
	if f.Quarantine == nil {
		return nil
	}
	now := f.clock().Now().UTC().Truncate(time.Second)
	s := Sentence{Key: e.Key(), Reason: n.Error(), Since: now, Until: now.Add(quarantineTerm), Ticket: n.Ticket, By: "assay"}
	if n.State == Quarantined {
		s.Reason = n.Cause
	}
	if err := f.Quarantine.Add(s); err != nil {
		return err
	}
	f.record(e.Key(), SentenceFound{s})
	return nil
}
