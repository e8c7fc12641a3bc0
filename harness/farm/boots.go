package farm

import (
	"slices"
	"time"
)

// Boots is the boots that were seen of one handset, oldest first, at most
// mostBoots of them. The zero value has seen none.
type Boots struct {
	seen     []boot
	expected int // reboots that the harness asked for and has not seen yet
}

type boot struct {
	id    string
	at    time.Time
	asked bool // by the harness
}

const mostBoots = 16

// Loop is how many boots in how much time make a boot loop.
type Loop struct {
	Boots  int
	Within time.Duration
}

// DefaultLoop is a boot loop where nobody says otherwise.
var DefaultLoop = Loop{Boots: 3, Within: 10 * time.Minute}

// Seen adds the boot_id that the handset had at a time, and says whether it is
// another boot than the last one seen. An empty one says nothing.
func (b Boots) Seen(id string, at time.Time) (Boots, bool) {
	if id == "" || len(b.seen) > 0 && b.seen[len(b.seen)-1].id == id {
		return b, false
	}
	first := len(b.seen) == 0
	asked := first || b.expected > 0 // nobody saw the first boot happen
	if !first && b.expected > 0 {
		b.expected--
	}
	b.seen = append(slices.Clone(b.seen), boot{id, at, asked})
	if over := len(b.seen) - mostBoots; over > 0 {
		b.seen = b.seen[over:]
	}
	return b, !first
}

// Expecting says that the harness reboots the handset: the next boot is its own.
func (b Boots) Expecting() Boots {
	b.expected++
	return b
}

// In counts the boots that nobody asked for, since a time before at.
func (b Boots) In(within time.Duration, at time.Time) int {
	n := 0
	for _, s := range b.seen {
		if !s.asked && at.Sub(s.at) < within {
			n++
		}
	}
	return n
}

// Looping says whether the handset is in a boot loop.
func (b Boots) Looping(l Loop, at time.Time) bool {
	return l.Boots > 0 && b.In(l.Within, at) >= l.Boots
}
