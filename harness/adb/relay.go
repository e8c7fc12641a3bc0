package adb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"

	"github.com/electricbubble/gadb"
)

// relay stands between gadb and the server for one operation, and gives gadb
// what it lacks: a context; limits on dial, handshake and silence, also while
// writing; a bound on what a handset may have it allocate; errors that callers
// can branch on; and a handset of our choosing. gadb makes a Device of a row of
// host:devices-l alone, from which it drops rows of unusual shape, and addresses
// it by serial, which two handsets may share. So the relay answers that request
// itself, with one row, and chooses the handset as the rest of this package does.
type relay struct {
	server   *Server
	device   *Device // nil for an operation on the server
	listener net.Listener
	stop     func() bool
	serving  sync.WaitGroup

	mu    sync.Mutex
	open  map[net.Conn]bool
	ended bool
	first error // of the server or the handset
}

// gadbPatience switches gadb's own limit on reading off, a day being enough: it
// would otherwise end what takes over 60 s, whatever it is. The variable counts
// seconds and is shared by all of gadb, so it is set once, before its first use
// here.
var gadbPatience = sync.OnceFunc(func() { gadb.DefaultAdbReadTimeout = 24 * 60 * 60 })

// gadb runs one operation of gadb through a relay of its own.
func (s *Server) gadb(ctx context.Context, d *Device, operation func(*relay, gadb.Client) error) error {
	gadbPatience()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("relay: %w", err)
	}
	r := &relay{server: s, device: d, listener: listener, open: map[net.Conn]bool{}}
	r.stop = context.AfterFunc(ctx, r.cut)
	r.serving.Go(func() { r.accept(ctx) })
	client, err := gadb.NewClientWith("127.0.0.1", listener.Addr().(*net.TCPAddr).Port)
	if err == nil {
		err = operation(r, client)
	}
	r.close()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	if first := r.fault(); first != nil {
		return first
	}
	return err
}

// gadb runs one operation of gadb on a handset.
func (d *Device) gadb(ctx context.Context, operation func(*relay, gadb.Device) error) error {
	return d.server.gadb(ctx, d, func(r *relay, c gadb.Client) error {
		devices, err := c.DeviceList()
		if err != nil {
			return err
		}
		if len(devices) != 1 {
			return fmt.Errorf("relay: gadb made %d devices of one row", len(devices))
		}
		return operation(r, devices[0])
	})
}

// relayRow is the answer to gadb's host:devices-l. Its serial is never sent on.
const relayRow = "handset device usb:0-0 transport_id:1"

func (r *relay) accept(ctx context.Context) {
	for {
		c, err := r.listener.Accept()
		if err != nil {
			return // closed
		}
		if !r.keep(c) {
			return
		}
		r.serving.Go(func() {
			defer r.drop(c)
			err := r.serve(ctx, c)
			if err != nil && !errors.As(err, new(*sinkError)) {
				r.fail(err)
				reset(c)
			}
		})
	}
}

// serve answers one of gadb's connections.
func (r *relay) serve(ctx context.Context, down net.Conn) error {
	service, err := request(ctx, down)
	if err != nil {
		return nil // gadb.NewClientWith tries the address, and says nothing
	}
	switch device, ok := strings.CutPrefix(service, "host-serial:handset:"); {
	case service == "host:devices-l":
		return reply(down, "OKAY%04x%s", len(relayRow), relayRow)
	case service == "host:transport:handset":
		return r.sync(ctx, down)
	case ok:
		return r.pass(ctx, down, r.device.prefix()+device)
	}
	return r.pass(ctx, down, service)
}

// pass sends a host request on, and hands its answer back once it is whole.
func (r *relay) pass(ctx context.Context, down net.Conn, service string) error {
	if r.device != nil {
		if err := r.device.same(ctx); err != nil {
			return err
		}
	}
	up, err := r.server.open(ctx, service)
	if err != nil && r.device != nil {
		return r.device.explain(ctx, err)
	}
	if err != nil {
		return err
	}
	defer up.Close()
	if r.device != nil { // a forward: gadb reads one OKAY of the two that mean success
		if err := up.status(ctx, service); err != nil {
			return err
		}
		return reply(down, "OKAYOKAY")
	}
	up.stream(r.server.Silence) // a connect answers when the handset has
	text, err := up.text(ctx)
	if err != nil {
		return err
	}
	r.fail(failure(OwnerHandset, service, text)) // should gadb think that it is one
	return reply(down, "OKAY%04x%s", len(text), text)
}

// reply answers gadb. That it is gone is no fault of the handset's.
func reply(down net.Conn, format string, args ...any) error {
	if _, err := fmt.Fprintf(down, format, args...); err != nil {
		return &sinkError{err}
	}
	return nil
}

// request reads one request of gadb's.
func request(ctx context.Context, down net.Conn) (string, error) {
	return (&conn{Conn: down}).string(ctx)
}

// keep takes note of a connection, unless all is over.
func (r *relay) keep(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		reset(c)
		return false
	}
	r.open[c] = true
	return true
}

func (r *relay) drop(c net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.Close()
	delete(r.open, c)
}

// fail keeps the first error.
func (r *relay) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.first == nil {
		r.first = err
	}
}

func (r *relay) fault() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.first
}

// cut ends everything at once, with resets.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	r.listener.Close()
	for c := range r.open {
		reset(c)
	}
}

func (r *relay) close() {
	r.stop()
	r.cut()
	r.serving.Wait()
}

// reset closes a connection so that gadb cannot take it for an end of output.
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.Close()
}
