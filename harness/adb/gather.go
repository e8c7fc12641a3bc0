package adb

import (
	"errors"
	"os"
	"time"
)

// gathering reads a stream of which much is still to come, in large bites: the
// kernel wakes nobody until one is there. That spares a pull with its SHA-256 a third
// of our CPU time, which adb's server and the handset compete for on two cores.
type gathering struct {
	*conn
	left int64 // bytes that are still to come, at the least
	on   bool
}

const (
	bite = 1 << 20                // bytes
	lull = 250 * time.Millisecond // without a bite: from then on, what there is will do
)

// gather reads c, from which so many bytes are to come at the least. Where fewer do
// after all, or slowly, they are late by a lull at most, and once.
func (c *conn) gather(least int64) *gathering {
	return &gathering{conn: c, left: least, on: least >= 2*bite && len(c.ahead) == 0 && lowWater(c.Conn, bite)}
}

func (g *gathering) Read(p []byte) (int, error) {
	if g.on && g.left < bite {
		g.end()
	}
	if !g.on {
		return g.conn.Read(p)
	}
	patience := lull
	if g.limit > 0 {
		patience = min(lull, g.limit)
	}
	g.Conn.SetReadDeadline(time.Now().Add(patience))
	n, err := g.Conn.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		g.end()
		return g.conn.Read(p)
	}
	g.came.Add(int64(n))
	g.left -= int64(n)
	return n, err
}

// end has each byte tell of itself again, and the limit of silence count.
func (g *gathering) end() {
	g.on = false
	lowWater(g.Conn, 1)
	g.arming.Lock()
	g.armed = 0
	g.arming.Unlock()
}
