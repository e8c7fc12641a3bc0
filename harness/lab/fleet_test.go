package lab_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/farm"
	"assay/harness/virtual"
	"assay/harness/virtual/face"
	"assay/harness/virtual/persona"
)

// fleetEnv holds how many virtual handsets this test program is to serve, as a
// process of its own: "200" behind one embedded adb server, "64 devices" each on a
// port for a real one. What the handsets cost is then told apart from what the
// harness does, by the system's own account of two processes.
const fleetEnv = "ASSAY_TEST_FLEET"

// fleet is virtual handsets that another process serves.
type fleet struct {
	Server  string // address of their adb server; empty where each has a port of its own
	Devices []farm.Entry

	orders  io.WriteCloser
	answers *json.Decoder
	cmd     *exec.Cmd
}

// consumed is what a process has used.
type consumed struct {
	CPU time.Duration // user and system
	RSS int64         // most bytes that were resident at once
}

// self is what this process has used.
func self() consumed {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // the arguments are constant
	}
	return consumed{CPU: time.Duration(u.Utime.Nano() + u.Stime.Nano()), RSS: u.Maxrss << 10}
}

// serveFleet is the process of the handsets: it says where they are, and then, for
// each line that it reads, what it has used. It ends with its input.
func serveFleet(order string) int {
	if err := serveHandsets(order); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	return 0
}

func serveHandsets(order string) (err error) {
	var n int
	var side string
	if _, err := fmt.Sscan(order, &n, &side); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	all, err := persona.All()
	if err != nil {
		return err
	}
	var f fleet
	var handsets []*virtual.Handset
	for i := range n {
		p := *all[i%len(all)]
		p.Identity.Serial = fmt.Sprintf("FLEET%04d", i)
		handsets = append(handsets, virtual.New(&p, uint64(i)+1))
		f.Devices = append(f.Devices, farm.Entry{Serial: android.Serial(p.Identity.Serial), Brand: p.Brand, Model: p.Properties[android.PropModel]})
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, n)
	serving := n
	if side == "devices" {
		for i, h := range handsets {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				cancel()
				return err
			}
			f.Devices[i].Serial, f.Devices[i].Connect = "", ln.Addr().String()
			go func() { ended <- face.ServeDevice(ctx, ln, h) }()
		}
	} else {
		var stop func() error
		if f.Server, stop, err = virtual.Start(ctx, handsets...); err != nil {
			cancel()
			return err
		}
		serving = 1
		go func() { <-ctx.Done(); ended <- stop() }()
	}
	out := json.NewEncoder(os.Stdout)
	err = out.Encode(f)
	for lines := bufio.NewScanner(os.Stdin); err == nil && lines.Scan(); {
		err = out.Encode(self())
	}
	cancel()
	for range serving {
		err = errors.Join(err, <-ended)
	}
	for _, h := range handsets {
		err = errors.Join(err, h.Close())
	}
	return err
}

// startFleet has another process serve n virtual handsets, until the test is over.
func startFleet(tb testing.TB, n int, face string) *fleet {
	tb.Helper()
	program, err := os.Executable()
	require.NoError(tb, err)
	f := &fleet{cmd: exec.Command(program)}
	f.cmd.Env = append(os.Environ(), fleetEnv+"="+strconv.Itoa(n)+" "+face)
	f.cmd.Stderr = os.Stderr
	f.orders, err = f.cmd.StdinPipe()
	require.NoError(tb, err)
	out, err := f.cmd.StdoutPipe()
	require.NoError(tb, err)
	require.NoError(tb, f.cmd.Start())
	tb.Cleanup(func() {
		require.NoError(tb, f.orders.Close())
		require.NoError(tb, f.cmd.Wait())
	})
	f.answers = json.NewDecoder(out)
	require.NoError(tb, f.answers.Decode(f))
	return f
}

// used asks the other process what it has used.
func (f *fleet) used(tb testing.TB) consumed {
	tb.Helper()
	_, err := fmt.Fprintln(f.orders)
	require.NoError(tb, err)
	var c consumed
	require.NoError(tb, f.answers.Decode(&c))
	return c
}

// inventory is all of the fleet, as many at work on a hub as there are.
func (f *fleet) inventory() farm.Inventory {
	return farm.Inventory{Devices: f.Devices, PerHub: len(f.Devices)}
}
