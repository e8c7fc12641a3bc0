//go:build !linux || race

package adb

import (
	"net"
	"net/netip"
	"syscall"
)

// direct would spare Go's scheduler what it need not know of a connection.
func direct(c net.Conn) net.Conn { return c }

// early would have a socket connected before net asks.
func early(netip.AddrPort) func(network, address string, raw syscall.RawConn) error { return nil }

// lowWater says that a connection cannot wait for many bytes.
func lowWater(net.Conn, int) bool { return false }
