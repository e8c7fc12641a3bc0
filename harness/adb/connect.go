package adb

import (
	"context"
	"fmt"
	"net"
	"strconv"

	"github.com/electricbubble/gadb"
)

// defaultPort is where adbd listens after "adb tcpip 5555".
const defaultPort = 5555

// Connect has the server connect to a handset on the network ("host:port", or
// "host" for port 5555). Whether the handset can then be worked with is for
// Devices to say: it may be unauthorized, or offline.
func (s *Server) Connect(ctx context.Context, hostport string) error {
	host, port, err := address(hostport)
	if err == nil {
		err = s.probe(ctx, net.JoinHostPort(host, strconv.Itoa(port)))
	}
	if err == nil {
		err = s.gadb(ctx, nil, func(_ *relay, c gadb.Client) error { return c.Connect(bracketed(host), port) })
	}
	if err != nil {
		return fmt.Errorf("connect to %s: %w", hostport, err)
	}
	return nil
}

// Disconnect has the server let a handset on the network go. One that it does
// not have is ErrNoDevice.
func (s *Server) Disconnect(ctx context.Context, hostport string) error {
	host, port, err := address(hostport)
	if err == nil {
		err = s.gadb(ctx, nil, func(_ *relay, c gadb.Client) error { return c.Disconnect(bracketed(host), port) })
	}
	if err != nil {
		return fmt.Errorf("disconnect from %s: %w", hostport, err)
	}
	return nil
}

// probe tries an address before the server does, which would wait 10 s for a
// host that is silent. It can do so only for a server on this computer, which
// sees the same network.
func (s *Server) probe(ctx context.Context, hostport string) error {
	if !s.local() {
		return nil
	}
	dialer := net.Dialer{Timeout: s.Dial}
	c, err := dialer.DialContext(ctx, "tcp", hostport)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrNoDevice, err)
	}
	return c.Close()
}

// local says whether the server is on this computer.
func (s *Server) local() bool {
	host, _, err := net.SplitHostPort(s.addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || host == "" || ip != nil && ip.IsLoopback()
}

func address(hostport string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(hostport)
	if err != nil {
		host, text, err = net.SplitHostPort(net.JoinHostPort(hostport, strconv.Itoa(defaultPort)))
	}
	if err != nil {
		return "", 0, err
	}
	number, err := strconv.ParseUint(text, 10, 16)
	if err != nil || number == 0 || host == "" {
		return "", 0, fmt.Errorf("%q is not an address of the form host:port", hostport)
	}
	return host, int(number), nil
}

// bracketed writes an IPv6 address as it stands before a port.
func bracketed(host string) string {
	if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
		return "[" + host + "]"
	}
	return host
}
