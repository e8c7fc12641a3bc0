package lab

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/ledger"
)

// schedule deals out what a run owes. The handsets of one model and build share a
// queue: each job of it goes once, to whichever of them is free. Nobody polls, and
// nothing is locked while a job is played.
type schedule struct {
	caps Caps
	all  []*seat

	mu      sync.Mutex
	busy    int
	hubs    map[string]int           // handsets at work, by hub
	servers map[string]int           // and by adb server
	dealt   map[string]time.Duration // estimates of what was dealt, by brand
	waiting []*seat
	coming  int // seats that have not been heard of: nothing is dealt before all have
}

// Caps is how much goes on at once.
type Caps struct {
	Jobs    int    `json:"jobs"`              // handsets at work on this host; 0: DefaultJobs
	PerHub  int    `json:"per_hub"`           // and on one USB hub; 0: farm.DefaultPerHub
	Servers []Load `json:"servers,omitempty"` // and on one adb server, where there are several
}

// DefaultJobs is how many handsets are worked with at once.
const DefaultJobs = 256

func (c Caps) or() Caps {
	return Caps{cmp.Or(c.Jobs, DefaultJobs), cmp.Or(c.PerHub, farm.DefaultPerHub), c.Servers}
}

// seat is one handset's place in the schedule.
type seat struct {
	key      string
	brand    string
	rank     int // in the run's record
	hubs     []string
	server   string // adb server that it is reached by
	group    *group
	queue    *queue // nil: it is not known yet which build it runs
	here     bool   // it has been heard of
	entering bool   // it waits to be leased, not for a task
	atWork   bool
	gone     bool
	turn     chan *task // buffered; nil comes where nothing is left
}

// entrance stands for a turn in which a handset is leased and its baseline taken.
var entrance = &task{Key: ledger.Key{Scenario: evidence.Baseline, Repeat: 1}}

func newSchedule(caps Caps, all []*seat) *schedule {
	return &schedule{caps: caps.or(), all: all, coming: len(all), hubs: map[string]int{}, servers: map[string]int{}, dealt: map[string]time.Duration{}}
}

// sit gives a handset its seat.
func (g *group) sit(p farm.Place, rank int) *seat {
	w := &seat{key: p.Entry.Key(), brand: strings.ToLower(p.Entry.Brand), rank: rank, hubs: p.Hubs(), server: p.Entry.Server, group: g, turn: make(chan *task, 1)}
	g.seats = append(g.seats, w)
	return w
}

// enter waits until a handset may be leased. false: the run was stopped first.
func (s *schedule) enter(ctx context.Context, stop <-chan struct{}, w *seat) bool {
	return s.wait(ctx, stop, w, true) != nil
}

// entered ends the turn that enter gave. build is what the handset runs, where it
// is ready to be dealt tasks.
func (s *schedule) entered(w *seat, build string, ready bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ready {
		w.queue = w.group.queue(build)
	}
	s.rest(w)
	s.deal()
}

// next waits for the seat's next task. nil: nothing is left that it could be
// dealt, or the run was stopped.
func (s *schedule) next(ctx context.Context, stop <-chan struct{}, w *seat) *task {
	return s.wait(ctx, stop, w, false)
}

func (s *schedule) wait(ctx context.Context, stop <-chan struct{}, w *seat, enters bool) *task {
	s.queueUp(w, enters)
	select {
	case t := <-w.turn:
		return t
	case <-ctx.Done():
	case <-stop:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = slices.DeleteFunc(s.waiting, func(x *seat) bool { return x == w })
	select {
	case t := <-w.turn: // dealt while the run was being stopped
		if t != nil {
			s.putBack(w, t)
		}
	default:
	}
	return nil
}

func (s *schedule) queueUp(w *seat, enters bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hear(w)
	w.entering = enters
	s.waiting = append(s.waiting, w)
	s.deal()
}

// finish ends a turn. A task that is not done goes back to the queue; for the
// others alone, where the handset has used its attempts up.
func (s *schedule) finish(w *seat, t *task, done, usedUp bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if usedUp {
		t.failed, t.home = append(t.failed, w.key), ""
	}
	if done {
		w.queue.done++
		w.queue.playing = remove(w.queue.playing, t)
		s.rest(w)
	} else {
		s.putBack(w, t)
	}
	s.deal()
}

// leave ends a handset's part of the run.
func (s *schedule) leave(w *seat) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hear(w)
	w.gone = true
	s.deal()
}

