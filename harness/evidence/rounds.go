package evidence

import (
	"sync"
	"time"
)

// rounds serves together those who come while others are served.
type rounds[T any] struct {
	serve   func([]T)     // a round; never two at a time
	longest time.Duration // of a rest

	joining sync.Mutex
	next    *round[T] // that is still open; nil: nobody waits

	turn   chan struct{} // holds one while a round is served
	rested time.Time     // when the next may begin
}

// A round of several is followed by a rest of so many times what it took, or of the
// longest that these rounds may have: where many handsets write at once, the disk is
// asked seldom, for many at a time. Longer rests have handsets wait for each other: 64
// behind one adb server then leave the cores idle. Who comes alone is served at once.
const rests = 8

// round is who is served together.
type round[T any] struct {
	all  []T
	done chan struct{}
}

func newRounds[T any](longest time.Duration, serve func([]T)) *rounds[T] {
	return &rounds[T]{serve: serve, longest: longest, turn: make(chan struct{}, 1)}
}

// join has one served with the next round, and returns once that is over.
func (r *rounds[T]) join(one T) {
	r.joining.Lock()
	first := r.next == nil
	if first {
		r.next = &round[T]{done: make(chan struct{})}
	}
	mine := r.next
	mine.all = append(mine.all, one)
	r.joining.Unlock()
	if first {
		r.play(mine)
	}
	<-mine.done
}

// play closes a round for more, once the one before it is over, and serves it.
func (r *rounds[T]) play(mine *round[T]) {
	r.turn <- struct{}{}
	time.Sleep(time.Until(r.rested))
	r.joining.Lock()
	r.next = nil
	r.joining.Unlock()

	begun := time.Now()
	r.serve(mine.all)
	if len(mine.all) > 1 {
		r.rested = time.Now().Add(min(rests*time.Since(begun), r.longest))
	}
	close(mine.done)
	<-r.turn
}
