package face

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"

	"assay/harness/virtual/wire"
)

// forwards are the ports of the host that lead to handsets.
type forwards struct {
	farm *Farm

	mu      sync.Mutex
	byPort  map[string]*forwarded
	serving sync.WaitGroup
}

// forwarded is one such port.
type forwarded struct {
	serial, local, remote string
	listener              net.Listener
	cancel                func()
}

// forward answers forward:[norebind:]LOCAL;REMOTE and killforward:LOCAL.
func (c *client) forward(ctx context.Context, t target, request string) {
	if local, ok := strings.CutPrefix(request, "killforward:"); ok {
		if !c.forwards.close(local) {
			wire.WriteFail(c, fmt.Sprintf("listener '%s' not found", local))
			return
		}
		c.Write([]byte("OKAYOKAY"))
		return
	}
	spec := strings.TrimPrefix(request, "forward:")
	spec, keep := strings.CutPrefix(spec, "norebind:")
	local, remote, ok := strings.Cut(spec, ";")
	if !ok || local == "" || remote == "" || strings.HasPrefix(remote, "*") {
		wire.WriteFail(c, "bad forward: "+request)
		return
	}
	r, err := c.farm.acquire(t, false)
	if err != nil {
		wire.WriteFail(c, err.Error())
		return
	}
	port, err := c.forwards.open(ctx, r, local, remote, keep)
	if err != nil {
		wire.WriteFail(c, err.Error())
		return
	}
	answer := "OKAYOKAY"
	if local == "tcp:0" {
		answer += fmt.Sprintf("%04x%s", len(port), port)
	}
	io.WriteString(c, answer)
}

// open listens on a port of loopback; of tcp:0 it returns the port's number.
func (f *forwards) open(ctx context.Context, r row, local, remote string, keep bool) (string, error) {
	port, ok := strings.CutPrefix(local, "tcp:")
	if !ok || strings.Trim(port, "0123456789") != "" || port == "" {
		return "", errServer("cannot bind listener: unsupported socket '" + local + "'")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if old := f.byPort[local]; old != nil {
		if keep {
			return "", errServer("cannot rebind existing socket")
		}
		old.serial, old.remote = r.serial, remote
		return port, nil
	}
	ln, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return "", errServer("cannot bind listener: Address already in use")
	}
	if port == "0" {
		_, port, _ = net.SplitHostPort(ln.Addr().String())
	}
	ctx, cancel := context.WithCancel(ctx)
	opened := &forwarded{serial: r.serial, local: "tcp:" + port, remote: remote, listener: ln, cancel: cancel}
	if f.byPort == nil {
		f.byPort = map[string]*forwarded{}
	}
	f.byPort[opened.local] = opened
	f.serving.Go(func() { f.accept(ctx, opened) })
	return port, nil
}

func (f *forwards) accept(ctx context.Context, to *forwarded) {
	for {
		conn, err := to.listener.Accept()
		if err != nil {
			return
		}
		f.serving.Go(func() {
			defer conn.Close()
			f.mu.Lock()
			serial, remote := to.serial, to.remote
			f.mu.Unlock()
			r, err := f.farm.acquire(target{serial: serial}, false)
			if err != nil {
				return
			}
			if opened := openService(ctx, r.handset, remote, usbHost{r.handset.Serial()}); opened != nil {
				opened.run(conn)
			}
		})
	}
}

func (f *forwards) close(local string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	to := f.byPort[local]
	if to == nil {
		return false
	}
	to.cancel()
	to.listener.Close()
	delete(f.byPort, local)
	return true
}

func (f *forwards) closeAll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for local, to := range f.byPort {
		to.cancel()
		to.listener.Close()
		delete(f.byPort, local)
	}
}

// wait returns when every connection through a forwarded port has ended.
func (f *forwards) wait() { f.serving.Wait() }

// list is the text of host:list-forward.
func (f *forwards) list() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var text strings.Builder
	for _, local := range slices.Sorted(maps.Keys(f.byPort)) {
		to := f.byPort[local]
		fmt.Fprintf(&text, "%s %s %s\n", to.serial, to.local, to.remote)
	}
	return text.String()
}
