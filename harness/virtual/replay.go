package virtual

// recording is what a replayed handset was recorded to print.
type recording struct{}
