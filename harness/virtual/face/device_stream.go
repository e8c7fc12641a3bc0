package face

import (
	"io"
	"sync"
	"sync/atomic"

	"assay/harness/virtual/wire"
)

// hostStream is one open service of a connection. Each side may have one WRTE
// without its OKAY; that is all the flow control there is.
type hostStream struct {
	conn     *hostConn
	id       uint32
	peer     atomic.Uint32 // the host's id; 0 while the host has not answered
	payload  int           // the most that one WRTE may hold
	ready    chan struct{} // holds a token while a WRTE may be sent
	in       chan []byte   // what came and is not read yet
	rest     []byte        // of the piece that is being read
	answered chan struct{} // closed when the host has taken a stream that the handset opened
	closed   chan struct{}
	once     sync.Once
}

func newHostStream(c *hostConn, id, peer uint32) *hostStream {
	s := &hostStream{conn: c, id: id, payload: c.payload, ready: make(chan struct{}, 1), in: make(chan []byte, 1), closed: make(chan struct{})}
	s.peer.Store(peer)
	if peer == 0 {
		s.answered = make(chan struct{})
		return s // the host's OKAY is its first token
	}
	s.ready <- struct{}{}
	return s
}

// acknowledged takes the host's OKAY, of which the first tells its id for a
// stream that the handset opened.
func (s *hostStream) acknowledged(peer uint32) {
	if s.peer.CompareAndSwap(0, peer) {
		close(s.answered)
	}
	select {
	case s.ready <- struct{}{}:
	default: // one more than was due
	}
}

// deliver takes a WRTE, and says whether there was room for it.
func (s *hostStream) deliver(data []byte) bool {
	if len(data) == 0 {
		return s.conn.send(wire.Message{Command: wire.OKAY, Arg0: s.id, Arg1: s.peer.Load()}) == nil
	}
	select {
	case s.in <- data:
		return true
	default:
		return false
	}
}

// Read gives what the host has written; the host gets its OKAY when a piece is
// taken up.
func (s *hostStream) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		select {
		case s.rest = <-s.in:
		default:
			select {
			case s.rest = <-s.in:
			case <-s.closed:
				return 0, io.EOF
			}
		}
		s.conn.send(wire.Message{Command: wire.OKAY, Arg0: s.id, Arg1: s.peer.Load()})
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// Write sends in pieces that the host takes, each after the OKAY for the last.
func (s *hostStream) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		select {
		case <-s.ready:
		case <-s.closed:
			return written, io.ErrClosedPipe
		}
		piece := p[written:min(len(p), written+s.payload)]
		if err := s.conn.send(wire.Message{Command: wire.WRTE, Arg0: s.id, Arg1: s.peer.Load(), Data: piece}); err != nil {
			return written, err
		}
		written += len(piece)
	}
	return written, nil
}

// Close tells the host that the service is over.
func (s *hostStream) Close() error {
	s.once.Do(func() {
		close(s.closed)
		s.conn.mu.Lock()
		delete(s.conn.streams, s.id)
		s.conn.mu.Unlock()
		s.conn.send(wire.Message{Command: wire.CLSE, Arg0: s.id, Arg1: s.peer.Load()})
	})
	return nil
}

// isOf says whether a message of the host's stream of that id is for this one.
func (s *hostStream) isOf(id uint32) bool {
	peer := s.peer.Load()
	return peer == id || peer == 0
}
