package adb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"time"
)

// Starting is how long an adb server may take to start.
const Starting = 20 * time.Second

// Ensure makes sure that a server answers. Where none does, and the address is
// this computer's, it starts one with the adb on PATH; where there is no adb,
// the error is ErrNoServer and ErrNoBinary. It never ends a server, whatever its
// version: others may be using it.
func (s *Server) Ensure(ctx context.Context) error {
	_, err := s.Version(ctx)
	if !errors.Is(err, ErrNoServer) || !s.local() {
		return err
	}
	program, lookErr := exec.LookPath("adb")
	if lookErr != nil {
		return fmt.Errorf("%w, and %w", err, ErrNoBinary)
	}
	if err := s.start(ctx, program); err != nil {
		return fmt.Errorf("start adb server at %s: %w", s.addr, err)
	}
	return nil
}

// start runs adb's own start-server, which returns when the server listens, and
// leaves it behind in a session of its own.
func (s *Server) start(ctx context.Context, program string) error {
	_, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, Starting)
	defer cancel()
	s.Log.Info("starting adb server", "addr", s.addr, "program", program)
	var said bytes.Buffer
	// With -P the server listens on loopback; with -L adb starts none unless the
	// host is spelt "localhost", for it takes any other for a remote one.
	command := exec.CommandContext(ctx, program, "-P", port, "start-server")
	command.Stdout, command.Stderr = &said, &said
	command.WaitDelay = time.Second // the server holds on to the pipe
	if err := command.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return fmt.Errorf("%s: %w: %s", program, err, abbreviate(said.String()))
	}
	_, err = s.Version(ctx)
	return err
}
