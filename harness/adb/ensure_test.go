package adb

import (
	"net"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ownServer has Ensure start the real adb server on a port of its own.
func ownServer(t *testing.T) *Server {
	t.Helper()
	program, err := exec.LookPath("adb")
	if err != nil {
		t.Skip("no adb on PATH")
	}
	t.Setenv("HOME", t.TempDir()) // where adb makes its key
	free := listen(t)
	addr := free.Addr().String()
	free.Close()
	s := NewServer(addr, Options{})
	require.NoError(t, s.Ensure(t.Context()))
	t.Cleanup(func() {
		_, port, _ := net.SplitHostPort(addr)
		assert.NoError(t, exec.Command(program, "-P", port, "kill-server").Run())
	})
	return s
}

func TestEnsureStartsAServerAndLeavesOneThatRunsAlone(t *testing.T) {
	s := ownServer(t)
	version, err := s.Version(t.Context())
	require.NoError(t, err)
	assert.Greater(t, version, 30)
	t.Setenv("PATH", "")
	require.NoError(t, s.Ensure(t.Context()), "one that runs needs no program")
}

func TestTheRealServersAnswersAreUnderstood(t *testing.T) {
	s := ownServer(t)
	_, err := s.Devices(t.Context())
	require.NoError(t, err)

	d := s.Device(Row{Serial: "no-such-handset"})
	_, err = d.Shell(t.Context(), "true")
	require.ErrorIs(t, err, ErrNoDevice)
	_, err = d.Pull(t.Context(), "/x", nil)
	require.ErrorIs(t, err, ErrNoDevice)
	_, err = d.Forward(t.Context(), "tcp:0", "tcp:1")
	require.ErrorIs(t, err, ErrNoDevice)
	_, err = d.Forward(t.Context(), "tcp:8", "tcp:1")
	require.ErrorIs(t, err, ErrNoDevice)
	require.ErrorIs(t, d.Unforward(t.Context(), "tcp:8"), ErrNoDevice)
	_, err = s.Device(Row{Serial: noSerial, TransportID: 99}).Features(t.Context())
	require.ErrorIs(t, err, ErrNoDevice)

	require.ErrorIs(t, s.Disconnect(t.Context(), "127.0.0.1:1"), ErrNoDevice)
	forwards, err := s.Forwards(t.Context())
	require.NoError(t, err)
	assert.Empty(t, forwards)
	require.NoError(t, s.ReconnectOffline(t.Context()))
}

func TestEnsureWithoutAdbSaysWhatToDo(t *testing.T) {
	free := listen(t)
	free.Close()
	t.Setenv("PATH", "")
	err := NewServer(free.Addr().String(), Options{}).Ensure(t.Context())
	require.ErrorIs(t, err, ErrNoServer)
	require.ErrorIs(t, err, ErrNoBinary)
	assert.Equal(t, OwnerHost, Owner(err))
	assert.Contains(t, Remedy(err), "install adb")
}

func TestEnsureDoesNotStartWhatAnotherComputerShouldRun(t *testing.T) {
	assert.False(t, NewServer("192.0.2.1:5037", Options{}).local())
	assert.False(t, NewServer("lab:5037", Options{}).local())
	assert.True(t, NewServer("localhost:5037", Options{}).local())
	assert.True(t, NewServer("", Options{}).local())
}
