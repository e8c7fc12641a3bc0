package lab

import (
	"strings"

	"assay/harness/farm"
	"assay/harness/lab/schedule"
	"assay/harness/ledger"
)

// share says which handsets share what their model owes. Those of which
// devices.yaml does not say both brand and model share with none.
func (p Plan) share(places []farm.Place) []ledger.Sharing {
	var all []ledger.Sharing
	at := map[string]int{}
	for _, place := range places {
		e := place.Entry
		name := ledger.ModelName(e.Brand, e.Model)
		if i, known := at[name]; known && !p.Each && e.Brand != "" && e.Model != "" {
			all[i].Handsets = append(all[i].Handsets, e.Key())
			continue
		}
		at[name] = len(all)
		all = append(all, ledger.Sharing{Brand: e.Brand, Model: e.Model, Handsets: []string{e.Key()}, Owed: p.Repeat * len(p.Scenarios)})
	}
	return all
}

// workers makes the groups of a plan, and gives every place its worker. done says what an
// earlier part of the run did of a model's queues; nil: there was none.
func (p Plan) workers(
	shares []ledger.Sharing,
	places []farm.Place,
	done func(keys []string) map[string]schedule.Played,
) map[string]*schedule.Worker {
	ranks := map[string]int{}
	for i, place := range places {
		ranks[place.Entry.Key()] = i
	}
	all := map[string]*schedule.Worker{}
	for _, s := range shares {
		var tasks []schedule.Task
		for repeat := 1; repeat <= p.Repeat; repeat++ {
			for _, sc := range p.Scenarios {
				key := ledger.Key{Scenario: sc.Name, Repeat: repeat}
				tasks = append(tasks, schedule.NewTask(key, len(tasks)+1, jobEstimate(p.History, sc, s.Brand, s.Model)))
			}
		}
		var before map[string]schedule.Played
		if done != nil {
			before = done(s.Handsets)
		}
		g := schedule.NewGroup(baselineEstimate(p.History, s.Brand, s.Model), tasks, before)
		for _, key := range s.Handsets {
			if rank, ok := ranks[key]; ok {
				at := places[rank]
				all[key] = g.Add(key, strings.ToLower(at.Entry.Brand), at.Entry.Server, at.Hubs(), rank)
			}
		}
	}
	return all
}

// listed is a handset of the inventory, as run.json lists it.
func listed(e farm.Entry) ledger.Handset {
	return ledger.Handset{Key: e.Key(), Brand: e.Brand, Model: e.Model, Server: e.Server}
}
