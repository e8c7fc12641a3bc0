package farm

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"assay/harness/adb"
)

// kept is what the farm knows of one adb server.
type kept struct {
	raising sync.Mutex // held by whoever starts it
	outages Outages    // guarded by the farm's lock
}

// Outages counts how often an adb server went, and was back with its handsets.
type Outages struct{ Began, Ended int }

// Since says whether the server was away at any time from when earlier was counted.
func (o Outages) Since(earlier Outages) bool {
	return o != earlier || earlier.Began > earlier.Ended
}

// Keep watches over adb servers until the context ends. It notes when one dies, starts
// it again where MayStart says so, and has it connect what is on the network, for a
// server that has just started knows none of that. It changes nothing on any handset.
func (f *Farm) Keep(ctx context.Context, inv Inventory, servers ...string) {
	var keeping sync.WaitGroup
	defer keeping.Wait()
	for _, addr := range servers {
		keeping.Go(func() {
			for ctx.Err() == nil {
				f.keep(ctx, addr, inv)
			}
		})
	}
}

// keepPause is how long a server is left alone that cannot be held.
const keepPause = 500 * time.Millisecond

// keep has a server back that is away, or holds it until it dies.
func (f *Farm) keep(ctx context.Context, addr string, inv Inventory) {
	var err error
	if f.away(addr) {
		if err = f.haveBack(ctx, addr, inv); err == nil {
			f.log().Info("adb server is back", "server", addr)
			return
		}
	} else {
		held := false
		err = f.server(addr).Hold(ctx, func() { held = true })
		if ctx.Err() != nil {
			return
		}
		if held || errors.Is(err, adb.ErrNoServer) {
			f.mu.Lock()
			f.kept(addr).outages.Began++
			f.mu.Unlock()
			f.log().Warn("adb server is gone", "server", addr, "err", err)
			return
		}
	}
	select { // the wall's time: it is of this computer's processes, and not of handsets
	case <-time.After(keepPause):
	case <-ctx.Done():
	}
}

// haveBack has a server started, and waits until it has its handsets.
func (f *Farm) haveBack(ctx context.Context, addr string, inv Inventory) error {
	err := f.raise(ctx, addr)
	if err == nil {
		_ = f.reconnect(ctx, addr, inv) // a handset that is off the network keeps nobody waiting
		err = f.relisted(ctx, addr)
	}
	if err == nil {
		f.mu.Lock()
		k := f.kept(addr)
		k.outages.Ended = k.outages.Began
		f.mu.Unlock()
	}
	return err
}

func (f *Farm) away(addr string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	o := f.kept(addr).outages
	return o.Began > o.Ended
}

// relisting is how long a server that has started may take to list its handsets: it
// asks each, and a hub has many.
const relisting = 10 * time.Second

// relisted waits until a server lists the handsets again that are leased, or for as
// long as that may take.
func (f *Farm) relisted(ctx context.Context, addr string) error {
	for end := time.Now().Add(relisting); ; {
		rows, err := f.server(addr).Devices(ctx)
		if err != nil || f.hasBack(addr, rows) || time.Now().After(end) {
			return err
		}
		select { // the wall's time, as above
		case <-time.After(keepPause / 2):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// hasBack says whether each handset that is leased behind a server is among its rows, and
// answers.
func (f *Farm) hasBack(addr string, rows []adb.Row) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.leased {
		if canonical(f.server(l.Entry.Server).Addr()) == addr && !slices.ContainsFunc(rows, func(r adb.Row) bool {
			return r.Serial == l.Entry.serial() && r.Err() == nil
		}) {
			return false
		}
	}
	return true
}

// Outages says how often an adb server was away while Keep watched over it.
func (f *Farm) Outages(server string) Outages {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.kept(canonical(f.server(server).Addr())).outages
}

// Outages says how often the handset's adb server was away.
func (l *Lease) Outages() Outages { return l.farm.Outages(l.Entry.Server) }

// kept is what is known of a server. Its caller holds the lock.
func (f *Farm) kept(addr string) *kept {
	if f.servers == nil {
		f.servers = map[string]*kept{}
	}
	if f.servers[addr] == nil {
		f.servers[addr] = &kept{}
	}
	return f.servers[addr]
}

// raise makes sure that an adb server answers: it is started where it may be.
func (f *Farm) raise(ctx context.Context, addr string) error {
	f.mu.Lock()
	k := f.kept(addr)
	f.mu.Unlock()
	k.raising.Lock()
	defer k.raising.Unlock()
	server := f.server(addr)
	if f.MayStart != nil && f.MayStart(addr) {
		return server.Ensure(ctx)
	}
	_, err := server.Version(ctx)
	return err
}

// Await waits until an adb server answers, for as long as patience says, and starts it
// where it may be. The error is why it does not answer.
func (f *Farm) Await(ctx context.Context, server string, patience time.Duration) error {
	addr := canonical(f.server(server).Addr())
	clock := f.clock()
	for end := clock.Now().Add(patience); ; {
		asking, cancel := asked(ctx, f.answer()+adb.Starting)
		err := f.raise(asking, addr)
		cancel()
		if err == nil || !clock.Now().Before(end) {
			return err
		}
		if stopped := clock.Wait(ctx, time.Second); stopped != nil {
			return err
		}
	}
}
