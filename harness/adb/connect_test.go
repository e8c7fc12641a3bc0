package adb

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answering is a server that gives one answer to whatever it is asked, and
// keeps the question.
func answering(t *testing.T, o Options, answer func(p *peer)) (*Server, func() string) {
	asked := make(chan string, 100)
	s := fakeServer(t, o, func(p *peer, request string) {
		asked <- request
		p.okay()
		answer(p)
	})
	return s, func() string { return <-asked }
}

func TestConnectTellsSuccessFromFailureThoughBothAreOKAY(t *testing.T) {
	handset := listen(t).Addr().String()
	for text, want := range map[string]error{
		"connected to " + handset:                              nil,
		"already connected to " + handset:                      nil,
		"failed to connect to '" + handset + "': No route":     ErrNoDevice,
		"failed to connect to " + handset:                      ErrNoDevice,
		"failed to authenticate to " + handset:                 ErrUnauthorized,
		"unable to connect to " + handset + ": out of handles": &Refused{Service: "host:connect:" + handset, Text: "unable to connect to " + handset + ": out of handles", Owner: OwnerHandset},
	} {
		s, asked := answering(t, Options{}, func(p *peer) { p.text(text) })
		err := s.Connect(t.Context(), handset)
		assert.Equal(t, "host:connect:"+handset, asked())
		var refused, got *Refused
		if errors.As(want, &refused) {
			require.ErrorAs(t, err, &got)
			assert.Equal(t, refused, got)
			continue
		}
		assert.ErrorIs(t, err, want, text)
	}
}

func TestConnectTriesTheAddressFirst(t *testing.T) {
	s, _ := answering(t, Options{}, func(p *peer) { t.Error("the server was asked") })
	gone := listen(t)
	gone.Close()
	err := s.Connect(t.Context(), gone.Addr().String())
	require.ErrorIs(t, err, ErrNoDevice)
	assert.NotEmpty(t, Remedy(err))
	assert.Error(t, s.Connect(t.Context(), "127.0.0.1:notaport"))
	assert.Error(t, s.Connect(t.Context(), ":5555"))
}

func TestAddressesHaveAPort(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.7":       "10.0.0.7 5555",
		"10.0.0.7:1234":  "10.0.0.7 1234",
		"phone.lan":      "phone.lan 5555",
		"[fe80::1]:4444": "[fe80::1] 4444",
		"fe80::1":        "[fe80::1] 5555",
	} {
		host, port, err := address(text)
		require.NoError(t, err)
		assert.Equal(t, want, bracketed(host)+" "+strconv.Itoa(port))
	}
}

func TestConnectThatIsNotAnsweredIsCutOff(t *testing.T) {
	handset := listen(t).Addr().String()
	s, _ := answering(t, Options{Silence: limit}, func(p *peer) { p.freeze() })
	err := s.Connect(t.Context(), handset)
	assert.Equal(t, DeadlineSilence, timeoutOf(t, err).Deadline)

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	assert.ErrorIs(t, s.Connect(ctx, handset), context.DeadlineExceeded)
}

func TestConnectThroughAServerThatDiesIsTransportLost(t *testing.T) {
	handset := listen(t).Addr().String()
	s, _ := answering(t, Options{}, func(p *peer) {})
	err := s.Connect(t.Context(), handset)
	require.ErrorAs(t, err, new(*TransportLost))
	assert.Equal(t, OwnerServer, Owner(err))
}

func TestDisconnectOfAStrangerIsNoDevice(t *testing.T) {
	s, asked := answering(t, Options{}, func(p *peer) { p.text("disconnected 10.0.0.7:5555") })
	require.NoError(t, s.Disconnect(t.Context(), "10.0.0.7"))
	assert.Equal(t, "host:disconnect:10.0.0.7:5555", asked())

	s = fakeServer(t, Options{}, func(p *peer, _ string) { p.fail("no such device '10.0.0.7:5555'") })
	assert.ErrorIs(t, s.Disconnect(t.Context(), "10.0.0.7:5555"), ErrNoDevice)
}

func TestForwardsAreMadeListedAndEnded(t *testing.T) {
	requests := make(chan string, 10)
	s := fakeServer(t, Options{}, func(p *peer, request string) {
		requests <- request
		p.okay()
		switch request {
		case "host-serial:R1:forward:tcp:0;tcp:5555":
			p.okay()
			p.text("41234")
		case "host:list-forward":
			p.text("R1 tcp:8080 tcp:9090\nR2 tcp:1 localabstract:x\n\n")
		default:
			p.okay()
		}
	})
	d := s.Device(Row{Serial: "R1"})
	local, err := d.Forward(t.Context(), "tcp:0", "tcp:5555")
	require.NoError(t, err)
	assert.Equal(t, "tcp:41234", local)
	<-requests

	local, err = d.Forward(t.Context(), "tcp:8080", "tcp:9090")
	require.NoError(t, err)
	assert.Equal(t, "tcp:8080", local)
	assert.Equal(t, "host-serial:R1:forward:tcp:8080;tcp:9090", <-requests)

	_, err = d.Forward(t.Context(), "tcp:8081", "localabstract:x")
	require.NoError(t, err)
	assert.Equal(t, "host-serial:R1:forward:tcp:8081;localabstract:x", <-requests)

	require.NoError(t, d.Unforward(t.Context(), "tcp:8080"))
	assert.Equal(t, "host-serial:R1:killforward:tcp:8080", <-requests)

	forwards, err := s.Forwards(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []Forward{{"R1", "tcp:8080", "tcp:9090"}, {"R2", "tcp:1", "localabstract:x"}}, forwards)
}

func TestAForwardThatIsRefusedIsAnError(t *testing.T) {
	s := fakeServer(t, Options{}, func(p *peer, _ string) { p.fail("cannot bind listener: Address already in use") })
	for _, remote := range []string{"tcp:9090", "localabstract:x"} {
		_, err := s.Device(Row{Serial: "R1"}).Forward(t.Context(), "tcp:8080", remote)
		assert.ErrorContains(t, err, "cannot bind")
	}
}

func TestAShortRowOfForwardsIsAnErrorNotAPanic(t *testing.T) {
	s := fakeServer(t, Options{}, func(p *peer, _ string) { p.okay(); p.text("R1 tcp:8080\n") })
	_, err := s.Forwards(t.Context())
	assert.ErrorContains(t, err, "unreadable row")
}
