package farm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"assay/harness/adb"
)

// ServerRoom is how many handsets and sockets one adb server takes together. It
// aborts, for all of them, when a connect reaches its file descriptor 1,024,
// whatever its limit of open files is; some of those are its own.
const ServerRoom = 950

// List is what one adb server shows.
type List struct {
	Server string    // host:port
	Rows   []adb.Row // in its order
	Err    error     // why it shows nothing; nil: it answered
}

// Crowded is the refusal to give one adb server more handsets than it takes.
type Crowded struct {
	Server   string
	Handsets int // that it would have
}

func (c *Crowded) Error() string {
	return fmt.Sprintf(
		"adb server %s would have %d handsets, and takes no more than %d with its sockets: it aborts beyond",
		c.Server,
		c.Handsets,
		ServerRoom,
	)
}

// Remedy says how to get out of it.
func (c *Crowded) Remedy() string {
	host, port, _ := net.SplitHostPort(c.Server)
	n, _ := strconv.Atoi(port)
	next := strconv.Itoa(n + 1)
	return fmt.Sprintf(
		"start another with \"adb -P %s start-server\", and give some handsets of devices.yaml \"server: %s\"",
		next,
		net.JoinHostPort(host, next),
	)
}

// checkServer says what is wrong with the address of an adb server.
func checkServer(addr string) error { return checkAddress(addr, "127.0.0.1:5038") }

// checkAddress says what is wrong with an address, and gives one that is none.
func checkAddress(addr, such string) error {
	host, port, err := net.SplitHostPort(addr)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n == 0 || host == "" || strings.ContainsAny(host, "/ \t@") {
		return fmt.Errorf("%q is not an address of the form host:port, such as %s", addr, such)
	}
	return nil
}

// canonical writes one server's address one way, so that no server counts twice.
func canonical(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if host == "" || strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(strings.ToLower(host), port)
}

// SameServer says whether two addresses are those of one adb server.
func SameServer(a, b string) bool { return canonical(a) == canonical(b) }

// computer is the one whose cables an adb server looks after: its host; empty for
// this computer.
func computer(server string) string {
	host, _, err := net.SplitHostPort(canonical(server))
	if ip := net.ParseIP(host); err != nil || ip != nil && ip.IsLoopback() {
		return ""
	}
	return host
}

// At gives every handset the address of its adb server: its own, or the farm's.
func (inv Inventory) At(server string) Inventory {
	inv.Devices = slices.Clone(inv.Devices)
	for i, e := range inv.Devices {
		inv.Devices[i].Server = canonical(cmp.Or(e.Server, server))
	}
	return inv
}

// Servers lists the addresses of the adb servers that an inventory's handsets
// have, in its order; server is that of handsets which name none. A retired one
// needs none. An inventory without handsets has that one alone.
func (inv Inventory) Servers(server string) []string {
	var all []string
	for _, e := range inv.At(server).Devices {
		if !e.Retired && !slices.Contains(all, e.Server) {
			all = append(all, e.Server)
		}
	}
	if len(all) == 0 {
		all = []string{canonical(server)}
	}
	return all
}

// server is the client of an adb server; empty: the farm's own.
func (f *Farm) server(addr string) *adb.Server {
	if addr == "" || canonical(addr) == canonical(f.Server.Addr()) {
		return f.Server
	}
	return adb.NewServer(addr, f.Server.Options)
}

// Device is the handset at a place.
func (f *Farm) Device(p Place) *adb.Device { return f.server(p.Entry.Server).Device(p.Row) }

