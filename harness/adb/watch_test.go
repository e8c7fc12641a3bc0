package adb

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// listing is a server whose list of handsets a test changes.
type listing struct {
	mu    sync.Mutex
	text  string
	track []chan string
}

func (l *listing) set(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = text
}

// announce tells those who track, as adb does of handsets that come and go.
func (l *listing) announce() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.track {
		c <- l.text
	}
}

func (l *listing) answer(p *peer, request string) {
	if request == "host:devices-l" {
		l.mu.Lock()
		defer l.mu.Unlock()
		p.okay()
		p.text(l.text)
		return
	}
	news := make(chan string, 10)
	l.mu.Lock()
	l.track = append(l.track, news)
	news <- l.text
	l.mu.Unlock()
	p.okay()
	for {
		select {
		case text := <-news:
			p.text(text)
		case <-p.ended:
			return
		}
	}
}

// watching watches a server; next gives the next list that changed was called
// with.
func watching(t *testing.T, s *Server, every time.Duration) (next func() []Row, stop func() error) {
	lists := make(chan []Row, 100)
	ctx, cancel := context.WithCancelCause(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Watch(ctx, every, func(rows []Row) { lists <- rows }) }()
	stop = sync.OnceValue(func() error { cancel(errStop); return <-done })
	t.Cleanup(func() { stop() })
	return func() []Row {
		select {
		case rows := <-lists:
			return rows
		case <-time.After(10 * time.Second):
			t.Fatal("no list came")
			return nil
		}
	}, stop
}

var errStop = errors.New("stop")

func TestWatchTellsOfEachChangeOnce(t *testing.T) {
	l := &listing{}
	s := fakeServer(t, Options{}, l.answer)
	next, stop := watching(t, s, 10*time.Millisecond)
	assert.Equal(t, []Row{}, next())
	l.set("A device usb:1-1 transport_id:1\nB offline transport_id:2\n")
	assert.Len(t, next(), 2)
	l.announce()
	l.announce()
	l.set("B offline transport_id:2\nA device usb:1-1 transport_id:1\n") // the same, in another order
	l.announce()
	l.set("A unauthorized usb:1-1 transport_id:1\n")
	rows := next()
	require.Len(t, rows, 1, "nothing was told twice")
	assert.Equal(t, "unauthorized", rows[0].State)
	require.ErrorIs(t, stop(), errStop)
}

func TestWatchSeesAnnouncedChangesBetweenTwoLooks(t *testing.T) {
	l := &listing{}
	s := fakeServer(t, Options{}, l.answer)
	next, _ := watching(t, s, time.Hour)
	assert.Empty(t, next())
	require.Eventually(t, func() bool { l.mu.Lock(); defer l.mu.Unlock(); return len(l.track) > 0 }, 5*time.Second, time.Millisecond)
	l.set("A device usb:1-1 transport_id:1\n")
	l.announce()
	assert.Len(t, next(), 1)
}

func TestWatchOutlivesTheServer(t *testing.T) {
	l := &listing{text: "A device transport_id:1\n"}
	listener := listen(t)
	addr := listener.Addr().String()
	end := serveOn(t, listener, l.answer)
	next, _ := watching(t, NewServer(addr, Options{}), 10*time.Millisecond)
	assert.Len(t, next(), 1)

	end()
	assert.Nil(t, next(), "no server is not an empty list")

	l.set("")
	again, err := net.Listen("tcp", addr)
	require.NoError(t, err)
	serveOn(t, again, l.answer)
	rows := next()
	assert.NotNil(t, rows)
	assert.Empty(t, rows, "a new server has forgotten the handsets of the network")
	l.set("A device transport_id:1\n")
	assert.Len(t, next(), 1)
}
