package adb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// longestService is the most that a request may hold. A server aborts, for all
// its handsets, when a request exceeds the maximum payload that the handset
// announced: 4096 bytes up to Android 6, later more, and it tells nobody which.
const longestService = 4000

// longestText is the most that a server sends as one string (adb.h MAX_PAYLOAD).
const longestText = 1 << 20

// conn is one connection to the server, under the limits of time. Its context
// closes it.
type conn struct {
	net.Conn
	stop  func() bool   // lets the context go
	owner string        // who is being waited for
	phase Deadline      // which limit is running
	limit time.Duration // of this phase; 0 or less: none
	total time.Duration
	end   time.Time // when total is over; zero: never
	came  atomic.Int64
	room  [512]byte // what came with a status
	ahead []byte    // of that, what is not yet read

	dialed time.Time
	arming sync.Mutex
	armed  time.Duration // since dialed: the deadline that is set
}

// dial connects to the server.
func (s *Server) dial(ctx context.Context) (*conn, error) {
	dialer := net.Dialer{Timeout: s.Dial}
	if s.local() {
		dialer.KeepAlive = -1 // nothing between the two forgets a connection
		if at, err := netip.ParseAddrPort(s.addr); err == nil {
			dialer.Control = early(at)
		}
	}
	raw, err := dialer.DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return nil, s.dialFault(ctx, err)
	}
	c := &conn{Conn: direct(raw), owner: OwnerServer, phase: DeadlineHandshake, limit: s.Handshake, dialed: time.Now()}
	c.stop = context.AfterFunc(ctx, c.abort)
	return c, nil
}

func (s *Server) dialFault(ctx context.Context, err error) error {
	var timeout net.Error
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w at %s", ErrNoServer, s.addr)
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return err // this computer's fault
	case errors.As(err, &timeout) && timeout.Timeout():
		return &Timeout{Deadline: DeadlineDial, After: s.Dial, Owner: OwnerServer}
	}
	return fmt.Errorf("%w at %s (%w)", ErrNoServer, s.addr, err)
}

// bound sets the limit of time for the whole.
func (c *conn) bound(started time.Time, total time.Duration) {
	if total > 0 {
		c.total, c.end = total, started.Add(total)
	}
}

// stream ends the handshake: from now on only silence counts.
func (c *conn) stream(silence time.Duration) {
	c.phase, c.limit = DeadlineSilence, silence
	c.came.Store(int64(len(c.ahead)))
}

// Read reads, and pushes the limit of silence on.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.ahead) > 0 {
		n := copy(p, c.ahead)
		c.ahead = c.ahead[n:]
		return n, nil
	}
	c.arm()
	n, err := c.Conn.Read(p)
	c.came.Add(int64(n))
	return n, err
}

// Write writes in pieces, each of which pushes the limit of silence on, for the
// reading side too.
func (c *conn) Write(p []byte) (int, error) {
	const piece = 64 << 10
	var written int
	for written < len(p) {
		c.arm()
		n, err := c.Conn.Write(p[written:min(len(p), written+piece)])
		written += n
		if err != nil {
			return written, err
		}
	}
	c.arm()
	return written, nil
}

// arm sets the deadline, of silence or of the whole. One of silence is set a
// little late, and then serves what comes within that little.
func (c *conn) arm() {
	const never = math.MaxInt64
	least, most := time.Duration(never), time.Duration(never)
	if c.limit > 0 {
		least = time.Since(c.dialed) + c.limit
		most = least + c.limit/32
	}
	if !c.end.IsZero() {
		end := c.end.Sub(c.dialed)
		least, most = min(least, end), min(most, end)
	}
	c.arming.Lock()
	defer c.arming.Unlock()
	if least <= c.armed && c.armed <= most {
		return
	}
	c.armed = most
	var deadline time.Time
	if most != never {
		deadline = c.dialed.Add(most)
	}
	c.Conn.SetDeadline(deadline) // errs on a closed connection only, as the read will
}

// Close closes the connection and lets go of the context.
func (c *conn) Close() error {
	c.stop()
	return c.Conn.Close()
}

// abort closes the connection with a reset, which nobody takes for an end of
// output.
func (c *conn) abort() {
	if tcp, ok := c.Conn.(interface{ SetLinger(sec int) error }); ok {
		tcp.SetLinger(0)
	}
	c.Conn.Close()
}

// fault says what an error of the socket means.
func (c *conn) fault(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		if !c.end.IsZero() && !time.Now().Before(c.end) {
			return &Timeout{Deadline: DeadlineTotal, After: c.total, Owner: c.owner}
		}
		return &Timeout{Deadline: c.phase, After: c.limit, Owner: c.owner}
	}
	return &TransportLost{Owner: c.owner, Bytes: c.came.Load(), Err: err}
}

// request sends one request and waits until it is accepted. Requests must not be
// pipelined: the server swallows what comes with another.
func (c *conn) request(ctx context.Context, service string) error {
	if len(service) > longestService {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrTooLong, len(service), longestService)
	}
	if _, err := fmt.Fprintf(c, "%04x%s", len(service), service); err != nil {
		return c.fault(ctx, err)
	}
	return c.status(ctx, service)
}

// status reads OKAY, or FAIL and its reason. What comes with it is kept for the next
// to read: the answer of a short command often does.
func (c *conn) status(ctx context.Context, service string) error {
	const size = 4
	n, err := io.ReadAtLeast(c, c.room[:], size)
	if err != nil {
		return c.fault(ctx, err)
	}
	word := c.room[:size]
	c.ahead = c.room[size:n]
	switch string(word) {
	case "OKAY":
		return nil
	case "FAIL":
		text, err := c.text(ctx)
		if err != nil {
			return err
		}
		return failure(c.owner, service, text)
	}
	return c.garbled("status %q is neither OKAY nor FAIL", word)
}

// text reads a string with its length in hex in front. The length has four
// digits, but a server writes five where the string is longer than they can
// say (adb_io.cpp SendProtocolString), as a list of many hundred handsets is:
// then the connection's end tells where the string ends.
func (c *conn) text(ctx context.Context) (string, error) {
	text, err := c.string(ctx)
	if err != nil || len(text) < 0x1000 {
		return text, err
	}
	rest, err := io.ReadAll(io.LimitReader(c, longestText))
	if err != nil || len(rest) == 0 {
		return text, nil // a string of four digits is whole
	}
	whole := fmt.Sprintf("%04x", len(text)) + text + string(rest)
	if size, err := strconv.ParseUint(whole[:5], 16, 32); err == nil && int(size) == len(whole)-5 {
		return whole[5:], nil
	}
	return "", c.garbled("string of %d bytes announced %q", len(whole)-4, whole[:4])
}

// string reads a string with four digits of length.
func (c *conn) string(ctx context.Context) (string, error) {
	var head [4]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return "", c.fault(ctx, err)
	}
	size, err := strconv.ParseUint(string(head[:]), 16, 16)
	if err != nil {
		return "", c.garbled("length %q is not hex", head[:])
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(c, body); err != nil {
		return "", c.fault(ctx, err)
	}
	return string(body), nil
}

// garbled says that the other side does not keep to the protocol.
func (c *conn) garbled(format string, args ...any) error {
	return &TransportLost{Owner: c.owner, Bytes: c.came.Load(), Err: fmt.Errorf("garbled reply: "+format, args...)}
}
