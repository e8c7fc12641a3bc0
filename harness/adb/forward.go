package adb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/electricbubble/gadb"

	"assay/harness/android"
)

// Forward is one socket of the host's that leads to one of a handset's.
type Forward struct {
	Serial android.Serial
	Local  string // tcp:41234, localabstract:name …
	Remote string
}

// Forward has the server listen on local and lead to remote on the handset, both
// as adb writes them: "tcp:8080", "localabstract:name". It gives where the
// server listens, which for "tcp:0" is a port of its choosing.
func (d *Device) Forward(ctx context.Context, local, remote string) (string, error) {
	what := "forward " + local + " to " + remote
	from, to := tcpPort(local), tcpPort(remote)
	if from > 0 && to > 0 {
		err := d.gadb(ctx, func(_ *relay, device gadb.Device) error { return device.Forward(from, to) })
		return local, d.wrap(what, err)
	}
	// gadb forwards between numbers of TCP ports alone, and does not tell which
	// the server chose.
	port, err := d.forward(ctx, local, remote)
	if err != nil {
		return "", d.wrap(what, err)
	}
	if local == "tcp:0" {
		return "tcp:" + port, nil
	}
	return local, nil
}

// Unforward ends a forwarding of this handset's.
func (d *Device) Unforward(ctx context.Context, local string) error {
	return d.wrap("end forward "+local, d.command(ctx, "killforward:"+local))
}

// Forwards lists what the server forwards, for all handsets.
func (s *Server) Forwards(ctx context.Context) ([]Forward, error) {
	text, err := s.ask(ctx, "host:list-forward")
	if err != nil {
		return nil, fmt.Errorf("list forwards: %w", err)
	}
	forwards := []Forward{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 3 {
			return nil, fmt.Errorf("list forwards: unreadable row %q", abbreviate(line))
		}
		forwards = append(forwards, Forward{android.Serial(words[0]), words[1], words[2]})
	}
	return forwards, nil
}

// forward asks for a forwarding; two OKAYs mean success, and for tcp:0 a port
// follows.
func (d *Device) forward(ctx context.Context, local, remote string) (port string, err error) {
	c, err := d.ask(ctx, "forward:"+local+";"+remote)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if local != "tcp:0" {
		return "", nil
	}
	return c.text(ctx)
}

// command sends a host request about this handset that answers with two OKAYs.
func (d *Device) command(ctx context.Context, request string) error {
	c, err := d.ask(ctx, request)
	if err != nil {
		return err
	}
	return c.Close()
}

func (d *Device) ask(ctx context.Context, request string) (*conn, error) {
	if err := d.same(ctx); err != nil {
		return nil, err
	}
	c, err := d.server.open(ctx, d.prefix()+request)
	if err != nil {
		return nil, d.explain(ctx, err)
	}
	if err := c.status(ctx, request); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// explain finds the reason where the server gives none: adb 29 fails a forward
// for a handset that it does not have with an empty text.
func (d *Device) explain(ctx context.Context, err error) error {
	var refused *Refused
	if !errors.As(err, &refused) || refused.Text != "" {
		return err
	}
	if _, reason := d.server.ask(ctx, d.prefix()+"get-state"); reason != nil {
		return reason
	}
	return err
}

// tcpPort reads "tcp:8080"; 0 for anything else.
func tcpPort(spec string) int {
	text, ok := strings.CutPrefix(spec, "tcp:")
	port, err := strconv.ParseUint(text, 10, 16)
	if !ok || err != nil {
		return 0
	}
	return int(port)
}
