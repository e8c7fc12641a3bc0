package virtual

import "sync"

// fileTree is what a handset has on its storage.
type fileTree struct {
	mu sync.Mutex
}

func newFileTree() *fileTree { return &fileTree{} }
