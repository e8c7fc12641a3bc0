//go:build linux && !race

package adb

import (
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"unsafe"
)

// socket reads and writes a TCP connection as net does, but for one thing: Go's
// scheduler is not told of a system call that cannot block. Told of the first after
// an idle moment, it wakes its monitor, which then looks every 20 µs for calls that
// do block (runtime/proc.go, entersyscall and sysmon): a seventh of the harness's CPU
// time on a fleet, of which this spares a third. The race detector, which sees no such
// call either, gets net's own.
type socket struct {
	*net.TCPConn
	raw syscall.RawConn
}

// direct makes a connection's socket, if it has one.
func direct(c net.Conn) net.Conn {
	if tcp, ok := c.(*net.TCPConn); ok {
		if raw, err := tcp.SyscallConn(); err == nil {
			return socket{tcp, raw}
		}
	}
	return c
}

func (s socket) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	var failed syscall.Errno
	err = s.raw.Read(func(fd uintptr) bool {
		n, failed = call(syscall.SYS_READ, fd, p)
		return failed != syscall.EAGAIN
	})
	switch {
	case err != nil:
		return 0, err
	case failed != 0:
		return 0, s.fault("read", failed)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

func (s socket) Write(p []byte) (written int, err error) {
	for written < len(p) && err == nil {
		var failed syscall.Errno
		err = s.raw.Write(func(fd uintptr) bool {
			var n int
			n, failed = call(syscall.SYS_WRITE, fd, p[written:])
			written += n
			return failed != syscall.EAGAIN
		})
		if err == nil && failed != 0 {
			err = s.fault("write", failed)
		}
	}
	return written, err
}

// lowWater has a connection be readable only once so many bytes have come, or its
// end (socket(7), SO_RCVLOWAT), and says whether it can.
func lowWater(c net.Conn, bytes int) bool {
	s, ok := c.(socket)
	if !ok {
		return false
	}
	var failed error
	err := s.raw.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVLOWAT, bytes)
	})
	return err == nil && failed == nil
}

func (s socket) fault(op string, failed syscall.Errno) error {
	return &net.OpError{Op: op, Net: "tcp", Source: s.LocalAddr(), Addr: s.RemoteAddr(), Err: os.NewSyscallError(op, failed)}
}

// call reads into p or writes from it, as much as goes at once. The descriptor is
// not to block.
func call(trap, fd uintptr, p []byte) (n int, failed syscall.Errno) {
	for {
		done, _, errno := syscall.RawSyscall(trap, fd, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
		switch errno {
		case 0:
			return int(done), 0
		case syscall.EINTR:
		default:
			return 0, errno
		}
	}
}

// early connects a socket before net does, which finds it connected: within one
// computer that takes no longer than the call, whatever it returns. Else net would be
// told to wait, and the scheduler with it. Elsewhere net finds it under way.
func early(at netip.AddrPort) func(network, address string, raw syscall.RawConn) error {
	var to syscall.Sockaddr
	switch addr := at.Addr().Unmap(); {
	case addr.Is4():
		to = &syscall.SockaddrInet4{Port: int(at.Port()), Addr: addr.As4()}
	case addr.Is6() && addr.Zone() == "":
		to = &syscall.SockaddrInet6{Port: int(at.Port()), Addr: addr.As16()}
	default:
		return nil
	}
	return func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(func(fd uintptr) {
			syscall.Connect(int(fd), to) // what is wrong net is told as well
		})
	}
}