// hear notes that a seat has come, so that who is dealt the first turns does not
// depend on who asks first.
func (s *schedule) hear(w *seat) {
	if !w.here {
		w.here = true
		s.coming--
	}
}

// owing says whether there is, or may come, something for the handset to do.
func (s *schedule) owing(w *seat) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return w.queue == nil || !w.over()
}

// progress is how much of what the handset and its like owe is done.
func (s *schedule) progress(w *seat) (done, all int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.queue == nil {
		return 0, len(w.group.tasks)
	}
	return w.queue.done, w.queue.all
}

// rest gives the seat's slot back.
func (s *schedule) rest(w *seat) {
	w.atWork = false
	s.busy--
	s.servers[w.server]--
	for _, h := range w.hubs {
		s.hubs[h]--
	}
}

func (s *schedule) putBack(w *seat, t *task) {
	if t != entrance {
		w.queue.playing = remove(w.queue.playing, t)
		w.queue.owed = append(w.queue.owed, t)
		w.queue.sort()
	}
	s.rest(w)
}

// deal gives turns to those who wait, as long as there is room: first to the
// brand that had least, then to whoever has most before it. Those for whom
// nothing can come any more are told so. Its caller holds the lock.
func (s *schedule) deal() {
	for s.coming == 0 {
		var best *seat
		for _, w := range slices.Clone(s.waiting) {
			switch {
			case !w.entering && w.over():
				s.tell(w, nil)
			case !s.room(w) || !w.entering && w.pick() == nil:
			case best == nil || s.before(w, best):
				best = w
			}
		}
		if best == nil {
			return
		}
		t, cost := entrance, best.group.baseline.For
		if !best.entering {
			t = best.pick()
			cost = t.estimate.For
			best.queue.owed = remove(best.queue.owed, t)
			best.queue.playing = append(best.queue.playing, t)
		}
		best.atWork = true
		s.busy++
		s.servers[best.server]++
		for _, h := range best.hubs {
			s.hubs[h]++
		}
		s.dealt[best.brand] += cost
		s.tell(best, t)
	}
}

func (s *schedule) tell(w *seat, t *task) {
	s.waiting = slices.DeleteFunc(s.waiting, func(x *seat) bool { return x == w })
	w.turn <- t
}

// room says whether the caps let the handset be worked with.
func (s *schedule) room(w *seat) bool {
	return s.busy < s.caps.Jobs && s.servers[w.server] < s.caps.of(w.server) && !slices.ContainsFunc(w.hubs, func(h string) bool { return s.hubs[h] >= s.caps.PerHub })
}

func (s *schedule) before(a, b *seat) bool {
	return cmp.Or(cmp.Compare(s.dealt[a.brand], s.dealt[b.brand]), cmp.Compare(b.ahead(), a.ahead()), cmp.Compare(a.rank, b.rank)) < 0
}

// ahead is how long the handset would be at what it and its like have before
// them.
func (w *seat) ahead() time.Duration {
	var sum time.Duration
	if w.queue == nil {
		for _, t := range w.group.tasks {
			sum += t.estimate.For
		}
		return sum
	}
	for _, t := range w.queue.owed {
		sum += t.estimate.For
	}
	return sum
}

// pick is the task that the seat would be dealt now; nil: none.
func (w *seat) pick() *task {
	for _, t := range w.queue.owed {
		if !slices.Contains(t.failed, w.key) && (t.home == "" || t.home == w.key || w.group.gone(t.home)) {
			return t
		}
	}
	return nil
}

// over says that nothing is owed or being played that the seat might be dealt,
// sooner or later.
func (w *seat) over() bool {
	mine := func(t *task) bool { return !slices.Contains(t.failed, w.key) }
	return !slices.ContainsFunc(w.queue.owed, mine) && !slices.ContainsFunc(w.queue.playing, mine)
}
