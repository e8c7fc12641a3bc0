package adb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"assay/harness/android"
)

// Device is one handset behind a server. It may be used from many goroutines. It
// holds no connection, so that it outlives a cable that is pulled and put back;
// make a new one where the handset may have changed its system image, because
// its features are asked for once.
type Device struct {
	server *Server
	row    Row

	mu       sync.Mutex
	features []string
}

// Device gives the handset of a row.
func (s *Server) Device(r Row) *Device { return &Device{server: s, row: r} }

// Serial is the handset's serial.
func (d *Device) Serial() android.Serial { return d.row.Serial }

// Row is what the handset was listed as.
func (d *Device) Row() Row { return d.row }

// Features lists what the handset's adbd can do: shell_v2, stat_v2 … The first
// answer is kept.
func (d *Device) Features(ctx context.Context) ([]string, error) {
	d.mu.Lock()
	known := d.features
	d.mu.Unlock()
	if known != nil {
		return slices.Clone(known), nil
	}
	if err := d.same(ctx); err != nil {
		return nil, d.wrap("features", err)
	}
	text, err := d.server.ask(ctx, d.prefix()+"features")
	if err != nil {
		return nil, d.wrap("features", err)
	}
	features := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == ' ' })
	if features == nil {
		features = []string{}
	}
	d.mu.Lock()
	d.features = features
	d.mu.Unlock()
	return slices.Clone(features), nil
}

// can says whether the handset has a feature.
func (d *Device) can(ctx context.Context, feature string) (bool, error) {
	features, err := d.Features(ctx)
	return slices.Contains(features, feature), err
}

// byID says whether the handset must be addressed by its transport's number,
// because its serial does not name it alone. Otherwise the serial is safer: a
// server that restarts deals its numbers out anew.
func (d *Device) byID() bool {
	r := d.row
	return r.TransportID > 0 && (r.Shared || r.Serial == noSerial || strings.Trim(string(r.Serial), "?") == "")
}

// prefix begins a host request about this handset.
func (d *Device) prefix() string {
	if d.byID() {
		return "host-transport-id:" + strconv.FormatInt(d.row.TransportID, 10) + ":"
	}
	return "host-serial:" + string(d.row.Serial) + ":"
}

// same makes sure that a transport's number still means this handset.
func (d *Device) same(ctx context.Context) error {
	if !d.byID() {
		return nil
	}
	rows, err := d.server.Devices(ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.TransportID == d.row.TransportID && r.Serial == d.row.Serial && r.Path == d.row.Path {
			return nil
		}
	}
	return fmt.Errorf("%w: transport %d is no longer %s at %s", ErrNoDevice, d.row.TransportID, d.row.Serial, d.row.Path)
}

// transport connects to the server and chooses the handset. What is asked next
// is the handset's to answer.
func (d *Device) transport(ctx context.Context) (*conn, error) {
	if err := d.same(ctx); err != nil {
		return nil, err
	}
	choice := "host:transport:" + string(d.row.Serial)
	if d.byID() {
		choice = "host:transport-id:" + strconv.FormatInt(d.row.TransportID, 10)
	}
	c, err := d.server.open(ctx, choice)
	if err != nil {
		return nil, err
	}
	c.owner = OwnerHandset
	return c, nil
}

// open starts a service on the handset. The limit total, if it is over 0, counts
// from now and holds for all of the service.
func (d *Device) open(ctx context.Context, service string, total time.Duration) (*conn, error) {
	if len(service) > longestService {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLong, len(service), longestService)
	}
	started := time.Now()
	c, err := d.transport(ctx)
	if err != nil {
		return nil, err
	}
	c.bound(started, total)
	if err := c.request(ctx, service); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// wrap names the operation and the handset.
func (d *Device) wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return &handsetError{d.row, abbreviate(what), err}
}

// handsetError names the operation and the handset of an error.
type handsetError struct {
	row  Row
	what string
	err  error
}

func (e *handsetError) Error() string { return fmt.Sprintf("%s: %s: %v", e.row.Serial, e.what, e.err) }

func (e *handsetError) Unwrap() error { return e.err }

// Remote says whether an error is of a handset that no cable leads to.
func Remote(err error) bool {
	var of *handsetError
	var state *StateError
	return errors.As(err, &of) && of.row.Remote() || errors.As(err, &state) && state.Row.Remote()
}

// blame finds out whose fault a lost transport is: where the server does not
// answer either, it is the server's.
func (d *Device) blame(ctx context.Context, err error) error {
	var lost *TransportLost
	if !errors.As(err, &lost) || lost.Owner != OwnerHandset || ctx.Err() != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, min(d.server.Handshake, 2*time.Second))
	defer cancel()
	if _, gone := d.server.Version(ctx); gone != nil {
		lost.Owner = OwnerServer
	}
	return err
}
