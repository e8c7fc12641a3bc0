package face

import (
	"context"
	"io"
	"sync"
	"sync/atomic"

	"assay/harness/virtual/fault"
	"assay/harness/virtual/sh"
)

// Handset is a handset as its faces see it.
type Handset interface {
	sh.Machine
	Banner() string     // the identity that its adbd gives in CNXN
	Features() []string // of adb, that its release has
	MaxPayload() int    // is the longest message that its adbd takes, in bytes
	Adbd() *Adbd
	Faults() *fault.Box

	// Exec runs a script as adbd does, with sh -c, and returns its exit status.
	Exec(ctx context.Context, script string, stdin io.Reader, stdout, stderr io.Writer) int
	// Inject gives the handset a fault, from now on.
	Inject(f fault.Fault)
	// SetProperty sets a property, as adbd may.
	SetProperty(name, value string)
	// Framebuffer is the screen: its size, and what writes its pixels, RGBA.
	Framebuffer() (width, height int, write func(ctx context.Context, w io.Writer) error)
}

// Adbd is what a handset's adbd keeps beside its services: it is one, whichever faces the
// handset has.
type Adbd struct {
	listeners   listeners    // what answers to forwarded sockets
	connections atomic.Int64 // that adb servers have made to the handset's own port
	reverses    reverses     // sockets of the handset that lead to the computer's
}

// Listen has something on the handset answer to a socket service that adb can
// reach, such as tcp:8080 or localabstract:chrome_devtools_remote. Without one
// the handset refuses the connection. answer returns when it is done or when ctx
// is cancelled.
func (a *Adbd) Listen(service string, answer func(ctx context.Context, stream io.ReadWriter)) {
	a.listeners.mu.Lock()
	defer a.listeners.mu.Unlock()
	if a.listeners.byName == nil {
		a.listeners.byName = map[string]func(context.Context, io.ReadWriter){}
	}
	a.listeners.byName[service] = answer
}

// listeners are the sockets that something on the handset listens on.
type listeners struct {
	mu     sync.Mutex
	byName map[string]func(context.Context, io.ReadWriter)
}

func (l *listeners) find(service string) func(context.Context, io.ReadWriter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.byName[service]
}
