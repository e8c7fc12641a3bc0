package lab

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/farm"
	"assay/harness/scenario"
)

// hall is a schedule of handsets that stand at USB paths, by brand, and that all
// are about to enter.
func hall(caps Caps, each time.Duration, paths ...string) (*schedule, []*seat) {
	var places []farm.Place
	for i, p := range paths {
		serial := fmt.Sprintf("S%d", i)
		places = append(places, farm.Place{Entry: farm.Entry{Serial: android.Serial(serial), Brand: p[:1], Model: serial}, Row: adb.Row{Path: p[1:]}, State: farm.Ready})
	}
	plan := Plan{Repeat: 1, Scenarios: []scenario.Scenario{{Name: "one"}, {Name: "two"}}}
	for _, name := range []string{"one", "two", "baseline"} {
		plan.History.Add(name, "another model", each)
	}
	seats := plan.seats(plan.share(places), places, nil)
	var all []*seat
	for _, p := range places {
		all = append(all, seats[p.Entry.Key()])
	}
	s := newSchedule(caps, all)
	for _, w := range all {
		s.queueUp(w, true)
	}
	return s, all
}

// working gives the handsets at work.
func working(all []*seat) []int {
	var at []int
	for i, w := range all {
		if w.atWork {
			at = append(at, i)
		}
	}
	return at
}

func TestNoMoreThanSoManyAreAtWorkAtOnce(t *testing.T) {
	s, all := hall(Caps{Jobs: 3, PerHub: 2}, time.Minute, "Ausb:1-1.1", "Ausb:1-1.2", "Ausb:1-1.3", "Busb:1-2.1", "Busb:1-2.2", "C")
	assert.Equal(t, []int{0, 3, 5}, working(all), "one of each brand first")
	s.entered(all[0], "b", true)
	assert.Len(t, working(all), 3, "a slot that comes free is dealt on")

	s, all = hall(Caps{PerHub: 2}, time.Minute, "Ausb:1-1.1", "Ausb:1-1.2", "Ausb:1-1.3.1", "Busb:1-1.3.2", "Busb:1-2.2", "C", "C")
	at := working(all)
	assert.Len(t, at, 2+1+2, "two at the hub and at what hangs on it, and all others: %v", at)
	for _, h := range []string{"usb:1-1", "usb:1-1.3"} {
		assert.LessOrEqual(t, s.hubs[h], 2, h)
	}
}

func TestTheBrandThatHadLeastGoesNext(t *testing.T) {
	s, all := hall(Caps{Jobs: 1}, time.Minute, "A", "A", "A", "B")
	var order []int
	for range all {
		at := working(all)
		require.Len(t, at, 1)
		order = append(order, at[0])
		w := all[at[0]]
		require.Equal(t, entrance, <-w.turn)
		s.entered(w, "b", true)
	}
	assert.Equal(t, []int{0, 3, 1, 2}, order, "the one of B does not wait for all of A's")
}

func TestTheLongestGoesFirstAndNoneTwiceBeforeAllWentOnce(t *testing.T) {
	plan := Plan{Repeat: 2}
	for _, name := range []string{"short", "long", "brief", "middle"} {
		plan.Scenarios = append(plan.Scenarios, scenario.Scenario{Name: name})
	}
	for _, known := range []struct {
		name, model string
		took        time.Duration
	}{
		{"long", "a m", time.Hour}, {"long", "b m", time.Second}, {"long", "c m", time.Second}, {"short", "b m", 100 * time.Second},
		{"middle", "b m", 9 * time.Minute}, {"middle", "b m", 10 * time.Minute}, {"middle", "b m", 99 * time.Minute}, {"brief", "b m", 99 * time.Second},
	} {
		plan.History.Add(known.name, known.model, known.took)
	}
	place := farm.Place{Entry: farm.Entry{Serial: "S", Brand: "A", Model: "m"}}
	w := plan.seats(plan.share([]farm.Place{place}), []farm.Place{place}, nil)["S"]
	var order []string
	for _, t := range w.group.queue("b").owed {
		order = append(order, fmt.Sprint(t.Key.Scenario, t.Repeat))
	}
	assert.Equal(t, []string{"long1", "middle1", "short1", "brief1", "long2", "middle2", "short2", "brief2"}, order)
}

func TestAHandsetThatWaitsIsToldWhenNothingCanComeAnyMore(t *testing.T) {
	plan := Plan{Repeat: 1, Scenarios: []scenario.Scenario{{Name: "one"}}}
	var places []farm.Place
	for _, serial := range []android.Serial{"S0", "S1"} {
		places = append(places, farm.Place{Entry: farm.Entry{Serial: serial, Brand: "A", Model: "m"}})
	}
	for name, c := range map[string]struct {
		done, usedUp bool
		takesOver    bool
	}{
		"the other's job is done":           {done: true},
		"the lab's fault ended it for good": {usedUp: true, takesOver: true},
		"it was put back":                   {takesOver: true},
	} {
		t.Run(name, func(t *testing.T) {
			seats := plan.seats(plan.share(places), places, nil)
			a, b := seats["S0"], seats["S1"]
			s := newSchedule(Caps{}, []*seat{a, b})
			for _, w := range s.all {
				s.queueUp(w, true)
			}
			for _, w := range s.all {
				require.Equal(t, entrance, <-w.turn)
				s.entered(w, "build", true)
			}
			one := s.next(t.Context(), nil, a)
			require.NotNil(t, one)
			s.queueUp(b, false)
			require.Empty(t, b.turn, "it may yet come")
			s.finish(a, one, c.done, c.usedUp)
			require.Len(t, b.turn, 1)
			if !c.takesOver {
				assert.Nil(t, <-b.turn)
				assert.False(t, s.owing(b))
				return
			}
			assert.Equal(t, one, <-b.turn)
			s.finish(b, one, false, true)
			assert.False(t, s.owing(b), "it tried in vain as well")
		})
	}
}

func TestAStoppedRunLeavesNoSlotTaken(t *testing.T) {
	plan := Plan{Repeat: 1, Scenarios: []scenario.Scenario{{Name: "one"}}}
	place := farm.Place{Entry: farm.Entry{Serial: "S", Brand: "A", Model: "m"}}
	stop := make(chan struct{})
	close(stop)
	for range 50 { // whether the turn or the stop is seen first
		w := plan.seats(plan.share([]farm.Place{place}), []farm.Place{place}, nil)["S"]
		s := newSchedule(Caps{}, []*seat{w})
		if s.enter(t.Context(), stop, w) {
			s.entered(w, "b", true)
			if one := s.next(t.Context(), stop, w); one != nil {
				s.finish(w, one, false, false)
			}
			assert.Len(t, w.queue.owed, 1)
		}
		assert.Zero(t, s.busy)
		assert.Empty(t, s.waiting)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, all := hall(Caps{Jobs: 1}, time.Minute, "A", "B")
	assert.Equal(t, []int{0}, working(all))
	s.waiting = nil
	assert.False(t, s.enter(ctx, nil, all[1]), "there is no slot for it")
	assert.Equal(t, 1, s.busy)
	assert.Empty(t, s.waiting)
}

func TestAnAdbServerIsNotGivenMoreSocketsThanItTakes(t *testing.T) {
	for attached, jobs := range map[int]int{10: 235, 300: 162, 940: 2, 946: 1} {
		assert.Equal(t, jobs, Caps{}.within([]Load{{Handsets: attached}}).Jobs, "%d handsets", attached)
	}
	assert.Equal(t, 3, Caps{Jobs: 3}.within([]Load{{Handsets: 300}}).Jobs)
}
