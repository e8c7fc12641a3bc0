package schedule

import (
	"cmp"
	"slices"
	"time"
)

// Forecast is what a schedule would deal one handset, from the run's beginning.
type Forecast struct {
	Begins, Ends time.Duration // its baseline's begin, the end of its last job
	Jobs         int
}

// Simulate has a schedule deal in estimated time, and says what each handset that is
// ready would play, by key, and how long the whole takes. workers are in the run's order.
func Simulate(caps Caps, workers []*Worker, ready func(*Worker) bool) (map[string]Forecast, time.Duration) {
	type turn struct {
		w    *Worker
		t    *Task
		ends time.Duration
	}
	s := New(caps, workers)
	var there []*Worker
	for _, w := range workers {
		if ready(w) {
			there = append(there, w)
			s.queueUp(w, true)
		}
	}
	for _, w := range workers {
		if !ready(w) {
			s.Leave(w)
		}
	}
	told := map[string]Forecast{}
	var now, whole time.Duration
	var turns []turn
	for {
		for _, w := range there {
			select {
			case t := <-w.turn:
				if t == nil {
					continue
				}
				took, f := t.Estimate.For, told[w.Key]
				if t == baselineTask {
					took = w.group.baseline.For
					f.Begins = now
				} else {
					f.Jobs++
				}
				told[w.Key] = f
				turns = append(turns, turn{w, t, now + took})
			default:
			}
		}
		if len(turns) == 0 {
			return told, whole
		}
		slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Or(cmp.Compare(a.ends, b.ends), cmp.Compare(a.w.rank, b.w.rank)) })
		over := turns[0]
		turns = turns[1:]
		now, whole = over.ends, over.ends
		f := told[over.w.Key]
		f.Ends = now
		told[over.w.Key] = f
		if over.t == baselineTask {
			s.Entered(over.w, "build", true)
		} else {
			s.Finish(over.w, over.t, true, false)
		}
		s.queueUp(over.w, false)
	}
}
