package lab

import (
	"assay/harness/farm"
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

// seats makes the groups of a plan, and gives every place its seat. played says what an
// Earlier part of the run did of a model's queues; nil: there was none.
func (p Plan) seats(shares []ledger.Sharing, places []farm.Place, played func(keys []string) map[string]played) map[string]*seat {
	ranks := map[string]int{}
	for i, place := range places {
		ranks[place.Entry.Key()] = i
	}
	all := map[string]*seat{}
	for _, s := range shares {
		g := &group{baseline: baselineEstimate(p.History, s.Brand, s.Model), queues: map[string]*queue{}}
		for repeat := 1; repeat <= p.Repeat; repeat++ {
			for _, sc := range p.Scenarios {
				g.tasks = append(g.tasks, task{Key: ledger.Key{Scenario: sc.Name, Repeat: repeat}, scenario: sc, order: len(g.tasks) + 1,
					estimate: jobEstimate(p.History, sc, s.Brand, s.Model)})
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

// listed is a handset of the inventory, as run.json lists it.
func listed(e farm.Entry) ledger.Handset {
	return ledger.Handset{Key: e.Key(), Brand: e.Brand, Model: e.Model, Server: e.Server}
}
