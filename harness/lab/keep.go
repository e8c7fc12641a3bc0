package lab

import (
	"context"
	"sync"

	"assay/harness/adb"
	"assay/harness/evidence"
)

// keep watches over the run's adb servers until it is told to stop.
func (s *shift) keep(ctx context.Context, servers []Load) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var addrs []string
	for _, l := range servers {
		addrs = append(addrs, l.Server)
	}
	var keeping sync.WaitGroup
	keeping.Go(func() { s.room.Keep(ctx, s.plan.Inventory, addrs...) })
	return func() {
		cancel()
		keeping.Wait()
	}
}

// sparedDeaths is how many deaths of an adb server one thing outlives that is done with
// a handset: a server that dies for ever must not hold a run.
const sparedDeaths = 20

// deaths is how often the handset's adb server has died so far.
func (b *bout) deaths() int { return b.room.Deaths(b.place.Entry.Server) }

// despite does something with the handset, and again where its adb server died
// meanwhile and both are back.
func (b *bout) despite(ctx context.Context, do func() error) error {
	for n := 0; ; n++ {
		before := b.deaths()
		err := do()
		if err == nil || n >= sparedDeaths || ctx.Err() != nil || b.draining() || adb.Owner(err) != adb.OwnerServer && b.deaths() == before {
			return err
		}
		if lost := b.await(ctx); lost != nil {
			return lost
		}
	}
}

// await brings the handset back, within the patience.
func (b *bout) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, b.patience())
	defer cancel()
	ctx, stop := b.whileRunning(ctx)
	defer stop()
	return b.climb(ctx)
}

// blameServer names whose fault it was that an attempt ended, where the handset was
// lost because its adb server died and another one has been started by now.
func (b *bout) blameServer(o *evidence.Outcome, before int) {
	if o.State != evidence.Infra || o.Owner == adb.OwnerServer || b.deaths() == before {
		return
	}
	o.Owner, o.Cause, o.Remedy = adb.OwnerServer, "the adb server died meanwhile: "+o.Cause, serverDied
}

const serverDied = "it is played again; find out who ends the adb server (adb kill-server, or an adb of another version)"
