package lab

import (
	"cmp"
	"slices"
	"time"

	"assay/harness/ledger"
	"assay/harness/scenario"
)

// group is the handsets of one model, as devices.yaml writes it. They may run
// several builds, and each build owes all the jobs: a verdict is on a build.
type group struct {
	seats    []*seat
	tasks    []task // in the plan's order: what each build owes
	baseline ledger.Estimate
	played   map[string]played // in an earlier part of the run, by build
	queues   map[string]*queue // by build; where there is one handset, by ""
}

// played is what an earlier part of a run did of one queue.
type played struct {
	tried map[ledger.Key]int    // attempts
	skip  map[ledger.Key]bool   // committed, and not to be played again
	home  map[ledger.Key]string // key of the handset that plays again what it had committed
}

// task is one job that is owed, until it is committed.
type task struct {
	ledger.Key
	scenario scenario.Scenario
	order    int // in the plan, from 1
	estimate ledger.Estimate
	attempts int      // so far, whoever made them
	home     string   // key of the handset that is to play it while it is there; empty: any
	failed   []string // keys of the handsets on which the lab's faults used up its attempts
}

// queue is what the handsets of one model and build owe together.
type queue struct {
	owed    []*task // in the order in which they are dealt
	playing []*task
	done    int
	all     int
}

// queue finds the queue of a build, or makes it.
func (g *group) queue(build string) *queue {
	if len(g.seats) == 1 {
		build = ""
	}
	if q := g.queues[build]; q != nil {
		return q
	}
	q, before := &queue{all: len(g.tasks)}, g.played[build]
	for _, t := range g.tasks {
		if before.skip[t.Key] {
			q.done++
			continue
		}
		t.attempts, t.home = before.tried[t.Key], before.home[t.Key]
		q.owed = append(q.owed, &t)
	}
	q.sort()
	g.queues[build] = q
	return q
}

// sort puts the longest first, so that no handset is left with a long one at the
// end; every scenario goes once before any goes twice. Those that differ by less
// than a minute or so stay in the plan's order.
func (q *queue) sort() {
	slices.SortStableFunc(q.owed, func(a, b *task) int {
		return cmp.Or(cmp.Compare(a.Repeat, b.Repeat),
			cmp.Compare(b.estimate.For.Round(time.Minute), a.estimate.For.Round(time.Minute)), cmp.Compare(a.order, b.order))
	})
}

func remove(all []*task, t *task) []*task {
	return slices.DeleteFunc(all, func(x *task) bool { return x == t })
}

// gone says whether the handset of a key has left, or never was there.
func (g *group) gone(key string) bool {
	i := slices.IndexFunc(g.seats, func(w *seat) bool { return w.key == key })
	return i < 0 || g.seats[i].gone
}
