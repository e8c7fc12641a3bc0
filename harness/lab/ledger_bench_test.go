package lab

import (
	"fmt"
	"math"
	"testing"

	"assay/harness/evidence"
	"assay/harness/ledger"
)

// BenchmarkLedger reads the account of fleets from their journals, as judge and resume
// do, in which each model has four handsets that share what it owes. It tells with
// which power of the handsets the time grows: about 1.
//
//	go test ./harness/lab -run '^$' -bench Ledger
func BenchmarkLedger(b *testing.B) {
	sizes := []int{100, 400, 1600}
	took := map[int]float64{}
	for _, n := range sizes {
		record, entries := fleetOf(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				l := ledger.Of(record, entries)
				if len(pastsOf(l, entries)) != n {
					b.Fatal("a handset is missing")
				}
			}
			took[n] = float64(b.Elapsed()) / float64(b.N)
			b.ReportMetric(took[n]/float64(n), "ns/handset")
			if first := sizes[0]; n > first && took[first] > 0 {
				b.ReportMetric(math.Log(took[n]/took[first])/math.Log(float64(n)/float64(first)), "exponent")
			}
		})
	}
}

// fleetOf is the record and the journal of a run of n handsets.
func fleetOf(n int) (ledger.Record, []evidence.Entry) {
	r := ledger.Record{Repeat: 2}
	for i := range 6 {
		r.Scenarios = append(r.Scenarios, ledger.Scenario{Name: fmt.Sprint("scenario-", i)})
	}
	for i := range n {
		r.Handsets = append(r.Handsets, ledger.Handset{Key: fmt.Sprint("HANDSET", i), Brand: "Ours", Model: fmt.Sprint(i / 4)})
		if i%4 == 0 {
			r.Models = append(r.Models, ledger.Sharing{Brand: "Ours", Model: fmt.Sprint(i / 4)})
		}
		m := &r.Models[len(r.Models)-1]
		m.Handsets = append(m.Handsets, r.Handsets[i].Key)
	}
	entries := []evidence.Entry{{Kind: evidence.RunStarted}}
	for round := range 4 { // handsets play at the same time
		for i := range n {
			entries = append(entries, jobOf(r.Handsets[i].Key, round*4+i%4, round)...)
		}
	}
	return r, append(entries, evidence.Entry{Kind: evidence.RunEnded})
}

// jobOf is the entries of one job: the baseline first, then what the model owes.
func jobOf(key string, job, round int) []evidence.Entry {
	e := evidence.Entry{Serial: key, Scenario: evidence.Baseline, Repeat: 1, Attempt: 1, Bundle: fmt.Sprint("bundles/", key, ".", round)}
	if round > 0 {
		job -= 4
		e.Scenario, e.Repeat = fmt.Sprint("scenario-", job%6), 1+job/6
	}
	var all []evidence.Entry
	add := func(kind evidence.Kind, c *evidence.Change) {
		e.Kind, e.Change = kind, c
		all = append(all, e)
	}
	add(evidence.JobStarted, nil)
	for i := range 4 {
		c := &evidence.Change{ID: round*4 + i + 1, What: "a change", Undo: []string{"input", "keyevent", "KEYCODE_HOME"}}
		add(evidence.Changed, c)
		add(evidence.Undone, c)
	}
	e.Outcome = &evidence.Outcome{State: evidence.Finished}
	add(evidence.JobEnded, nil)
	return all
}
