package lab

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"assay/harness/adb"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/lab/schedule"
)

// keep watches over the run's adb servers until it is told to stop.
func (r *run) keep(ctx context.Context, servers []schedule.Load) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var addrs []string
	for _, l := range servers {
		addrs = append(addrs, l.Server)
	}
	var keeping sync.WaitGroup
	keeping.Go(func() { r.farm.Keep(ctx, r.plan.Inventory, addrs...) })
	return func() {
		cancel()
		keeping.Wait()
	}
}

// sparedDeaths is how many deaths of an adb server one thing outlives that is done with
// a handset: a server that dies for ever must not hold a run.
const sparedDeaths = 20

// outages is how often the handset's adb server was away so far.
func (hr *handsetRun) outages() farm.Outages { return hr.run.farm.Outages(hr.place.Entry.Server) }

// despite does something with the handset, and again where its adb server died
// meanwhile and both are back.
func (hr *handsetRun) despite(ctx context.Context, do func() error) error {
	for n := 0; ; n++ {
		before := hr.outages()
		err := do()
		if err == nil || n >= sparedDeaths || ctx.Err() != nil || hr.run.draining() ||
			adb.Owner(err) != adb.OwnerServer && !hr.outages().Since(before) {
			return err
		}
		if lost := hr.await(ctx); lost != nil {
			return lost
		}
	}
}

// await brings the handset back, within the patience.
func (hr *handsetRun) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, hr.run.patience())
	defer cancel()
	ctx, stop := hr.run.whileRunning(ctx)
	defer stop()
	return hr.climb(ctx)
}

// blameServer names whose fault it was that an attempt ended, where the handset was
// lost because its adb server died and another one has been started by now.
func (hr *handsetRun) blameServer(o *evidence.Outcome, before farm.Outages) {
	if o.State != evidence.Infra || o.Owner == evidence.OwnerServer || !hr.outages().Since(before) {
		return
	}
	o.Owner, o.Cause, o.Remedy = evidence.OwnerServer, "the adb server died meanwhile: "+o.Cause, serverDied
}

const serverDied = "it is played again; find out who ends the adb server (adb kill-server, or an adb of another version)"

// reading are commands that change nothing on a handset, by how they begin. What is
// not among them is asked again only where the adb server did not take the request.
var reading = []string{"cat", "date", "df", "dumpsys", "getprop", "id", "ls",
	"pm list", "pm path", "ps", "service check", "settings get", "settings list", "stat"}

// onlyReads says whether a command changes nothing.
func onlyReads(argv []string) bool {
	line := strings.Join(argv, " ")
	if argv[0] == "sh" { // clocks alone: what is read with one in the same shell is a log's
		return len(argv) == 3 && strings.HasPrefix(argv[2], askClock)
	}
	return slices.ContainsFunc(reading, func(r string) bool { return line == r || strings.HasPrefix(line, r+" ") })
}

// despite asks the handset something, and again where its adb server died meanwhile and
// either asking twice changes nothing or the server did not take the request. anew
// takes back what had come; nil: nothing has to be.
func (h *handset) despite(ctx context.Context, twice bool, ask func() error, anew func() error) error {
	for n := 0; ; n++ {
		before := h.lease.Outages()
		err := ask()
		if err == nil || h.keeper == nil || n >= sparedDeaths || !twice && !notTaken(err) || !h.keeper.regain(ctx, err, before) {
			return err
		}
		if anew == nil {
			continue
		}
		if err := anew(); err != nil {
			return err
		}
	}
}

// notTaken says whether a request certainly never reached the handset: no server was
// there, or one that did not have the handset yet.
func notTaken(err error) bool {
	return errors.Is(err, adb.ErrNoServer) || errors.Is(err, adb.ErrNoDevice) || errors.Is(err, adb.ErrOffline)
}

// regain brings the handset back after its adb server died, and says whether it is, with
// the boot that it had: what is recorded must not go across two.
func (hr *handsetRun) regain(ctx context.Context, err error, before farm.Outages) bool {
	if ctx.Err() != nil || hr.run.draining() || adb.Owner(err) != adb.OwnerServer && !hr.outages().Since(before) {
		return false
	}
	boot := hr.lease.BootID
	if hr.await(ctx) != nil {
		return false
	}
	if hr.lease.BootID != boot {
		hr.crossed = true // which steady tells: by now the lease knows the new one
		return false
	}
	return true
}
