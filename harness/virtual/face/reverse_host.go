package face

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"assay/harness/virtual/wire"
)

// errUnreachable is the end of a stream to the computer that never began.
var errUnreachable = errors.New("the computer does not take the stream")

// transport is what adbd calls a connection over TCP: host-N since Android 9.
func (c *hostConn) transport(sdk int) string {
	if sdk < 28 {
		return "(reverse)"
	}
	return fmt.Sprintf("host-%d", 20+c.number)
}

// dial opens a stream towards the computer: the one kind of OPEN that a handset
// sends (adb, protocol.txt).
func (c *hostConn) dial(ctx context.Context, address string) (io.ReadWriteCloser, error) {
	c.mu.Lock()
	if len(c.streams) >= mostStreams {
		c.mu.Unlock()
		return nil, errUnreachable
	}
	c.lastID++
	s := newHostStream(c, c.lastID, 0)
	c.streams[s.id] = s
	c.mu.Unlock()
	if err := c.send(wire.Message{Command: wire.OPEN, Arg0: s.id, Data: []byte(address + "\x00")}); err != nil {
		s.Close()
		return nil, err
	}
	select {
	case <-s.answered:
		return s, nil
	case <-s.closed:
	case <-ctx.Done():
		s.Close()
	}
	return nil, errUnreachable
}

// usbHost is the computer that the adb server face runs on: its handsets hang on
// USB. It is the same for all connections of a handset.
type usbHost struct{ serial string }

// transport is what adbd calls the connection over USB: UsbFfs since Android 10.
func (usbHost) transport(sdk int) string {
	if sdk < 29 {
		return "(reverse)"
	}
	return "UsbFfs"
}

func (usbHost) dial(ctx context.Context, address string) (io.ReadWriteCloser, error) {
	port, ok := strings.CutPrefix(address, "tcp:")
	if !ok || strings.Trim(port, "0123456789") != "" {
		return nil, errUnreachable
	}
	return new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
}
