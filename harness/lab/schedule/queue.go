package schedule

import (
	"cmp"
	"slices"
	"time"

	"assay/harness/ledger"
)

// Group is the handsets of one model, as devices.yaml writes it. They may run
// several builds, and each build owes all the jobs: a verdict is on a build.
type Group struct {
	workers  []*Worker
	tasks    []Task // in the plan's order: what each build owes
	baseline ledger.Estimate
	played   map[string]Played // in an earlier part of the run, by build
	queues   map[string]*queue // by build; where there is one handset, by ""
}

// NewGroup gives a group without handsets. played is what an earlier part of the run
// did, by build; nil: there was none.
func NewGroup(baseline ledger.Estimate, tasks []Task, played map[string]Played) *Group {
	return &Group{baseline: baseline, tasks: tasks, played: played, queues: map[string]*queue{}}
}

// NewTask gives one job of a plan, of which it is the order-th, from 1.
func NewTask(key ledger.Key, order int, takes ledger.Estimate) Task {
	return Task{Key: key, Order: order, Estimate: takes}
}

// Shared says whether the group has several handsets.
func (w *Worker) Shared() bool { return len(w.group.workers) > 1 }

// Owes lists what each build of the handset's model owes, in the order in which it is
// dealt.
func (w *Worker) Owes() []*Task {
	q := &queue{}
	for _, t := range w.group.tasks {
		q.owed = append(q.owed, &t)
	}
	q.sort()
	return q.owed
}

// Played is what an earlier part of a run did of one queue.
type Played struct {
	Tried map[ledger.Key]int    // attempts
	Skip  map[ledger.Key]bool   // committed, and not to be played again
	Home  map[ledger.Key]string // key of the handset that plays again what it had committed
}

// Task is one job that is owed, until it is committed.
type Task struct {
	ledger.Key
	Order    int // in the plan, from 1
	Estimate ledger.Estimate
	Attempts int      // so far, whoever made them
	home     string   // key of the handset that is to play it while it is there; empty: any
	failed   []string // keys of the handsets on which the lab's faults used up its attempts
}

// queue is what the handsets of one model and build owe together.
type queue struct {
	owed    []*Task // in the order in which they are dealt
	playing []*Task
	done    int
	all     int
}

// queue finds the queue of a build, or makes it.
func (g *Group) queue(build string) *queue {
	if len(g.workers) == 1 {
		build = ""
	}
	if q := g.queues[build]; q != nil {
		return q
	}
	q, before := &queue{all: len(g.tasks)}, g.played[build]
	for _, t := range g.tasks {
		if before.Skip[t.Key] {
			q.done++
			continue
		}
		t.Attempts, t.home = before.Tried[t.Key], before.Home[t.Key]
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
	slices.SortStableFunc(q.owed, func(a, b *Task) int {
		return cmp.Or(cmp.Compare(a.Repeat, b.Repeat),
			cmp.Compare(b.Estimate.For.Round(time.Minute), a.Estimate.For.Round(time.Minute)), cmp.Compare(a.Order, b.Order))
	})
}

func remove(all []*Task, t *Task) []*Task {
	return slices.DeleteFunc(all, func(x *Task) bool { return x == t })
}

// gone says whether the handset of a key has left, or never was there.
func (g *Group) gone(key string) bool {
	i := slices.IndexFunc(g.workers, func(w *Worker) bool { return w.Key == key })
	return i < 0 || g.workers[i].gone
}
