package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"assay/harness/evidence"
	"assay/harness/farm"
)

// incidents remembers which incidents of a run are in its journal.
type incidents struct {
	mu   sync.Mutex
	told map[string]bool
}

// first says whether nobody has told of an incident yet.
func (i *incidents) first(of farm.Incident) bool {
	key := of.Host + " " + of.Hub + of.Began.Format(time.RFC3339Nano)
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.told[key] {
		return false
	}
	if i.told == nil {
		i.told = map[string]bool{}
	}
	i.told[key] = true
	return true
}

// spared is how many of a job's attempts a hub's faults may cost before they
// count as the handset's own: a hub that fails for ever must not hold a run.
const spared = 3

// lostNow enters the loss of the handset.
func (hr *handsetRun) lostNow() farm.Loss {
	place := hr.place
	place.Row = hr.lease.Device.Row()
	loss := farm.LossOf(place, time.Now())
	hr.run.losses.Lost(loss)
	return loss
}

// spent counts the losses that used an attempt up: those that no other handset
// of a hub shared, and what goes beyond what is spared.
func (hr *handsetRun) spent(ctx context.Context, losses []farm.Loss) (int, error) {
	if len(losses) >= attempts && hr.company() {
		hr.pause(ctx, time.Until(losses[len(losses)-1].At.Add(farm.Together)))
	}
	shared := 0
	for _, l := range losses {
		if hr.run.losses.Of(l).Shared() {
			shared++
		}
	}
	return len(losses) - min(shared, spared), hr.run.tellIncidents(time.Now().Add(-farm.Together))
}

// tellIncidents journals each incident once that several handsets shared and that
// began before a time.
func (r *run) tellIncidents(before time.Time) error {
	for _, i := range r.losses.Incidents() {
		if !i.Shared() || i.Began.After(before) || !r.incidents.first(i) {
			continue
		}
		var keys []string
		for _, l := range i.Losses {
			keys = append(keys, l.Key)
		}
		slices.Sort(keys)
		hub := strings.TrimSpace(i.Host + " " + i.Hub)
		r.Log.Warn("incident", "hub", hub, "handsets", keys)
		note := fmt.Sprintf("hub %s: %d handsets lost within %v: %s", hub, len(keys), farm.Together, strings.Join(keys, ", "))
		if err := r.journal.Append(evidence.Entry{Kind: evidence.Incident, Note: note}); err != nil {
			return err
		}
	}
	return nil
}

// company says whether another handset of the run hangs on a hub of this one's:
// else it is never lost with others.
func (hr *handsetRun) company() bool { return hr.run.schedule.SharesHub(hr.worker) }

// pause waits, unless the run is stopped.
func (hr *handsetRun) pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-hr.run.Drain:
	}
}
