//go:build !linux || race

package adb

import "net"

// direct would spare Go's scheduler what it need not know of a connection.
func direct(c net.Conn) net.Conn { return c }

// lowWater says that a connection cannot wait for many bytes.
func lowWater(net.Conn, int) bool { return false }
