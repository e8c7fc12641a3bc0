package adb

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sockets are the two ends of a connection, the first of them direct.
func sockets(t *testing.T) (ours net.Conn, theirs *net.TCPConn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	dialed, err := net.Dial("tcp", ln.Addr().String())
	require.NoError(t, err)
	accepted, err := ln.Accept()
	require.NoError(t, err)
	t.Cleanup(func() {
		dialed.Close()
		accepted.Close()
	})
	return direct(dialed), accepted.(*net.TCPConn)
}

func TestASocketCarriesWhatIsMoreThanItsBuffersHold(t *testing.T) {
	ours, theirs := sockets(t)
	sent := bytes.Repeat([]byte("sixteen bytes.. "), 1<<20)
	back := make(chan [sha256.Size]byte)
	go func() {
		time.Sleep(20 * time.Millisecond) // until the buffers are full
		sum := sha256.New()
		io.Copy(io.MultiWriter(sum, theirs), theirs)
		theirs.CloseWrite()
		back <- [sha256.Size]byte(sum.Sum(nil))
	}()
	go func() {
		n, err := ours.Write(sent)
		assert.NoError(t, err)
		assert.Equal(t, len(sent), n)
		ours.(interface{ CloseWrite() error }).CloseWrite()
	}()
	came := sha256.New()
	n, err := io.Copy(came, ours)
	require.NoError(t, err)
	assert.EqualValues(t, len(sent), n)
	want := sha256.Sum256(sent)
	assert.Equal(t, want, [sha256.Size]byte(came.Sum(nil)))
	assert.Equal(t, want, <-back)
}

func TestASocketTellsHowAConnectionEnded(t *testing.T) {
	room := make([]byte, 8)
	for name, c := range map[string]struct {
		end  func(ours net.Conn, theirs *net.TCPConn)
		want error
	}{
		"the other side closed": {func(_ net.Conn, theirs *net.TCPConn) { theirs.Close() }, io.EOF},
		"the other side reset": {func(_ net.Conn, theirs *net.TCPConn) {
			theirs.SetLinger(0)
			theirs.Close()
		}, syscall.ECONNRESET},
		"closed here":     {func(ours net.Conn, _ *net.TCPConn) { ours.Close() }, net.ErrClosed},
		"too late":        {func(ours net.Conn, _ *net.TCPConn) { ours.SetDeadline(time.Now().Add(20 * time.Millisecond)) }, os.ErrDeadlineExceeded},
		"long since late": {func(ours net.Conn, _ *net.TCPConn) { ours.SetDeadline(time.Now().Add(-time.Second)) }, os.ErrDeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := sockets(t)
			ended := make(chan error)
			go func() {
				_, err := ours.Read(room)
				ended <- err
			}()
			time.Sleep(5 * time.Millisecond) // until it waits
			c.end(ours, theirs)
			require.ErrorIs(t, <-ended, c.want)
		})
	}
	ours, theirs := sockets(t)
	n, err := ours.Read(nil)
	assert.NoError(t, err, "nothing is asked for")
	assert.Zero(t, n)
	theirs.SetLinger(0)
	require.NoError(t, theirs.Close())
	require.Eventually(t, func() bool {
		_, err = ours.Write(room)
		return err != nil
	}, 5*time.Second, time.Millisecond)
	var failed syscall.Errno
	require.ErrorAs(t, err, &failed)
	assert.Contains(t, []syscall.Errno{syscall.ECONNRESET, syscall.EPIPE}, failed)
}

func TestASocketThatIsConnectedEarlyIsAsAnyOther(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "::1"} {
		t.Run(host, func(t *testing.T) {
			ln, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
			if err != nil {
				t.Skipf("no loopback of this kind: %v", err)
			}
			at := ln.Addr().(*net.TCPAddr).AddrPort()
			dialer := net.Dialer{Timeout: 10 * time.Second}
			if begin := early(at); begin != nil {
				dialer.Control = func(network, address string, raw syscall.RawConn) error {
					require.NoError(t, begin(network, address, raw))
					return raw.Control(func(fd uintptr) {
						at, err := syscall.Getsockname(int(fd))
						require.NoError(t, err)
						assert.NotZero(t, portOf(at), "it has a port, so that it is under way at the least")
					})
				}
			}
			c, err := dialer.DialContext(t.Context(), "tcp", at.String())
			require.NoError(t, err)
			defer c.Close()
			theirs, err := ln.Accept()
			require.NoError(t, err)
			defer theirs.Close()
			assert.Equal(t, theirs.RemoteAddr(), c.LocalAddr())
			assert.Equal(t, theirs.LocalAddr(), c.RemoteAddr())
			_, err = io.WriteString(direct(c), "4 by")
			require.NoError(t, err)
			var came [4]byte
			_, err = io.ReadFull(theirs, came[:])
			require.NoError(t, err)
			assert.Equal(t, "4 by", string(came[:]))

			require.NoError(t, ln.Close())
			_, err = dialer.DialContext(t.Context(), "tcp", at.String())
			assert.ErrorIs(t, err, syscall.ECONNREFUSED)
		})
	}
}

func portOf(at syscall.Sockaddr) int {
	switch at := at.(type) {
	case *syscall.SockaddrInet4:
		return at.Port
	case *syscall.SockaddrInet6:
		return at.Port
	}
	return 0
}
