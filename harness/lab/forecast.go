package lab

import (
	"context"

	"assay/harness/farm"
	"assay/harness/lab/schedule"
	"assay/harness/ledger"
)

// Forecast is what a plan would have to do, by what is attached just now.
type Forecast struct {
	Caps     schedule.Caps `json:"caps"`
	Runs     int           `json:"history_runs"` // earlier runs that the estimates go by
	Models   []Owing       `json:"models"`
	Handsets []Roster      `json:"handsets"`
	Cannot   []Excluded    `json:"cannot"`           // jobs that no handset could play
	Seconds  float64       `json:"estimate_seconds"` // from the first lease to the last job's end
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
	return plan.forecast(within(r.caps(plan), servers), places), nil
}

func (p Plan) forecast(caps schedule.Caps, places []farm.Place) Forecast {
	shares := p.share(places)
	workers := p.workers(shares, places, nil)
	f := Forecast{Caps: caps.WithDefaults(), Runs: p.History.Runs, Cannot: []Excluded{}}
	rosters := map[string]*Roster{}
	for _, place := range places {
		e := place.Entry
		rosters[e.Key()] = &Roster{
			Key:    e.Key(),
			Brand:  e.Brand,
			Model:  e.Model,
			State:  string(place.State),
			Cause:  place.Cause,
			Remedy: place.Remedy,
		}
		if len(caps.Servers) > 1 {
			rosters[e.Key()].Server = e.Server
		}
	}
	all, ready := make([]*schedule.Worker, len(places)), map[*schedule.Worker]bool{}
	for i, place := range places {
		all[i] = workers[place.Entry.Key()]
		ready[all[i]] = place.State == farm.Ready
	}
	told, whole := schedule.Simulate(caps, all, func(w *schedule.Worker) bool { return ready[w] })
	f.Seconds = whole.Seconds()
	for key, t := range told {
		rosters[key].Begins, rosters[key].Jobs, rosters[key].Seconds = t.Begins.Seconds(), t.Jobs, (t.Ends - t.Begins).Seconds()
	}
	for _, s := range shares {
		f.Models = append(f.Models, p.owing(s, workers[s.Handsets[0]].Owes()))
		f.Cannot = append(f.Cannot, p.excluded(s, rosters)...)
	}
	for _, place := range places {
		f.Handsets = append(f.Handsets, *rosters[place.Entry.Key()])
	}
	return f
}

func (p Plan) owing(s ledger.Sharing, owed []*schedule.Task) Owing {
	o := Owing{Brand: s.Brand, Model: s.Model, Handsets: s.Handsets}
	for _, t := range owed {
		o.Seconds += t.Estimate.For.Seconds()
		o.Jobs = append(
			o.Jobs,
			Forecasted{t.Scenario, t.Repeat, t.Estimate.For.Seconds(), t.Estimate.From, p.History.Lacked(t.Scenario, s.Brand, s.Model)},
		)
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
