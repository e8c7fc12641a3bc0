package virtual

import (
	"context"
	"io"
)

type fileTree struct{}

type faultBox struct{}

type process struct {
	handset        *Handset
	argv           []string
	stdin          io.Reader
	stdout, stderr io.Writer
	dir            string
	env            func(string) string
}

type command func(ctx context.Context, p *process) int
