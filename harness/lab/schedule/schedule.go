// Package schedule says who plays what next. What the handsets of one model and build owe
// is a [Group]'s queue; each handset is a [Worker] that waits for its turn, and the
// [Schedule] deals, within [Caps]: first to the brand that had least so far, the longest
// task first. It knows neither handsets nor scenarios, but their names.
package schedule

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"assay/harness/evidence"
	"assay/harness/ledger"
)

// Schedule deals out what a run owes. The handsets of one model and build share a
// queue: each job of it goes once, to whichever of them is free. Nobody polls, and
// nothing is locked while a job is played.
type Schedule struct {
	caps Caps
	all  []*Worker

	mu      sync.Mutex
	busy    int
	hubs    map[string]int           // handsets at work, by hub
	servers map[string]int           // and by adb server
	dealt   map[string]time.Duration // estimates of what was dealt, by brand
	waiting []*Worker
	coming  int // workers that have not been heard of: nothing is dealt before all have
}

// Caps is how much goes on at once.
type Caps struct {
	Jobs    int    `json:"jobs"`              // handsets at work on this host; 0: DefaultJobs
	PerHub  int    `json:"per_hub"`           // and on one USB hub; 0: as many as there are
	Servers []Load `json:"servers,omitempty"` // and on one adb server, where there are several
}

// Load is what one adb server of a run has to carry.
type Load struct {
	Server   string `json:"server"`   // host:port
	Handsets int    `json:"handsets"` // attached to it or about to be, those that are not the run's included
	Jobs     int    `json:"jobs"`     // handsets at work at once
}

// DefaultJobs is how many handsets are worked with at once.
const DefaultJobs = 256

// WithDefaults gives the caps with what is not said filled in.
func (c Caps) WithDefaults() Caps {
	return Caps{cmp.Or(c.Jobs, DefaultJobs), cmp.Or(c.PerHub, math.MaxInt), c.Servers}
}

// of is how many handsets of an adb server are worked with at once.
func (c Caps) of(server string) int {
	for _, l := range c.Servers {
		if l.Server == server {
			return l.Jobs
		}
	}
	return c.Jobs
}

// Worker is one handset's place in the schedule.
type Worker struct {
	Key      string
	brand    string
	rank     int // in the run's record
	hubs     []string
	server   string // adb server that it is reached by
	group    *Group
	queue    *queue // nil: it is not known yet which build it runs
	here     bool   // it has been heard of
	entering bool   // it waits to be leased, not for a task
	atWork   bool
	gone     bool
	turn     chan *Task // buffered; nil comes where nothing is left
}

// baselineTask stands for a turn in which a handset is leased and its baseline taken.
var baselineTask = &Task{Key: ledger.Key{Scenario: evidence.Baseline, Repeat: 1}}

// New makes the schedule of a run over all its handsets, none of which has begun.
func New(caps Caps, all []*Worker) *Schedule {
	return &Schedule{
		caps:    caps.WithDefaults(),
		all:     all,
		coming:  len(all),
		hubs:    map[string]int{},
		servers: map[string]int{},
		dealt:   map[string]time.Duration{},
	}
}

// Add gives a handset its worker. server is the adb server that it is reached by, hubs are
// those that it hangs on, and rank is its place in the run's record.
func (g *Group) Add(key, brand, server string, hubs []string, rank int) *Worker {
	w := &Worker{Key: key, brand: brand, rank: rank, hubs: hubs, server: server, group: g, turn: make(chan *Task, 1)}
	g.workers = append(g.workers, w)
	return w
}

// NewBaseline gives the job of a baseline that was tried so often.
func NewBaseline(attempts int) *Task { return &Task{Key: baselineTask.Key, Attempts: attempts} }

// SharesHub says whether a handset other than the worker's hangs on one of its hubs.
func (s *Schedule) SharesHub(w *Worker) bool {
	return slices.ContainsFunc(s.all, func(other *Worker) bool {
		return other != w && slices.ContainsFunc(other.hubs, func(h string) bool { return slices.Contains(w.hubs, h) })
	})
}

// Enter waits until a handset may be leased. false: the run was stopped first.
func (s *Schedule) Enter(ctx context.Context, stop <-chan struct{}, w *Worker) bool {
	return s.wait(ctx, stop, w, true) != nil
}

// Entered ends the turn that Enter gave. build is what the handset runs, where it
// is ready to be dealt tasks.
func (s *Schedule) Entered(w *Worker, build string, ready bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ready {
		w.queue = w.group.queue(build)
	}
	s.rest(w)
	s.deal()
}

// Next waits for the worker's next task. nil: nothing is left that it could be
// dealt, or the run was stopped.
func (s *Schedule) Next(ctx context.Context, stop <-chan struct{}, w *Worker) *Task {
	return s.wait(ctx, stop, w, false)
}

