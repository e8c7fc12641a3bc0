package lab

import (
	"assay/harness/farm"
)

// Sharing is the handsets of one model, which share what it owes.
type Sharing struct {
	Brand    string   `json:"brand"`
	Model    string   `json:"model"`
	Handsets []string `json:"handsets"` // keys
	Owed     int      `json:"owed"`     // jobs, by each build that they run
}

// share says which handsets share what their model owes. Those of which
// devices.yaml does not say both brand and model share with none.
func (p Plan) share(places []farm.Place) []Sharing {
	var all []Sharing
	at := map[string]int{}
	for _, place := range places {
		e := place.Entry
		name := modelName(e.Brand, e.Model)
		if i, known := at[name]; known && !p.Each && e.Brand != "" && e.Model != "" {
			all[i].Handsets = append(all[i].Handsets, e.Key())
			continue
		}
		at[name] = len(all)
		all = append(all, Sharing{e.Brand, e.Model, []string{e.Key()}, p.Repeat * len(p.Scenarios)})
	}
	return all
}

// shares says which handsets of a run share what they owe. In runs of before
// that was recorded none does.
func (r Record) shares() []Sharing {
	if len(r.Models) > 0 {
		return r.Models
	}
	var all []Sharing
	for _, h := range r.Handsets {
		all = append(all, Sharing{h.Brand, h.Model, []string{h.Key}, r.Repeat * len(r.Scenarios)})
	}
	return all
}

// seats makes the groups of a plan, and gives every place its seat. played says what an
// earlier part of the run did of a model's queues; nil: there was none.
func (p Plan) seats(shares []Sharing, places []farm.Place, played func(keys []string) map[string]played) map[string]*seat {
	ranks := map[string]int{}
	for i, place := range places {
		ranks[place.Entry.Key()] = i
	}
	all := map[string]*seat{}
	for _, s := range shares {
		g := &group{baseline: p.History.baseline(s.Brand, s.Model), queues: map[string]*queue{}}
		for repeat := 1; repeat <= p.Repeat; repeat++ {
			for _, sc := range p.Scenarios {
				g.tasks = append(g.tasks, task{jobKey: jobKey{sc.Name, repeat}, scenario: sc, order: len(g.tasks) + 1, estimate: p.History.job(sc, s.Brand, s.Model)})
			}
		}
		for _, key := range s.Handsets {
			if rank, ok := ranks[key]; ok {
				all[key] = g.sit(places[rank], rank)
			}
		}
		if played != nil {
			g.played = played(s.Handsets)
		}
	}
	return all
}
