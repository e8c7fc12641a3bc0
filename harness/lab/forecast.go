package lab

import (
	"cmp"
	"context"
	"slices"
	"time"

	"assay/harness/farm"
	"assay/harness/ledger"
)

// Forecast is what a plan would have to do, by what is attached just now.
type Forecast struct {
	Caps     Caps       `json:"caps"`
	Runs     int        `json:"history_runs"` // earlier runs that the estimates go by
	Models   []Owing    `json:"models"`
	Handsets []Roster   `json:"handsets"`
	Cannot   []Excluded `json:"cannot"`           // jobs that no handset could play
	Seconds  float64    `json:"estimate_seconds"` // from the first lease to the last job's end
}

// Owing is what one model owes, in the order in which it is dealt.
type Owing struct {
	Brand    string       `json:"brand"`
	Model    string       `json:"model"`
	Handsets []string     `json:"handsets"` // that share it
	Jobs     []Forecasted `json:"jobs"`
	Seconds  float64      `json:"estimate_seconds"` // of all jobs, one after the other
}

// Forecasted is one job.
type Forecasted struct {
	Scenario string  `json:"scenario"`
	Repeat   int     `json:"repeat"`
	Seconds  float64 `json:"estimate_seconds"`
	From     string  `json:"estimate_from"`    // history, other models, scenario
	Lacked   string  `json:"lacked,omitempty"` // why it did not apply to the model in an earlier run
}

// Roster is one handset.
type Roster struct {
	Key     string  `json:"key"`
	Brand   string  `json:"brand"`
	Model   string  `json:"model"`
	State   string  `json:"state"`
	Server  string  `json:"server,omitempty"` // its adb server, where there are several
	Cause   string  `json:"cause,omitempty"`
	Remedy  string  `json:"remedy,omitempty"`
	Jobs    int     `json:"jobs"`           // that it would be dealt
	Begins  float64 `json:"begins_seconds"` // after the run's begin
	Seconds float64 `json:"estimate_seconds"`
}

// Excluded is one job that cannot be played, and why.
type Excluded struct {
	Brand    string `json:"brand"`
	Model    string `json:"model"`
	Scenario string `json:"scenario"`
	Repeat   int    `json:"repeat"`
	Cause    string `json:"cause"`
	Remedy   string `json:"remedy"`
}

// Forecast says what a plan would do, without a handset being asked for anything:
// it looks at adb's list alone, and lets the schedule deal in estimated time. What
// several builds of a model would owe apart is known only once they are leased:
// it takes them for one.
func (r *Runner) Forecast(ctx context.Context, plan Plan) (Forecast, error) {
	places, servers, err := r.choose(ctx, plan)
	if err != nil {
		return Forecast{}, err
	}
	return plan.forecast(r.caps(plan).within(servers), places), nil
}

func (p Plan) forecast(caps Caps, places []farm.Place) Forecast {
	shares := p.share(places)
	seats := p.seats(shares, places, nil)
	f := Forecast{Caps: caps.or(), Runs: p.History.Runs, Cannot: []Excluded{}}
	rosters := map[string]*Roster{}
	for _, place := range places {
		e := place.Entry
		rosters[e.Key()] = &Roster{Key: e.Key(), Brand: e.Brand, Model: e.Model, State: string(place.State), Cause: place.Cause, Remedy: place.Remedy}
		if len(caps.Servers) > 1 {
			rosters[e.Key()].Server = e.Server
		}
	}
	f.Seconds = simulate(caps, places, seats, rosters).Seconds()
	for _, s := range shares {
		f.Models = append(f.Models, p.owing(s, seats[s.Handsets[0]].group))
		f.Cannot = append(f.Cannot, p.excluded(s, rosters)...)
	}
	for _, place := range places {
		f.Handsets = append(f.Handsets, *rosters[place.Entry.Key()])
	}
	return f
}

func (p Plan) owing(s ledger.Sharing, g *group) Owing {
	o := Owing{Brand: s.Brand, Model: s.Model, Handsets: s.Handsets}
	q := &queue{}
	for _, t := range g.tasks {
		q.owed = append(q.owed, &t)
	}
	q.sort()
	for _, t := range q.owed {
		o.Seconds += t.estimate.For.Seconds()
		o.Jobs = append(o.Jobs, Forecasted{t.scenario.Name, t.Repeat, t.estimate.For.Seconds(), t.estimate.From, p.History.Lacked(t.scenario.Name, s.Brand, s.Model)})
	}
	return o
}

// excluded lists the jobs of a model none of whose handsets can be used.
func (p Plan) excluded(s ledger.Sharing, rosters map[string]*Roster) []Excluded {
	for _, key := range s.Handsets {
		if rosters[key].State == string(farm.Ready) {
			return nil
		}
	}
	first := rosters[s.Handsets[0]]
	var all []Excluded
	for repeat := 1; repeat <= p.Repeat; repeat++ {
		for _, sc := range p.Scenarios {
			all = append(all, Excluded{s.Brand, s.Model, sc.Name, repeat, first.State + ": " + first.Cause, first.Remedy})
		}
	}
	return all
}

// simulate has the schedule deal in estimated time, and gives the whole.
func simulate(caps Caps, places []farm.Place, seats map[string]*seat, rosters map[string]*Roster) time.Duration {
	type turn struct {
		w    *seat
		t    *task
		ends time.Duration
	}
	var ready, all []*seat
	for _, p := range places {
		w := seats[p.Entry.Key()]
		all = append(all, w)
		if p.State == farm.Ready {
			ready = append(ready, w)
		}
	}
	s := newSchedule(caps, all)
	for _, w := range ready {
		s.queueUp(w, true)
	}
	for _, w := range all {
		if !slices.Contains(ready, w) {
			s.leave(w)
		}
	}
	var now, whole time.Duration
	var turns []turn
	for {
		for _, w := range ready {
			select {
			case t := <-w.turn:
				if t == nil {
					continue
				}
				took := t.estimate.For
				if t == entrance {
					took = w.group.baseline.For
					rosters[w.key].Begins = now.Seconds()
				} else {
					rosters[w.key].Jobs++
				}
				turns = append(turns, turn{w, t, now + took})
			default:
			}
		}
		if len(turns) == 0 {
			return whole
		}
		slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Or(cmp.Compare(a.ends, b.ends), cmp.Compare(a.w.rank, b.w.rank)) })
		over := turns[0]
		turns = turns[1:]
		now, whole = over.ends, over.ends
		rosters[over.w.key].Seconds = now.Seconds() - rosters[over.w.key].Begins
		if over.t == entrance {
			s.entered(over.w, "build", true)
		} else {
			s.finish(over.w, over.t, true, false)
		}
		s.queueUp(over.w, false)
	}
}
