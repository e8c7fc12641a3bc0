package face

import (
	"context"
	"io"
	"strings"
	"sync"
	"time"

	"assay/harness/virtual/fault"
)

// service is one service of a handset, accepted and not yet run. Both faces run
// the same ones.
type service struct {
	ctx     context.Context // of the face; only until run
	handset Handset
	name    string
	faults  fault.Touching
	lost    <-chan struct{} // closed when the handset goes away
	serve   serving
}

// host is the computer at the other end of an adb connection, as adbd sees it.
type host interface {
	// transport is what adbd calls the connection (atransport::serial_name).
	transport(sdk int) string
	// dial has the adb server open a socket of the computer: tcp:8080.
	dial(ctx context.Context, address string) (io.ReadWriteCloser, error)
}

// serving does a service's work: it reads from a channel and writes to it until
// the work is done or ctx is cancelled.
type serving func(ctx context.Context, h Handset, c *channel)

// channel is what a service talks through.
type channel struct {
	in      io.Reader
	out     io.Writer
	cancel  func()         // ends the service: the other side has gone away
	readers sync.WaitGroup // of in, beside the service itself
}

// openService accepts a service by its name, and counts it. It returns nil for
// one that the handset's release does not have.
func openService(ctx context.Context, h Handset, name string, from host) *service {
	serve := serviceNamed(h, name, from)
	if serve == nil {
		return nil
	}
	lost := h.Faults().Gate()
	return &service{ctx: ctx, handset: h, name: name, faults: h.Faults().Open(name), lost: lost, serve: serve}
}

// serviceNamed is what adbd has behind a name (adb, daemon/services.cpp; before
// Android 9 services.cpp).
func serviceNamed(h Handset, name string, from host) serving {
	kind, rest, _ := strings.Cut(name, ":")
	kind, options, _ := strings.Cut(kind, ",")
	switch {
	case kind == "shell" && strings.HasPrefix(options, "v2"):
		if h.SDK() < firstShellV2 {
			return nil
		}
		return shellV2(options, rest)
	case kind == "shell" && options == "":
		return shellV1(rest, h.SDK() < firstShellV2)
	case kind == "exec" && options == "":
		return shellV1(rest, false)
	case name == "sync:":
		return serveSync
	case kind == "reverse":
		return reverse(rest, from)
	}
	for _, s := range adbdServices {
		if s.name == kind && s.colon == strings.Contains(name, ":") && h.SDK() >= s.sdk {
			return s.open(h, rest)
		}
	}
	if answer := h.Adbd().listeners.find(name); answer != nil {
		return func(ctx context.Context, _ Handset, c *channel) {
			answer(ctx, struct {
				io.Reader
				io.Writer
			}{c.in, c.out})
		}
	}
	return h.Adbd().reverses.through(name)
}

// firstShellV2 is the first SDK with shell v2 and with a raw PTY.
const firstShellV2 = 24

// run serves over a stream until the service is done, the other side goes away,
// a fault strikes or the face's context ends. It closes the stream.
func (s *service) run(stream io.ReadWriteCloser) {
	select {
	case <-s.lost: // this very service was one too many
		stream.Close()
		return
	default:
	}
	ctx, cancel := context.WithCancel(s.ctx)
	closing := sync.OnceFunc(func() { stream.Close() })
	cut := func() { cancel(); closing() }
	var helpers sync.WaitGroup
	helpers.Go(func() {
		select {
		case <-s.lost:
		case <-ctx.Done():
			if s.ctx.Err() == nil {
				return
			}
		}
		cut()
	})
	s.faults.StrikeFirst()
	out := s.faults.Damage(ctx, stream, cut)
	c := &channel{in: stream, out: out, cancel: cancel}
	if s.faults.RefusesAtOnce() {
		s.saysNothing(c, cut)
	} else {
		s.serve(ctx, s.handset, c)
		if ctx.Err() == nil {
			c.finish(stream)
		}
	}
	cut()
	helpers.Wait()
	c.readers.Wait()
	s.handset.Faults().CarryOut(true)
}

// saysNothing strikes what a fault strikes at once, or listens to the other
// side in silence until that has had enough.
func (s *service) saysNothing(c *channel, cut func()) {
	if s.faults.StrikeAtOnce() {
		cut()
		return
	}
	io.Copy(io.Discard, c.in)
}

// lastRead is how long the other side is given to take what it was sent last.
const lastRead = 2 * time.Second

// finish ends the stream so that nothing that was written is lost: it closes its
// own side, and hears the other side out.
func (c *channel) finish(stream io.ReadWriteCloser) {
	half, ok := stream.(interface {
		CloseWrite() error
		SetReadDeadline(time.Time) error
	})
	if !ok || half.CloseWrite() != nil {
		return
	}
	half.SetReadDeadline(time.Now().Add(lastRead))
	c.readers.Wait()
	io.Copy(io.Discard, stream)
}
