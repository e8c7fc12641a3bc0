//go:build !linux || race

package adb

import "net"

// direct would spare Go's scheduler what it need not know of a connection.
func direct(c net.Conn) net.Conn { return c }
