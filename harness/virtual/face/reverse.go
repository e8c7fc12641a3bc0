package face

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"assay/harness/virtual/wire"
)

// reverses are the sockets of a handset on which adbd listens and that lead back
// to the computer (adb reverse). They live as long as the connection that asked
// for them.
type reverses struct {
	mu   sync.Mutex
	list []reversed // in the order in which they were made
}

// reversed is one of them.
type reversed struct {
	local, remote string // tcp:8081 of the handset, and of the computer
	from          host
	lost          <-chan struct{} // closed when the handset went away
}

// mostReverses is how many sockets adbd is left to listen on.
const mostReverses = 1024

// reverse serves one command of reverse:.
func reverse(command string, from host) serving {
	return func(_ context.Context, h Handset, c *channel) {
		io.WriteString(c.out, reverseAnswer(h, command, from))
	}
}

// reverseAnswer carries out forward:[norebind:]LOCAL;REMOTE, killforward:LOCAL,
// killforward-all or list-forward (adb.cpp, handle_forward_request: on the handset
// one OKAY says that all is done, and a list comes without any).
func reverseAnswer(h Handset, command string, from host) string {
	if command == "list-forward" {
		return wire.Text(h.Adbd().reverses.text(h.SDK()))
	}
	if command == "killforward-all" {
		h.Adbd().reverses.drop(func(reversed) bool { return true })
		return "OKAY"
	}
	if local, ok := strings.CutPrefix(command, "killforward:"); ok {
		if !h.Adbd().reverses.drop(func(r reversed) bool { return r.local == local }) {
			return failString(noListener(h, local))
		}
		return "OKAY"
	}
	spec, ok := strings.CutPrefix(command, "forward:")
	if !ok {
		return failString("not a reverse forwarding command")
	}
	spec, keep := strings.CutPrefix(spec, "norebind:")
	local, remote, _ := strings.Cut(spec, ";")
	if local == "" || remote == "" || strings.HasPrefix(remote, "*") {
		if h.SDK() < 26 {
			return failString("malformed forward spec")
		}
		return failString("bad forward: " + strings.TrimPrefix(command, "forward:"))
	}
	port, err := h.Adbd().reverses.add(reversed{local, remote, from, h.Faults().Gate()}, keep)
	switch {
	case err != nil:
		return failString(err.Error())
	case port != "":
		return "OKAY" + wire.Text(port)
	}
	return "OKAY"
}

// noListener is what adbd says of a listener that it does not have.
func noListener(h Handset, local string) string {
	if h.SDK() < 24 {
		return "cannot remove listener"
	}
	return fmt.Sprintf("listener '%s' not found", local)
}

func failString(reason string) string { return "FAIL" + wire.Text(reason) }

// listenable are the sockets that adbd can listen on (socket_spec.cpp).
var listenable = []string{"tcp", "local", "localabstract", "localreserved", "localfilesystem"}

// add makes a listener, or has an old one lead elsewhere unless keep is set. It
// returns the port that was chosen where tcp:0 asked for any.
func (r *reverses) add(made reversed, keep bool) (port string, err error) {
	kind, name, _ := strings.Cut(made.local, ":")
	if !slices.Contains(listenable, kind) || name == "" {
		return "", fmt.Errorf("cannot bind listener: unknown socket specification '%s'", made.local)
	}
	if n, err := strconv.Atoi(name); kind == "tcp" && (err != nil || n < 0 || n > 65535) {
		return "", fmt.Errorf("cannot bind listener: bad port number '%s'", name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.prune()
	if made.local == "tcp:0" {
		port = r.freePort()
		made.local = "tcp:" + port
	}
	at := slices.IndexFunc(r.list, func(old reversed) bool { return old.local == made.local })
	switch {
	case at >= 0 && keep:
		return "", errors.New("cannot rebind existing socket")
	case at >= 0:
		r.list[at] = made
	case len(r.list) >= mostReverses:
		return "", errors.New("cannot bind listener: Too many open files")
	default:
		r.list = append(r.list, made)
	}
	return port, nil
}

// freePort is a port of the kernel's own choice (net.ipv4.ip_local_port_range).
func (r *reverses) freePort() string {
	for port := 32768; ; port++ {
		local := fmt.Sprintf("tcp:%d", port)
		if !slices.ContainsFunc(r.list, func(old reversed) bool { return old.local == local }) {
			return strconv.Itoa(port)
		}
	}
}

// prune forgets the listeners of connections that ended when the handset went away.
func (r *reverses) prune() {
	r.list = slices.DeleteFunc(r.list, func(old reversed) bool {
		select {
		case <-old.lost:
			return true
		default:
			return false
		}
	})
}

// drop takes listeners away, and says whether there were any.
func (r *reverses) drop(which func(reversed) bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.prune()
	had := len(r.list)
	r.list = slices.DeleteFunc(r.list, which)
	return len(r.list) < had
}

// leave takes away what a connection asked for.
func (r *reverses) leave(from host) { r.drop(func(old reversed) bool { return old.from == from }) }

// text lists the listeners (adb_listeners.cpp, format_listeners).
func (r *reverses) text(sdk int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.prune()
	var b strings.Builder
	for _, one := range r.list {
		fmt.Fprintf(&b, "%s %s %s\n", one.from.transport(sdk), one.local, one.remote)
	}
	return b.String()
}

// through serves a connection to a socket of the handset that leads back to the
// computer; nil where none of that name does.
func (r *reverses) through(name string) serving {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.prune()
	at := slices.IndexFunc(r.list, func(one reversed) bool { return one.local == name })
	if at < 0 {
		return nil
	}
	to := r.list[at]
	return func(ctx context.Context, _ Handset, c *channel) {
		far, err := to.from.dial(ctx, to.remote)
		if err != nil {
			return
		}
		defer far.Close()
		defer context.AfterFunc(ctx, func() { far.Close() })()
		c.readers.Go(func() {
			io.Copy(far, c.in)
			far.Close() // adb knows no socket that is closed on one side
		})
		io.Copy(c.out, far)
		c.cancel()
	}
}
