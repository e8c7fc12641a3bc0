package face

import (
	"bufio"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"strings"
	"sync"

	"assay/harness/virtual/fault"
	"assay/harness/virtual/wire"
)

// ServeDevice is the adbd of one handset on a TCP port: a real adb server joins
// it with adb connect. It answers until ctx is cancelled, and returns nil once
// every connection has ended.
func ServeDevice(ctx context.Context, ln net.Listener, h Handset) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { ln.Close() })()
	var hosts sync.WaitGroup
	for {
		conn, err := ln.Accept()
		if err != nil {
			cancelled := ctx.Err() != nil
			cancel()
			hosts.Wait()
			if cancelled || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		hosts.Go(func() { ServeConn(ctx, conn, h) })
	}
}

// hostConn is a connection of an adb server to the handset.
type hostConn struct {
	handset Handset
	conn    net.Conn
	in      *bufio.Reader

	write sync.Mutex
	sums  bool // as the versions of both demand

	online  bool
	payload int // the most that may be sent in one message

	mu      sync.Mutex
	streams map[uint32]*hostStream
	lastID  uint32
	number  int // of the connection, as adbd counts them
	serving sync.WaitGroup
}

// ServeConn is the adbd of a handset on one connection, whose adb server is at the other
// end. It returns once all that the server has opened has ended.
func ServeConn(ctx context.Context, conn net.Conn, h Handset) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	there := h.Faults().State(true) != fault.Gone
	lost := h.Faults().Gate()
	var watching sync.WaitGroup
	watching.Go(func() {
		select {
		case <-lost:
			conn.Close()
		case <-ctx.Done():
		}
	})
	c := &hostConn{handset: h, conn: conn, in: bufio.NewReaderSize(conn, 64<<10), sums: true, payload: 4096, streams: map[uint32]*hostStream{},
		number: int(h.Adbd().connections.Add(1))}
	if there && h.Faults().State(false) != fault.Gone {
		c.loop(ctx)
	}
	cancel()
	conn.Close()
	c.closeAll()
	h.Adbd().reverses.leave(c)
	c.serving.Wait()
	watching.Wait()
}

// loop answers messages until the connection ends.
func (c *hostConn) loop(ctx context.Context) {
	for {
		m, err := wire.ReadMessage(c.in, wire.LargestPayload, c.online && c.sums)
		if err != nil {
			return
		}
		switch m.Command {
		case wire.CNXN:
			err = c.connect(m)
		case wire.AUTH:
			err = c.auth(m)
		case wire.OPEN, wire.OKAY, wire.WRTE, wire.CLSE:
			if c.online {
				err = c.stream(ctx, m)
			}
		}
		if err != nil {
			return
		}
	}
}

func (c *hostConn) send(m wire.Message) error {
	c.write.Lock()
	defer c.write.Unlock()
	parts := net.Buffers{m.Head(c.sums), m.Data} // in one write, without a copy of the data
	_, err := parts.WriteTo(c.conn)
	return err
}

// protocolVersion is the protocol's version of the handset's adbd: Android 9 left sums out.
func protocolVersion(h Handset) uint32 {
	if h.SDK() < 28 {
		return wire.VersionWithSums
	}
	return wire.VersionWithoutSums
}

// connect answers CNXN with the handset's own, unless a fault has it otherwise:
// an offline handset says nothing, one that does not trust the host asks for a
// signature.
func (c *hostConn) connect(m wire.Message) error {
	switch c.handset.Faults().State(false) {
	case "offline":
		return nil
	case "unauthorized":
		return c.send(wire.Message{Command: wire.AUTH, Arg0: wire.AuthToken, Data: c.token()})
	}
	c.closeAll()
	version, payload := min(m.Arg0, protocolVersion(c.handset)), min(m.Arg1, uint32(c.handset.MaxPayload()))
	err := c.send(wire.Message{Command: wire.CNXN, Arg0: protocolVersion(c.handset), Arg1: uint32(c.handset.MaxPayload()),
		Data: []byte(c.handset.Banner())})
	c.write.Lock()
	c.sums = version < wire.VersionWithoutSums
	c.write.Unlock()
	c.payload = int(max(payload, 1))
	c.online = true
	return err
}

// auth asks for another signature after each: the handset's owner never agrees.
func (c *hostConn) auth(m wire.Message) error {
	if m.Arg0 != wire.AuthSignature || c.online {
		return nil // the host's public key waits for the owner's answer
	}
	return c.send(wire.Message{Command: wire.AUTH, Arg0: wire.AuthToken, Data: c.token()})
}

func (c *hostConn) token() []byte {
	token := make([]byte, 20)
	for i := range token {
		token[i] = byte(rand.Uint32()) // a secret of nobody's: no signature of it counts
	}
	return token
}

// mostStreams is how many services one connection may have open.
const mostStreams = 256

// stream answers the messages of services.
func (c *hostConn) stream(ctx context.Context, m wire.Message) error {
	if m.Command == wire.OPEN {
		return c.open(ctx, m)
	}
	c.mu.Lock()
	s := c.streams[m.Arg1]
	c.mu.Unlock()
	if s == nil || !s.isOf(m.Arg0) {
		if m.Command == wire.WRTE {
			return c.send(wire.Message{Command: wire.CLSE, Arg1: m.Arg0})
		}
		return nil
	}
	switch m.Command {
	case wire.OKAY:
		s.acknowledged(m.Arg0)
	case wire.WRTE:
		if len(m.Data) > c.payload || !s.deliver(m.Data) {
			s.Close() // a host that does not wait for its OKAY
		}
	case wire.CLSE:
		s.Close()
	}
	return nil
}

func (c *hostConn) open(ctx context.Context, m wire.Message) error {
	refuse := wire.Message{Command: wire.CLSE, Arg1: m.Arg0}
	if m.Arg0 == 0 || m.Arg1 != 0 || len(m.Data) > c.payload {
		return c.send(refuse)
	}
	name := strings.TrimRight(string(m.Data), "\x00")
	c.mu.Lock()
	full := len(c.streams) >= mostStreams
	c.mu.Unlock()
	if full || c.handset.Faults().State(false) != "device" {
		return c.send(refuse)
	}
	opened := openService(ctx, c.handset, name, c)
	if opened == nil {
		return c.send(refuse)
	}
	c.mu.Lock()
	c.lastID++
	s := newHostStream(c, c.lastID, m.Arg0)
	c.streams[s.id] = s
	c.mu.Unlock()
	if err := c.send(wire.Message{Command: wire.OKAY, Arg0: s.id, Arg1: s.peer.Load()}); err != nil {
		return err
	}
	c.serving.Go(func() { opened.run(s) })
	return nil
}

func (c *hostConn) closeAll() {
	c.mu.Lock()
	var open []*hostStream
	for _, s := range c.streams {
		open = append(open, s)
	}
	c.mu.Unlock()
	for _, s := range open {
		s.Close()
	}
}
