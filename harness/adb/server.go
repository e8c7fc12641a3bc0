package adb

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"
)

// DefaultAddr is where adb servers listen.
const DefaultAddr = "127.0.0.1:5037"

// Options are a Server's limits of time. Zero values mean the defaults.
type Options struct {
	Dial      time.Duration // to reach the server; 5 s
	Handshake time.Duration // for each answer to a request; 20 s
	Silence   time.Duration // without a byte either way; 60 s, negative: no limit
	Log       *slog.Logger  // nil: nothing is logged
}

// Server is a client of one adb server. It holds no connection: each call makes
// its own, so a Server may be used from many goroutines and outlives restarts of
// what it talks to.
type Server struct {
	addr string
	Options
}

// NewServer makes a client of the adb server at addr ("host:port"; "" for
// DefaultAddr). It does not talk to it yet.
func NewServer(addr string, o Options) *Server {
	if addr == "" {
		addr = DefaultAddr
	}
	if o.Dial <= 0 {
		o.Dial = 5 * time.Second
	}
	if o.Handshake <= 0 {
		o.Handshake = 20 * time.Second
	}
	if o.Silence == 0 {
		o.Silence = 60 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Server{addr: addr, Options: o}
}

// Addr is where the server is, or should be.
func (s *Server) Addr() string { return s.addr }

// Version asks the server for its protocol version: 41 for adb 1.0.41.
func (s *Server) Version(ctx context.Context) (int, error) {
	text, err := s.ask(ctx, "host:version")
	if err != nil {
		return 0, fmt.Errorf("version of adb server: %w", err)
	}
	v, err := strconv.ParseUint(text, 16, 31)
	if err != nil {
		return 0, fmt.Errorf("version of adb server %s: unreadable answer %q", s.addr, abbreviate(text))
	}
	return int(v), nil
}

// ReconnectOffline has the server drop and redo its connection to every handset
// that is offline (host:reconnect-offline, adb 28).
func (s *Server) ReconnectOffline(ctx context.Context) error {
	if _, err := s.ask(ctx, "host:reconnect-offline"); err != nil {
		return fmt.Errorf("reconnect offline handsets: %w", err)
	}
	return nil
}

// ask sends one host request and gives its text.
func (s *Server) ask(ctx context.Context, service string) (string, error) {
	c, err := s.open(ctx, service)
	if err != nil {
		return "", err
	}
	defer c.Close()
	return c.text(ctx)
}

// open connects to the server and has it accept one request.
func (s *Server) open(ctx context.Context, service string) (*conn, error) {
	c, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.request(ctx, service); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}
