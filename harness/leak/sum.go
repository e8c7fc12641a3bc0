package leak

import (
	"assay/harness/android"
	"assay/harness/evidence"
)

// Rooms of a Sum. No real log of the corpus comes near: what goes beyond is
// somebody's flood, of which the first values and all totals are told. The
// handset's own values (Certain) have rooms of their own, so that nothing else can
// crowd them out.
const (
	MostValues  = 100  // hits of one writer and kind that are told apart by value and tag
	MostHits    = 1000 // such hits of all writers
	MostWriters = 1024 // sums beyond those that are told apart by writer
	MostRefs    = 48   // entries that one hit names
	longestTag  = 400  // bytes; Android's are 23, or a line long
)

// Others stands for the values that a Sum does not tell apart.
const Others = "(others)"

// Entry is a log entry in which something was found. Its slices are not kept.
type Entry struct {
	PID  int
	UID  android.UID
	Time []byte
	Tag  []byte
	Ref  evidence.Ref
}

// Sum sums up what is found in a log while it is scanned, in bounded memory: one
// Hit for each value, writer and tag, with the first entries and how many there
// are. Beyond its rooms it sums up by writer and kind (Masked is Others, and Tag is
// empty), and beyond those by kind (UID is NoUID and PID -1 as well).
type Sum struct {
	groups map[groupKey]*group
	order  []*Hit
	rooms  [2]room // of Certain hits; of all others
	rest   map[what]*Hit
	summed int // entries that are not told apart
}

// room counts what has been told apart.
type room struct{ hits, writers int }

// groupKey is one writer and what it wrote. Where a log tells UIDs, a writer is one.
type groupKey struct {
	uid  android.UID
	pid  int // of a writer without UID; else 0
	what what
}

// what is what was found.
type what struct {
	kind, form string
	certainty  Certainty
}

// group is what one writer wrote of one kind.
type group struct {
	hits   map[hitKey]*Hit
	others *Hit // beyond the rooms; nil: none
}

type hitKey struct {
	pid       int
	tag, hash string
}

// NewSum begins a sum.
func NewSum() *Sum { return &Sum{groups: map[groupKey]*group{}, rest: map[what]*Hit{}} }

// Add enters a match in an entry. It allocates nothing for what it knows already,
// nor for what has no room.
func (s *Sum) Add(m Match, e Entry) {
	tag := e.Tag[:min(len(e.Tag), longestTag)]
	found := what{m.Kind, m.Form, m.Certainty}
	g := s.groups[keyOf(e.UID, e.PID, found)]
	if g == nil && s.rooms[roomOf(m.Certainty)] == (room{MostHits, MostWriters}) && s.rest[found] != nil {
		s.summed++
		s.rest[found].again(1, e.Ref)
		return
	}
	if g != nil {
		if h := g.hits[hitKey{e.PID, string(tag), m.Hash}]; h != nil {
			h.again(1, e.Ref)
			return
		}
		if g.others != nil {
			s.summed++
			g.others.again(1, e.Ref)
			return
		}
	}
	s.enter(Hit{
		Kind: m.Kind, Certainty: m.Certainty, Masked: m.Masked, Hash: m.Hash, Form: m.Form,
		PID: e.PID, UID: e.UID, Time: string(e.Time), Tag: string(tag), Ref: e.Ref, Count: 1,
	})
}

func keyOf(uid android.UID, pid int, found what) groupKey {
	if uid != android.NoUID {
		pid = 0
	}
	return groupKey{uid, pid, found}
}

// Join enters the hits of another sum, such as that of another log.
func (s *Sum) Join(other *Sum) {
	for _, h := range other.order {
		s.enter(*h)
	}
	s.summed += other.summed
}

// Hits gives what was found, in the order in which it was first found.
func (s *Sum) Hits() []Hit {
	all := make([]Hit, 0, len(s.order))
	for _, h := range s.order {
		all = append(all, *h)
	}
	return all
}

// Summed is how many entries are not told apart by value.
func (s *Sum) Summed() int { return s.summed }

// enter adds a hit where it has room.
func (s *Sum) enter(h Hit) {
	found := what{h.Kind, h.Form, h.Certainty}
	key := keyOf(h.UID, h.PID, found)
	g, r := s.groups[key], &s.rooms[roomOf(h.Certainty)]
	if g != nil && h.Masked != Others {
		if known := g.hits[hitKey{h.PID, h.Tag, h.Hash}]; known != nil {
			known.again(h.Count, h.Refs()...)
			return
		}
	}
	if h.Masked == Others || r.hits == MostHits || g != nil && (g.others != nil || len(g.hits) == MostValues) {
		s.further(key, g, h)
		return
	}
	if g == nil {
		g = &group{hits: map[hitKey]*Hit{}}
		s.groups[key] = g
	}
	r.hits++
	g.hits[hitKey{h.PID, h.Tag, h.Hash}] = s.put(h)
}

// further sums a hit up by its writer and kind, or beyond that room by kind.
func (s *Sum) further(key groupKey, g *group, h Hit) {
	if h.Masked != Others {
		s.summed += h.Count
		h.Masked, h.Hash, h.Tag = Others, "", ""
	}
	if h.UID != android.NoUID {
		h.PID = -1
	}
	nobody := h.UID == android.NoUID && h.PID < 0
	if r := &s.rooms[roomOf(h.Certainty)]; (g == nil || g.others == nil) && !nobody {
		if nobody = r.writers == MostWriters; !nobody {
			r.writers++
		}
	}
	switch {
	case nobody && s.rest[key.what] != nil:
		s.rest[key.what].again(h.Count, h.Refs()...)
	case nobody:
		h.UID, h.PID = android.NoUID, -1
		s.rest[key.what] = s.put(h)
	case g == nil:
		s.groups[key] = &group{others: s.put(h)}
	case g.others == nil:
		g.others = s.put(h)
	default:
		g.others.again(h.Count, h.Refs()...)
	}
}

func (s *Sum) put(h Hit) *Hit {
	s.order = append(s.order, &h)
	return &h
}

func roomOf(c Certainty) int {
	if c == Certain {
		return 0
	}
	return 1
}

// again counts further entries, and names the first of them where the hit may be
// held against somebody.
func (h *Hit) again(count int, refs ...evidence.Ref) {
	h.Count += count
	for _, r := range refs {
		if h.Certainty != Possible && len(h.More) < MostRefs-1 {
			h.More = append(h.More, r)
		}
	}
}

// Refs gives the entries that the hit names.
func (h *Hit) Refs() []evidence.Ref { return append([]evidence.Ref{h.Ref}, h.More...) }
