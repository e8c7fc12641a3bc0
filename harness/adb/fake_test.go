package adb

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// peer is the server's side of one connection.
type peer struct {
	net.Conn
	ended <-chan struct{} // closed when the test is over
}

func (p *peer) okay()              { io.WriteString(p, "OKAY") }
func (p *peer) text(s string)      { fmt.Fprintf(p, "%04x%s", len(s), s) }
func (p *peer) fail(reason string) { io.WriteString(p, "FAIL"); p.text(reason) }

// request reads one request; "" when the client is gone.
func (p *peer) request() string {
	var head [4]byte
	if _, err := io.ReadFull(p, head[:]); err != nil {
		return ""
	}
	size, err := strconv.ParseUint(string(head[:]), 16, 16)
	if err != nil {
		return ""
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(p, body); err != nil {
		return ""
	}
	return string(body)
}

// freeze answers nothing, reads nothing, and does not close.
func (p *peer) freeze() { <-p.ended }

// packet writes one packet of shell v2.
func (p *peer) packet(kind byte, body string) { p.Write(packetOf(kind, body)) }

func packetOf(kind byte, body string) []byte {
	b := binary.LittleEndian.AppendUint32([]byte{kind}, uint32(len(body)))
	return append(b, body...)
}

// drain reads the client's packets until it closes standard input, and gives
// what was in them.
func (p *peer) drain() string {
	var all bytes.Buffer
	for {
		var head [5]byte
		if _, err := io.ReadFull(p, head[:]); err != nil {
			return all.String()
		}
		if head[0] == packetCloseStdin {
			return all.String()
		}
		io.CopyN(&all, p, int64(binary.LittleEndian.Uint32(head[1:])))
	}
}

// fakeServer is an adb server of our own making: answer is given each
// connection and its first request.
func fakeServer(t testing.TB, o Options, answer func(p *peer, request string)) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	serveOn(t, listener, answer)
	return NewServer(listener.Addr().String(), o)
}

// serveOn serves until the test, or the function that it gives, ends it.
func serveOn(t testing.TB, listener net.Listener, answer func(p *peer, request string)) (stop func()) {
	ended := make(chan struct{})
	var serving sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	serving.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			serving.Go(func() {
				defer c.Close()
				p := &peer{Conn: c, ended: ended}
				if request := p.request(); request != "" {
					answer(p, request)
				}
			})
		}
	})
	stop = sync.OnceFunc(func() {
		close(ended)
		listener.Close()
		mu.Lock()
		for _, c := range open {
			c.Close()
		}
		mu.Unlock()
		serving.Wait()
	})
	t.Cleanup(stop)
	return stop
}

const serial = "R58M1234"

// fakeHandset is a handset behind a fake server: service is given each service
// that is asked of it.
func fakeHandset(t testing.TB, o Options, features string, service func(p *peer, name string)) *Device {
	t.Helper()
	s := fakeServer(t, o, func(p *peer, request string) {
		switch request {
		case "host:version":
			p.okay()
			p.text("0029")
		case "host:devices-l":
			p.okay()
			p.text(serial + "               device usb:1-1 product:p model:m device:d transport_id:1\n")
		case "host-serial:" + serial + ":features":
			p.okay()
			p.text(features)
		case "host:transport:" + serial:
			p.okay()
			if name := p.request(); name != "" {
				service(p, name)
			}
		default:
			p.fail("unknown host service")
		}
	})
	return s.Device(Row{Serial: serial, State: "device", Path: "usb:1-1", TransportID: 1})
}

// limit is one that a test can wait for, and that what a test wants to succeed does
// not meet on a busy computer.
const limit = time.Second

// bytewise writes one byte at a time.
func (p *peer) bytewise(b []byte, every time.Duration) {
	for i := range b {
		if _, err := p.Write(b[i : i+1]); err != nil {
			return
		}
		select {
		case <-time.After(every):
		case <-p.ended:
			return
		}
	}
}

func command(service string) string {
	_, line, _ := strings.Cut(service, ":")
	return line
}
