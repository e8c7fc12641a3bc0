package adb_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"assay/harness/virtual"
	"assay/harness/virtual/face"
	"assay/harness/virtual/persona"
)

// handsetsEnv holds how many virtual handsets this test program is to serve, as a
// process of its own. What is measured then shares no scheduler and no garbage
// collector with them: to assay and to the adb command line they are alike.
const handsetsEnv = "ASSAY_TEST_HANDSETS"

func TestMain(m *testing.M) {
	n, err := strconv.Atoi(os.Getenv(handsetsEnv))
	if err != nil {
		goleak.VerifyTestMain(m)
		return
	}
	if err := serveHandsets(n, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

// serveHandsets serves each handset on a port of its own, says where, a line each,
// and ends with its input.
func serveHandsets(n int, in io.Reader, out io.Writer) (err error) {
	all, err := persona.All()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, n)
	serving := 0
	defer func() {
		cancel()
		for range serving {
			err = errors.Join(err, <-ended)
		}
	}()
	for i := range n {
		p := *all[len(all)-1]
		p.Identity.Serial = fmt.Sprintf("RATE%04d", i)
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		h := virtual.New(&p, 1)
		serving++
		go func() { ended <- errors.Join(face.ServeDevice(ctx, ln, h), h.Close()) }()
		fmt.Fprintln(out, ln.Addr())
	}
	_, err = io.Copy(io.Discard, in)
	return err
}

// startHandsets has another process serve n virtual handsets until the test is
// over, and gives their addresses.
func startHandsets(tb testing.TB, n int) []string {
	tb.Helper()
	program, err := os.Executable()
	require.NoError(tb, err)
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), handsetsEnv+"="+strconv.Itoa(n))
	cmd.Stderr = os.Stderr
	stop, err := cmd.StdinPipe()
	require.NoError(tb, err)
	out, err := cmd.StdoutPipe()
	require.NoError(tb, err)
	require.NoError(tb, cmd.Start())
	tb.Cleanup(func() {
		require.NoError(tb, stop.Close())
		require.NoError(tb, cmd.Wait())
	})
	lines := bufio.NewScanner(out)
	var addrs []string
	for len(addrs) < n && lines.Scan() {
		addrs = append(addrs, lines.Text())
	}
	require.Len(tb, addrs, n, "the handsets' process says where they are: %v", lines.Err())
	return addrs
}
