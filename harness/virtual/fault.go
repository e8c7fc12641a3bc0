package virtual

import "sync"

// faultBox holds the faults that a handset was told to have.
type faultBox struct {
	mu sync.Mutex
}

func newFaultBox() *faultBox { return &faultBox{} }