// lists asks the adb servers of an inventory, all at once, and has each connect
// what is to be connected. A server that does not answer is a fault of its own
// handsets alone, unless there is no other; one that is asked for too much is
// refused with all.
func (f *Farm) lists(ctx context.Context, inv Inventory) ([]List, error) {
	servers := inv.Servers(f.Server.Addr())
	lists := make([]List, len(servers))
	var group errgroup.Group
	for i, addr := range servers {
		group.Go(func() error {
			lists[i] = f.list(ctx, addr, inv)
			return nil
		})
	}
	group.Wait()
	var errs []error
	for _, l := range lists {
		var crowded *Crowded
		if errors.As(l.Err, &crowded) {
			return nil, l.Err
		}
		if l.Err != nil {
			errs = append(errs, l.Err)
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case len(errs) == len(lists) && len(errs) == 1:
		return nil, errs[0]
	case len(errs) == len(lists):
		return nil, errors.Join(errs...)
	}
	return lists, nil
}

// list asks one adb server, and has it connect what is to be connected; once more where
// it died while it was asked.
func (f *Farm) list(ctx context.Context, addr string, inv Inventory) List {
	l := f.listOnce(ctx, addr, inv)
	var lost *adb.TransportLost
	if errors.As(l.Err, &lost) && f.raise(ctx, addr) == nil {
		return f.listOnce(ctx, addr, inv)
	}
	return l
}

func (f *Farm) listOnce(ctx context.Context, addr string, inv Inventory) List {
	rows, err := f.server(addr).Devices(ctx)
	if err != nil {
		return List{Server: addr, Err: err}
	}
	away := unconnected(inv, List{Server: addr, Rows: rows})
	if len(away) == 0 {
		return List{Server: addr, Rows: rows}
	}
	var crowded *Crowded
	if err := f.connect(ctx, addr, len(rows), away); errors.As(err, &crowded) {
		return List{Server: addr, Err: err}
	}
	// A handset that cannot be connected shows up as missing, with its remedy.
	rows, err = f.server(addr).Devices(ctx)
	return List{Server: addr, Rows: rows, Err: err}
}

// Reconnect connects every handset of the inventory that is on the network and
// that its adb server does not have, as after a restart of the server, which
// forgets them. The error joins those of the handsets that could not be reached.
func (f *Farm) Reconnect(ctx context.Context, inv Inventory) error {
	var errs []error
	for _, addr := range inv.Servers(f.Server.Addr()) {
		errs = append(errs, f.reconnect(ctx, addr, inv))
	}
	return errors.Join(errs...)
}

// reconnect does it on one server.
func (f *Farm) reconnect(ctx context.Context, addr string, inv Inventory) error {
	rows, err := f.server(addr).Devices(ctx)
	if err != nil {
		return err
	}
	return f.connect(ctx, addr, len(rows), unconnected(inv.At(f.Server.Addr()), List{Server: addr, Rows: rows}))
}

// unconnected gives the handsets that are to be connected by a server and that it
// does not have.
func unconnected(inv Inventory, l List) []Entry {
	var away []Entry
	for _, e := range inv.Devices {
		if e.Connect != "" && !e.Retired && e.Server == l.Server && !attached(l.Rows, e) {
			away = append(away, e)
		}
	}
	return away
}

func attached(rows []adb.Row, e Entry) bool {
	return slices.ContainsFunc(rows, func(r adb.Row) bool { return r.Serial == e.serial() })
}

// mostConnecting is how many handsets are connected at once: one that is silent
// takes the server seconds.
const mostConnecting = 8

// connect has a server, which has so many handsets, connect more; none, where
// together they are too many for it.
func (f *Farm) connect(ctx context.Context, addr string, has int, away []Entry) error {
	if all := has + len(away); len(away) > 0 && all > ServerRoom {
		crowded := &Crowded{addr, all}
		return fmt.Errorf("%w; %s", crowded, crowded.Remedy())
	}
	errs := make([]error, len(away))
	var group errgroup.Group
	group.SetLimit(mostConnecting)
	for i, e := range away {
		group.Go(func() error {
			errs[i] = f.server(addr).Connect(ctx, e.Connect)
			return nil
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// startIt is how to start the server at an address.
func startIt(addr string) string {
	if _, port, err := net.SplitHostPort(addr); err == nil && computer(addr) == "" {
		return "adb -P " + port + " start-server"
	}
	return "adb start-server, on that computer"
}
