package schedule

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/ledger"
)

// model is the handsets of a model that owes tasks, each of which takes as long.
func model(each time.Duration, names ...string) *Group {
	var tasks []Task
	for i, name := range names {
		tasks = append(tasks, NewTask(ledger.Key{Scenario: name, Repeat: 1}, i+1, ledger.Estimate{For: each}))
	}
	return NewGroup(ledger.Estimate{For: each}, tasks, nil)
}

// workersAt is a schedule of handsets of a model each, by brand and the hubs that they hang
// on, that all are about to enter.
func workersAt(caps Caps, each time.Duration, places ...string) (*Schedule, []*Worker) {
	var all []*Worker
	for i, p := range places {
		words := strings.Fields(p)
		all = append(all, model(each, "one", "two").Add(fmt.Sprint("S", i), words[0], "", words[1:], i))
	}
	s := New(caps, all)
	for _, w := range all {
		s.queueUp(w, true)
	}
	return s, all
}

// working gives the handsets at work.
func working(all []*Worker) []int {
	var at []int
	for i, w := range all {
		if w.atWork {
			at = append(at, i)
		}
	}
	return at
}

func TestNoMoreThanSoManyAreAtWorkAtOnce(t *testing.T) {
	s, all := workersAt(Caps{Jobs: 3, PerHub: 2}, time.Minute, "A 1-1", "A 1-1", "A 1-1", "B 1-2", "B 1-2", "C")
	assert.Equal(t, []int{0, 3, 5}, working(all), "one of each brand first")
	s.Entered(all[0], "b", true)
	assert.Len(t, working(all), 3, "a slot that comes free is dealt on")

	s, all = workersAt(Caps{PerHub: 2}, time.Minute, "A 1-1", "A 1-1", "A 1-1.3 1-1", "B 1-1.3 1-1", "B 1-2", "C", "C")
	at := working(all)
	assert.Len(t, at, 2+1+2, "two at the hub and at what hangs on it, and all others: %v", at)
	for _, h := range []string{"1-1", "1-1.3"} {
		assert.LessOrEqual(t, s.hubs[h], 2, h)
	}
}

func TestTheBrandThatHadLeastGoesNext(t *testing.T) {
	s, all := workersAt(Caps{Jobs: 1}, time.Minute, "A", "A", "A", "B")
	var order []int
	for range all {
		at := working(all)
		require.Len(t, at, 1)
		order = append(order, at[0])
		w := all[at[0]]
		require.Equal(t, baselineTask, <-w.turn)
		s.Entered(w, "b", true)
	}
	assert.Equal(t, []int{0, 3, 1, 2}, order, "the one of B does not wait for all of A's")
}

func TestTheLongestGoesFirstAndNoneTwiceBeforeAllWentOnce(t *testing.T) {
	var tasks []Task
	for repeat := 1; repeat <= 2; repeat++ {
		for _, one := range []struct {
			name  string
			takes time.Duration
		}{{"short", 100 * time.Second}, {"long", time.Hour}, {"brief", 99 * time.Second}, {"middle", 10 * time.Minute}} {
			tasks = append(tasks, NewTask(ledger.Key{Scenario: one.name, Repeat: repeat}, len(tasks)+1, ledger.Estimate{For: one.takes}))
		}
	}
	w := NewGroup(ledger.Estimate{}, tasks, nil).Add("S", "a", "", nil, 0)
	for _, owed := range [][]*Task{w.Owes(), w.group.queue("b").owed} {
		var order []string
		for _, t := range owed {
			order = append(order, fmt.Sprint(t.Scenario, t.Repeat))
		}
		assert.Equal(t, []string{"long1", "middle1", "short1", "brief1", "long2", "middle2", "short2", "brief2"}, order)
	}
}

func TestAHandsetThatWaitsIsToldWhenNothingCanComeAnyMore(t *testing.T) {
	for name, c := range map[string]struct {
		done, usedUp bool
		takesOver    bool
	}{
		"the other's job is done":           {done: true},
		"the lab's fault ended it for good": {usedUp: true, takesOver: true},
		"it was put back":                   {takesOver: true},
	} {
		t.Run(name, func(t *testing.T) {
			same := model(time.Minute, "one")
			a, b := same.Add("S0", "a", "", nil, 0), same.Add("S1", "a", "", nil, 1)
			s := New(Caps{}, []*Worker{a, b})
			for _, w := range s.all {
				s.queueUp(w, true)
			}
			for _, w := range s.all {
				require.Equal(t, baselineTask, <-w.turn)
				s.Entered(w, "build", true)
			}
			one := s.Next(t.Context(), nil, a)
			require.NotNil(t, one)
			s.queueUp(b, false)
			require.Empty(t, b.turn, "it may yet come")
			s.Finish(a, one, c.done, c.usedUp)
			require.Len(t, b.turn, 1)
			if !c.takesOver {
				assert.Nil(t, <-b.turn)
				assert.False(t, s.Owing(b))
				return
			}
			assert.Equal(t, one, <-b.turn)
			s.Finish(b, one, false, true)
			assert.False(t, s.Owing(b), "it tried in vain as well")
		})
	}
}

func TestAStoppedRunLeavesNoSlotTaken(t *testing.T) {
	stop := make(chan struct{})
	close(stop)
	for range 50 { // whether the turn or the stop is seen first
		w := model(time.Minute, "one").Add("S", "a", "", nil, 0)
		s := New(Caps{}, []*Worker{w})
		if s.Enter(t.Context(), stop, w) {
			s.Entered(w, "b", true)
			if one := s.Next(t.Context(), stop, w); one != nil {
				s.Finish(w, one, false, false)
			}
			assert.Len(t, w.queue.owed, 1)
		}
		assert.Zero(t, s.busy)
		assert.Empty(t, s.waiting)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, all := workersAt(Caps{Jobs: 1}, time.Minute, "A", "B")
	assert.Equal(t, []int{0}, working(all))
	s.waiting = nil
	assert.False(t, s.Enter(ctx, nil, all[1]), "there is no slot for it")
	assert.Equal(t, 1, s.busy)
	assert.Empty(t, s.waiting)
}

func TestTheScheduleKeepsToWhatEachAdbServerTakes(t *testing.T) {
	s, all := workersAt(Caps{Servers: []Load{{"one", 940, 2}, {"two", 3, 9}}}, time.Minute, "A")
	for range 3 {
		for _, server := range []string{"one", "two"} {
			w := &Worker{Key: server, brand: "a", server: server, group: all[0].group, turn: make(chan *Task, 1), here: true}
			all = append(all, w)
			s.queueUp(w, true)
		}
	}
	byServer := map[string]int{}
	for _, i := range working(all) {
		byServer[all[i].server]++
	}
	assert.Equal(t, map[string]int{"": 1, "one": 2, "two": 3}, byServer)
	for _, w := range all {
		if w.server == "one" && w.atWork {
			s.Entered(w, "b", true)
			break
		}
	}
	assert.Equal(t, 2, s.servers["one"], "the slot is the next one's")
}
