package adb

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// defaultEvery is how often Watch looks where the caller does not say.
const defaultEvery = 2 * time.Second

// Watch calls changed with the list of handsets, at once and whenever it has
// changed, until the context ends; it returns the context's error. While no
// server answers the list is nil, which is not the same as an empty one. A
// server that comes back is taken up again; handsets on the network must be
// connected anew, for it has forgotten them. changed is never called twice at
// the same time.
//
// It asks for the list every so often (0: 2 s), and at once when the server says
// that something changed, which adb 29 does not for every change of state.
func (s *Server) Watch(ctx context.Context, every time.Duration, changed func([]Row)) error {
	if every <= 0 {
		every = defaultEvery
	}
	ctx, cancel := context.WithCancelCause(ctx)
	hint := make(chan struct{}, 1)
	var tracking sync.WaitGroup
	tracking.Go(func() { s.track(ctx, every, hint) })
	defer tracking.Wait()
	defer cancel(nil)

	tick := time.NewTicker(every)
	defer tick.Stop()
	var last []Row
	for first := true; ; first = false {
		rows, err := s.Devices(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			rows = nil
		}
		if first || !sameRows(last, rows) {
			if err != nil {
				s.Log.Warn("lost sight of the handsets", "err", err, "remedy", Remedy(err))
			}
			changed(slices.Clone(rows))
			last = rows
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		case <-hint:
		}
	}
}

// sameRows compares two lists, whatever their order: the server's changes when
// a handset comes back.
func sameRows(a, b []Row) bool {
	if (a == nil) != (b == nil) || len(a) != len(b) {
		return false
	}
	count := map[Row]int{}
	for _, r := range a {
		count[r]++
	}
	for _, r := range b {
		count[r]--
		if count[r] < 0 {
			return false
		}
	}
	return true
}

// track follows host:track-devices and hints at each of its lists. It reads them
// only to know that there was one.
func (s *Server) track(ctx context.Context, every time.Duration, hint chan<- struct{}) {
	for ctx.Err() == nil {
		err := s.trackOnce(ctx, func() {
			select {
			case hint <- struct{}{}:
			default: // one is waiting already
			}
		})
		if ctx.Err() == nil && !errors.Is(err, ErrNoServer) {
			s.Log.Debug("tracking ended", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(every):
		}
	}
}

// Hold keeps a connection to the server, and returns when the server ends it, which it
// does by ending itself: the error says how, and is never nil. begun is called once the
// connection stands.
func (s *Server) Hold(ctx context.Context, begun func()) error {
	return s.trackOnce(ctx, sync.OnceFunc(begun))
}

func (s *Server) trackOnce(ctx context.Context, seen func()) error {
	c, err := s.open(ctx, "host:track-devices")
	if err != nil {
		return err
	}
	defer c.Close()
	c.stream(0) // nothing comes while nothing changes
	for {
		if _, err := c.string(ctx); err != nil {
			return err
		}
		seen()
	}
}
