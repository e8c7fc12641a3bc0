//go:build unix

package evidence

import "syscall"

// asItIs has open(2) follow no link and wait for nobody at the other end of a FIFO.
const asItIs = syscall.O_NOFOLLOW | syscall.O_NONBLOCK