func (s *Schedule) wait(ctx context.Context, stop <-chan struct{}, w *Worker, enters bool) *Task {
	s.queueUp(w, enters)
	select {
	case t := <-w.turn:
		return t
	case <-ctx.Done():
	case <-stop:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = slices.DeleteFunc(s.waiting, func(x *Worker) bool { return x == w })
	select {
	case t := <-w.turn: // dealt while the run was being stopped
		if t != nil {
			s.putBack(w, t)
		}
	default:
	}
	return nil
}

func (s *Schedule) queueUp(w *Worker, enters bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hear(w)
	w.entering = enters
	s.waiting = append(s.waiting, w)
	s.deal()
}

// Finish ends a turn. A task that is not done goes back to the queue; for the
// others alone, where the handset has used its attempts up.
func (s *Schedule) Finish(w *Worker, t *Task, done, usedUp bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if usedUp {
		t.failed, t.home = append(t.failed, w.Key), ""
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

// Leave ends a handset's part of the run.
func (s *Schedule) Leave(w *Worker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hear(w)
	w.gone = true
	s.deal()
}

// hear notes that a worker has come, so that who is dealt the first turns does not
// depend on who asks first.
func (s *Schedule) hear(w *Worker) {
	if !w.here {
		w.here = true
		s.coming--
	}
}

// Owing says whether there is, or may come, something for the handset to do.
func (s *Schedule) Owing(w *Worker) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return w.queue == nil || !w.over()
}

// Progress is how much of what the handset and its like owe is done.
func (s *Schedule) Progress(w *Worker) (done, all int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.queue == nil {
		return 0, len(w.group.tasks)
	}
	return w.queue.done, w.queue.all
}

// rest gives the worker's slot back.
func (s *Schedule) rest(w *Worker) {
	w.atWork = false
	s.busy--
	s.servers[w.server]--
	for _, h := range w.hubs {
		s.hubs[h]--
	}
}

func (s *Schedule) putBack(w *Worker, t *Task) {
	if t != baselineTask {
		w.queue.playing = remove(w.queue.playing, t)
		w.queue.owed = append(w.queue.owed, t)
		w.queue.sort()
	}
	s.rest(w)
}

// deal gives turns to those who wait, as long as there is room: first to the
// brand that had least, then to whoever has most before it. Those for whom
// nothing can come any more are told so. Its caller holds the lock.
func (s *Schedule) deal() {
	for s.coming == 0 {
		var best *Worker
		for _, w := range slices.Clone(s.waiting) {
			switch {
			case !w.entering && w.over():
				s.wake(w, nil)
			case !s.fits(w) || !w.entering && w.pick() == nil:
			case best == nil || s.before(w, best):
				best = w
			}
		}
		if best == nil {
			return
		}
		t, cost := baselineTask, best.group.baseline.For
		if !best.entering {
			t = best.pick()
			cost = t.Estimate.For
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
		s.wake(best, t)
	}
}

func (s *Schedule) wake(w *Worker, t *Task) {
	s.waiting = slices.DeleteFunc(s.waiting, func(x *Worker) bool { return x == w })
	w.turn <- t
}

// fits says whether the caps let the handset be worked with.
func (s *Schedule) fits(w *Worker) bool {
	return s.busy < s.caps.Jobs && s.servers[w.server] < s.caps.of(w.server) &&
		!slices.ContainsFunc(w.hubs, func(h string) bool { return s.hubs[h] >= s.caps.PerHub })
}

func (s *Schedule) before(a, b *Worker) bool {
	return cmp.Or(cmp.Compare(s.dealt[a.brand], s.dealt[b.brand]), cmp.Compare(b.ahead(), a.ahead()), cmp.Compare(a.rank, b.rank)) < 0
}

// ahead is how long the handset would be at what it and its like have before
// them.
func (w *Worker) ahead() time.Duration {
	var sum time.Duration
	if w.queue == nil {
		for _, t := range w.group.tasks {
			sum += t.Estimate.For
		}
		return sum
	}
	for _, t := range w.queue.owed {
		sum += t.Estimate.For
	}
	return sum
}

// pick is the task that the worker would be dealt now; nil: none.
func (w *Worker) pick() *Task {
	for _, t := range w.queue.owed {
		if !slices.Contains(t.failed, w.Key) && (t.home == "" || t.home == w.Key || w.group.gone(t.home)) {
			return t
		}
	}
	return nil
}

// over says that nothing is owed or being played that the worker might be dealt,
// sooner or later.
func (w *Worker) over() bool {
	mine := func(t *Task) bool { return !slices.Contains(t.failed, w.Key) }
	return !slices.ContainsFunc(w.queue.owed, mine) && !slices.ContainsFunc(w.queue.playing, mine)
}
