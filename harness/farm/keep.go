package farm

import (
	"context"
	"sync"
	"time"

	"assay/harness/adb"
)

// kept is what the farm knows of one adb server.
type kept struct {
	raising sync.Mutex // held by whoever starts it
	deaths  int        // guarded by the farm's lock
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

// keep holds a server until it dies, and has it back.
func (f *Farm) keep(ctx context.Context, addr string, inv Inventory) {
	held := false
	err := f.server(addr).Hold(ctx, func() { held = true })
	if ctx.Err() != nil {
		return
	}
	if held {
		f.mu.Lock()
		f.kept(addr).deaths++
		f.mu.Unlock()
		f.log().Warn("adb server is gone", "server", addr, "err", err)
	}
	if err = f.raise(ctx, addr); err == nil {
		err = f.reconnect(ctx, addr, inv)
	}
	if err == nil && held {
		f.log().Info("adb server is back", "server", addr)
		return
	}
	select { // the wall's time: it is of this computer's processes, and not of handsets
	case <-time.After(keepPause):
	case <-ctx.Done():
	}
}

// Deaths says how often an adb server died while Keep watched over it.
func (f *Farm) Deaths(server string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.kept(canonical(f.server(server).Addr())).deaths
}

// Deaths says how often the handset's adb server died.
func (l *Lease) Deaths() int { return l.farm.Deaths(l.Entry.Server) }

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
