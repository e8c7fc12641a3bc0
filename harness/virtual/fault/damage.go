package fault

import (
	"context"
	"errors"
	"io"
	"time"
)

// errDamaged is what a service's writer gives once a fault has ended its stream.
var errDamaged = errors.New("connection lost")

// Damage puts the faults of a service between it and its stream. cut
// ends the stream at once.
func (t Touching) Damage(ctx context.Context, to io.Writer, cut func()) io.Writer {
	for _, f := range t.faults {
		switch {
		case f.Kind == Slow:
			to = &slowWriter{ctx: ctx, to: to, rate: max(f.Rate, 1)}
		case f.Kind == Silent:
			to = silence{ctx}
		case f.Kind == CutOff:
			to = &cutWriter{to: to, left: f.AfterBytes, cut: cut}
		case f.row.class == onList:
			to = &cutWriter{to: to, left: f.trigger(), cut: func() { t.box.strike(f); cut() }}
		case f.trigger() > 0:
			to = &mark{to: to, left: f.trigger(), reached: func() { t.box.strike(f) }}
		}
	}
	return to
}

// StrikeFirst begins what a service sets off before it does anything: changes of
// the state, so that the service finds them, and what befalls the server.
func (t Touching) StrikeFirst() {
	for _, f := range t.faults {
		if (f.row.class == onState || f.row.class == onServer) && f.trigger() == 0 {
			t.box.strike(f)
		}
	}
	t.box.hooks.CarryOut(true)
}

// RefusesAtOnce says whether a fault leaves nothing of a service, so that its
// command is not to be started.
func (t Touching) RefusesAtOnce() bool {
	for _, f := range t.faults {
		if f.Kind == Silent || f.row.class == onList && f.trigger() == 0 {
			return true
		}
	}
	return false
}

// StrikeAtOnce begins what drops the handset's connections before a service has sent
// anything, and says whether there is such a fault.
func (t Touching) StrikeAtOnce() bool {
	for _, f := range t.faults {
		if f.row.class == onList && f.trigger() == 0 {
			t.box.strike(f)
			return true
		}
	}
	return false
}

// silence takes nothing until its stream ends.
type silence struct{ ctx context.Context }

func (m silence) Write([]byte) (int, error) {
	<-m.ctx.Done()
	return 0, errDamaged
}

// cutWriter passes so many bytes on and then ends the stream.
type cutWriter struct {
	to   io.Writer
	left int64
	cut  func()
}

func (c *cutWriter) Write(p []byte) (int, error) {
	if int64(len(p)) < c.left {
		c.left -= int64(len(p))
		return c.to.Write(p)
	}
	n, err := c.to.Write(p[:c.left])
	c.left = 0
	c.cut()
	if err == nil {
		err = errDamaged
	}
	return n, err
}

// mark passes all on, and tells once so many bytes have gone by.
type mark struct {
	to      io.Writer
	left    int64
	reached func()
}

func (m *mark) Write(p []byte) (int, error) {
	if m.left > 0 && int64(len(p)) >= m.left {
		first := int(m.left)
		m.left = 0
		n, err := m.to.Write(p[:first])
		if err != nil {
			return n, err
		}
		m.reached()
		rest, err := m.to.Write(p[first:])
		return n + rest, err
	}
	m.left = max(m.left-int64(len(p)), 0)
	return m.to.Write(p)
}

// slowWriter passes bytes on at a rate, in pieces of a twentieth of a second.
type slowWriter struct {
	ctx  context.Context
	to   io.Writer
	rate int64 // bytes a second
}

func (s *slowWriter) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		piece := p[:min(int64(len(p)), max(s.rate/20, 1))]
		n, err := s.to.Write(piece)
		written += n
		if err != nil {
			return written, err
		}
		p = p[n:]
		timer := time.NewTimer(time.Duration(int64(n)) * time.Second / time.Duration(s.rate))
		select {
		case <-timer.C:
		case <-s.ctx.Done():
			timer.Stop()
			return written, s.ctx.Err()
		}
	}
	return written, nil
}
