package face

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"

	"assay/harness/virtual/wire"
)

// serverVersion is that of adb 29.0.6, whose manners the server has.
const serverVersion = 41

// Serve is an adb server for a farm: it answers on a listener until ctx is
// cancelled or a client asks it to die, and then returns nil once every
// connection has ended. Like a real server it aborts, with an error, when a
// client sends a handset a service longer than that handset takes.
func Serve(ctx context.Context, ln net.Listener, farm *Farm) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := &server{farm: farm, end: cancel, forwards: forwards{farm: farm}}
	stop := context.AfterFunc(ctx, func() { ln.Close() })
	defer stop()
	defer farm.onRestart(s.forwards.closeAll)()
	var clients sync.WaitGroup
	for {
		conn, err := ln.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				cancel(abort("accept: " + err.Error()))
			}
			cancel(nil)
			break
		}
		clients.Go(func() {
			defer conn.Close()
			defer context.AfterFunc(ctx, func() { conn.Close() })()
			how, leave := farm.arrive(conn)
			defer leave()
			switch how {
			case welcome:
				s.serve(ctx, conn)
			case ignored:
				io.Copy(io.Discard, conn)
			case turnedAway:
				reset(conn)
			}
		})
	}
	s.forwards.closeAll()
	clients.Wait()
	s.forwards.wait()
	if cause := context.Cause(ctx); errors.As(cause, new(abort)) {
		return cause
	}
	return nil
}

// abort is what ends the whole server, as a failed check does in adb.
type abort string

func (a abort) Error() string { return string(a) }

// server is one running adb server.
type server struct {
	farm     *Farm
	end      context.CancelCauseFunc
	forwards forwards
}

// client is one connection to the server.
type client struct {
	*server
	net.Conn
	in *bufio.Reader
}

// serve answers one connection: one request, or a transport and then a service.
func (s *server) serve(ctx context.Context, conn net.Conn) {
	c := &client{server: s, Conn: conn, in: bufio.NewReader(conn)}
	request, err := wire.ReadRequest(c.in)
	if err != nil {
		return
	}
	if t, ok := transportOf(request); ok {
		c.transport(ctx, t)
		return
	}
	t, hostRequest, ok := hostRequestOf(request)
	if !ok {
		wire.WriteFail(c, "device offline (no transport)")
		return
	}
	c.host(ctx, t, hostRequest)
}

// asked is a request for a transport.
type asked struct {
	target
	tport bool // the answer holds the transport's id
}

// transportOf reads host:transport:S, -any, -usb, -local, -id:N, and host:tport:
// with serial:S, any, usb or local.
func transportOf(request string) (asked, bool) {
	rest, ok := strings.CutPrefix(request, "host:")
	if !ok {
		return asked{}, false
	}
	if kind, ok := strings.CutPrefix(rest, "tport:"); ok {
		if serial, ok := strings.CutPrefix(kind, "serial:"); ok {
			return asked{target{serial: serial}, true}, true
		}
		return asked{target{kind: kind}, true}, kind == "any" || kind == "usb" || kind == "local"
	}
	rest, ok = strings.CutPrefix(rest, "transport")
	switch {
	case !ok:
		return asked{}, false
	case rest == "-any", rest == "-usb", rest == "-local":
		return asked{target: target{kind: rest[1:]}}, true
	case strings.HasPrefix(rest, "-id:"):
		return asked{target: target{id: number(rest[len("-id:"):])}}, true
	case strings.HasPrefix(rest, ":"):
		return asked{target: target{serial: rest[1:]}}, true
	}
	return asked{}, false
}

// number reads a transport id; what is none becomes one that nobody has.
func number(text string) uint64 {
	var n uint64
	if _, err := fmt.Sscanf(text, "%d", &n); err != nil || n == 0 {
		return 1 << 62
	}
	return n
}

// transport answers for a transport and then serves one service over it.
func (c *client) transport(ctx context.Context, a asked) {
	r, err := c.farm.acquire(a.target, false)
	if err != nil {
		wire.WriteFail(c, err.Error())
		return
	}
	answer := []byte("OKAY")
	if a.tport {
		answer = binary.LittleEndian.AppendUint64(answer, r.id)
	}
	if _, err := c.Write(answer); err != nil {
		return
	}
	service, err := wire.ReadRequest(c.in)
	if err != nil {
		return
	}
	if t, inner, ok := hostRequestOf(service); ok && t == (target{kind: "any"}) {
		c.host(ctx, target{id: r.id}, inner) // host: requests go to the transport that was chosen
		return
	}
	c.device(ctx, r.handset, service)
}

// device serves a service of a handset.
func (c *client) device(ctx context.Context, h Handset, service string) {
	if len(service)+1 > h.MaxPayload() {
		c.end(abort(fmt.Sprintf("adb server: Check failed: p->msg.data_length <= s->get_max_payload() (data_length=%d, "+
			"get_max_payload()=%d)", len(service)+1, h.MaxPayload())))
		return
	}
	if state := h.Faults().State(false); state != "device" {
		wire.WriteFail(c, "device offline (transport offline)")
		return
	}
	opened := openService(ctx, h, service, usbHost{h.Serial()})
	if opened == nil {
		wire.WriteFail(c, "closed")
		return
	}
	if wire.WriteOkay(c) != nil {
		return
	}
	opened.run(bufferedConn{c.Conn, c.in})
}

// bufferedConn is a connection of which something may have been read ahead.
type bufferedConn struct {
	net.Conn
	in *bufio.Reader
}

func (b bufferedConn) Read(p []byte) (int, error) { return b.in.Read(p) }

// CloseWrite ends this side of the connection, so that the other side can be
// heard out. A connection closed with bytes unread is reset, and takes what was
// written last with it.
func (b bufferedConn) CloseWrite() error {
	half, ok := b.Conn.(interface{ CloseWrite() error })
	if !ok {
		return errors.ErrUnsupported
	}
	return half.CloseWrite()
}
