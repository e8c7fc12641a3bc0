package farm_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/farm"
	"assay/harness/virtual"
	"assay/harness/virtual/persona"
)

// apart serves two handsets on an adb server each, the second one's named by its
// entry.
func apart(t *testing.T, one, two *virtual.Handset) (f *farm.Farm, inv farm.Inventory, stopSecond func()) {
	t.Helper()
	first, _ := serve(t, loopback, virtual.NewFarm(one))
	second, stop := serve(t, loopback, virtual.NewFarm(two))
	inv = farm.Inventory{Devices: []farm.Entry{{Serial: android.Serial(one.Serial())}, {Serial: android.Serial(two.Serial()), Server: second}}}
	return farm.New(adb.NewServer(first, adb.Options{})), inv, stop
}

// named is a handset of its own, with a serial and a boot.
func named(t *testing.T, serial, boot string) *virtual.Handset {
	t.Helper()
	return plugged(t, testPersona(t, func(p *persona.Persona) {
		p.Identity.Serial, p.Identity.BootID = serial, "00000000-0000-4000-8000-00000000000"+boot
	}), "")
}

func TestEachHandsetIsLeasedByItsOwnAdbServer(t *testing.T) {
	f, inv, stop := apart(t, named(t, "ONE", "1"), named(t, "TWO", "2"))
	places, err := f.Survey(t.Context(), inv)
	require.NoError(t, err)
	require.Len(t, places, 2)
	for i, serial := range []string{"ONE", "TWO"} {
		l, err := f.Lease(t.Context(), places[i])
		require.NoError(t, err)
		defer l.Return()
		assert.Equal(t, serial, string(l.Device.Serial()))
		out, err := l.Device.Shell(t.Context(), "cat", "/proc/sys/kernel/random/boot_id")
		require.NoError(t, err, serial)
		assert.Equal(t, strconv.Itoa(i+1), strings.TrimSpace(out)[35:], serial)
	}
	assert.NotEqual(t, places[0].Entry.Server, places[1].Entry.Server)

	stop()
	places, err = f.Survey(t.Context(), inv)
	require.NoError(t, err, "the first one's server answers")
	assert.Equal(t, farm.Ready, places[0].State)
	assert.Equal(t, farm.Missing, places[1].State)
	assert.Equal(t, "no adb server answers ("+inv.Devices[1].Server+")", places[1].Cause)
	_, port, _ := net.SplitHostPort(inv.Devices[1].Server)
	assert.Contains(t, places[1].Remedy, "adb -P "+port+" start-server")
	_, err = f.Lease(t.Context(), places[1])
	assert.ErrorIs(t, err, adb.ErrNoServer, "what it was concluded from")
}

func TestWhereNoAdbServerAnswersASurveyErrs(t *testing.T) {
	one, two := closedPort(t), closedPort(t)
	f := farm.New(adb.NewServer(one, adb.Options{}))
	_, err := f.Survey(t.Context(), farm.Inventory{Devices: []farm.Entry{{Serial: "A"}, {Serial: "B", Server: two}}})
	require.ErrorIs(t, err, adb.ErrNoServer)
	assert.ErrorContains(t, err, one)
	assert.ErrorContains(t, err, two)
}

func TestTheLadderClimbsOnTheHandsetsOwnServer(t *testing.T) {
	var doors []string
	for range 2 {
		door, err := net.Listen("tcp", loopback)
		require.NoError(t, err)
		t.Cleanup(func() { door.Close() })
		go answerTheDoor(door)
		doors = append(doors, door.Addr().String())
	}
	one, two := named(t, doors[0], "1"), named(t, doors[1], "2")
	f, inv, stop := apart(t, one, two)
	f.Clock = newSkipping()
	for i, addr := range doors {
		inv.Devices[i].Serial, inv.Devices[i].Connect = "", addr
	}
	places, err := f.Survey(t.Context(), inv)
	require.NoError(t, err)
	l, err := f.Lease(t.Context(), places[1])
	require.NoError(t, err)
	defer l.Return()
	second := adb.NewServer(inv.Devices[1].Server, adb.Options{})
	stop()
	var j journal
	ladder := &farm.Ladder{Farm: f, Inventory: inv, Rungs: quick("settle", "reconnect")}
	err = ladder.Climb(t.Context(), l, j.note)
	require.ErrorIs(t, err, adb.ErrNoServer)
	assert.ErrorContains(t, err, inv.Devices[1].Server)
	assert.Equal(t, []string{"settle"}, j.rungs, "a server that is gone is a person's to start")

	_, _ = serve(t, inv.Devices[1].Server, virtual.NewFarm(two))
	require.NoError(t, second.Disconnect(t.Context(), doors[1]))
	require.NoError(t, f.Server.Disconnect(t.Context(), doors[0]))
	require.NoError(t, ladder.Climb(t.Context(), l, j.note))
	rows, err := second.Devices(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, 1, "connected again, by its own server")
	rows, err = f.Server.Devices(t.Context())
	require.NoError(t, err)
	assert.Empty(t, rows, "the other server was not the climb's")
	require.NoError(t, f.Reconnect(t.Context(), inv))
	rows, err = f.Server.Devices(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, 1)
}

func TestAMonitorWatchesEveryServer(t *testing.T) {
	f, inv, stop := apart(t, named(t, "ONE", "1"), named(t, "TWO", "2"))
	b := &bench{Farm: f, inv: inv}
	var d diary
	m := monitored(t, b, &d)
	becomes(t, m, "ONE", farm.Ready)
	becomes(t, m, "TWO", farm.Ready)
	stop()
	s := becomes(t, m, "TWO", farm.Missing)
	assert.Contains(t, s.Cause, inv.Devices[1].Server)
	assert.Equal(t, farm.Ready, m.Statuses()[0].State, "the other's is another server")
	serve(t, inv.Devices[1].Server, virtual.NewFarm(named(t, "TWO", "2")))
	becomes(t, m, "TWO", farm.Ready)
}

func TestOneSerialOnTwoServersIsNeverTwoHandsets(t *testing.T) {
	row := func(state, path string) []adb.Row { return []adb.Row{{Serial: "A", State: state, Path: path}} }
	here, beside, there := "127.0.0.1:5037", "127.0.0.1:5038", "10.0.0.2:5037"
	for name, c := range map[string]struct {
		entry farm.Entry
		lists []farm.List
		want  farm.State
		cause string
	}{
		"on the network by two servers":            {farm.Entry{Server: here}, []farm.List{{Server: here, Rows: row("device", "")}, {Server: there, Rows: row("device", "")}}, farm.Ambiguous, "several adb servers have serial A: " + here + ", " + there},
		"by cable and on the network":              {farm.Entry{Server: here, USB: "usb:1-1"}, []farm.List{{Server: here, Rows: row("device", "usb:1-1")}, {Server: beside, Rows: row("device", "")}}, farm.Ambiguous, beside},
		"one port of this computer":                {farm.Entry{Server: here, USB: "usb:1-1"}, []farm.List{{Server: here, Rows: row("device", "usb:1-1")}, {Server: beside, Rows: row("unauthorized", "usb:1-1")}}, farm.Ambiguous, beside},
		"the other server only sees it":            {farm.Entry{Server: here, USB: "usb:1-1"}, []farm.List{{Server: here, Rows: row("device", "usb:1-1")}, {Server: beside, Rows: row("offline", "usb:1-1")}}, farm.Ready, ""},
		"two ports of this computer":               {farm.Entry{Server: here, USB: "usb:1-1"}, []farm.List{{Server: here, Rows: row("device", "usb:1-1")}, {Server: beside, Rows: row("device", "usb:1-2")}}, farm.Ready, ""},
		"one port of two computers":                {farm.Entry{Server: here, USB: "usb:1-1"}, []farm.List{{Server: here, Rows: row("device", "usb:1-1")}, {Server: there, Rows: row("device", "usb:1-1")}}, farm.Ready, ""},
		"two ports, and the entry names none":      {farm.Entry{Server: here}, []farm.List{{Server: here, Rows: row("device", "usb:1-1")}, {Server: beside, Rows: row("device", "usb:1-2")}}, farm.Ambiguous, beside},
		"only another server than the entry's":     {farm.Entry{Server: here}, []farm.List{{Server: here}, {Server: beside, Rows: row("device", "")}}, farm.Missing, "adb server " + here + " does not show it, but " + beside + " does"},
		"another server, and its own is not there": {farm.Entry{Server: here}, []farm.List{{Server: here, Err: adb.ErrNoServer}, {Server: beside, Rows: row("device", "")}}, farm.Missing, "no adb server answers (" + here + ")"},
	} {
		t.Run(name, func(t *testing.T) {
			c.entry.Serial = "A"
			places := farm.Survey(farm.Inventory{Devices: []farm.Entry{c.entry}}, c.lists...)
			assert.Equal(t, c.want, places[0].State, places[0].Cause)
			assert.Contains(t, places[0].Cause, c.cause)
			assert.Equal(t, c.want == farm.Ready, places[0].Remedy == "")
		})
	}
}

// TestOneHandsetUnderTwoSerialsIsLeasedOnce has it on two servers, as it may be by
// cable and by network: its boot tells.
func TestOneHandsetUnderTwoSerialsIsLeasedOnce(t *testing.T) {
	f, inv, _ := apart(t, named(t, "CABLE", "1"), named(t, "NETWORK", "1"))
	places, err := f.Survey(t.Context(), inv)
	require.NoError(t, err)
	l, err := f.Lease(t.Context(), places[0])
	require.NoError(t, err)
	_, err = f.Lease(t.Context(), places[1])
	require.ErrorIs(t, err, farm.ErrLeased)
	assert.ErrorContains(t, err, "both run the same boot")
	assert.ErrorContains(t, err, "CABLE")
	l.Return()
	l, err = f.Lease(t.Context(), places[1])
	require.NoError(t, err, "the first lease is over")
	l.Return()
}

func TestACrowdedServerIsNotMadeToConnectMore(t *testing.T) {
	var connects atomic.Int32
	addr := crowd(t, farm.ServerRoom-1, &connects)
	inv := farm.Inventory{Devices: []farm.Entry{{Connect: "127.0.0.1:9"}, {Connect: "127.0.0.1:19"}}}
	f := farm.New(adb.NewServer(addr, adb.Options{}))
	_, err := f.Survey(t.Context(), inv)
	var crowded *farm.Crowded
	require.ErrorAs(t, err, &crowded)
	assert.Equal(t, farm.Crowded{Server: addr, Handsets: farm.ServerRoom + 1}, *crowded)
	_, port, _ := net.SplitHostPort(addr)
	n, err2 := strconv.Atoi(port)
	require.NoError(t, err2)
	next := strconv.Itoa(n + 1)
	assert.ErrorContains(t, err, `"adb -P `+next+` start-server"`)
	assert.ErrorContains(t, err, `"server: 127.0.0.1:`+next+`"`)
	require.ErrorAs(t, f.Reconnect(t.Context(), inv), &crowded)
	assert.Zero(t, connects.Load())

	inv.Devices = inv.Devices[:1]
	_, err = f.Survey(t.Context(), inv)
	require.NoError(t, err, "one has room")
}

// crowd serves an adb server's list of so many handsets, and counts what it is
// asked to connect.
func crowd(t *testing.T, handsets int, connects *atomic.Int32) string {
	t.Helper()
	var list strings.Builder
	for i := range handsets {
		fmt.Fprintf(&list, "10.0.%d.%d:5555 device product:p model:m device:d transport_id:%d\n", i/250, i%250, i+1)
	}
	ln, err := net.Listen("tcp", loopback)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			answerRequest(ctx, c, list.String(), connects)
		}
	}()
	t.Cleanup(func() {
		cancel()
		ln.Close()
		<-done
	})
	return ln.Addr().String()
}

func answerRequest(_ context.Context, c net.Conn, list string, connects *atomic.Int32) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	r := bufio.NewReader(c)
	head := make([]byte, 4)
	if _, err := r.Read(head); err != nil {
		return
	}
	n, _ := strconv.ParseInt(string(head), 16, 32)
	service := make([]byte, n)
	if _, err := r.Read(service); err != nil {
		return
	}
	text := list
	if strings.HasPrefix(string(service), "host:connect") {
		connects.Add(1)
		text = "failed to connect"
	}
	fmt.Fprintf(c, "OKAY%04x%s", len(text), text)
}

func TestCheckFindsWhatIsWrongWithTheServersThatAreNamed(t *testing.T) {
	entry := func(server string) []farm.Entry { return []farm.Entry{{Serial: "A", Server: server}} }
	for name, c := range map[string]struct {
		inv  farm.Inventory
		want string
	}{
		"no port":                       {farm.Inventory{Devices: entry("127.0.0.1")}, `devices[0].server: "127.0.0.1" is not an address of the form host:port`},
		"no host":                       {farm.Inventory{Devices: entry(":5038")}, "devices[0].server: "},
		"a port that is none":           {farm.Inventory{Devices: entry("h:70000")}, "devices[0].server: "},
		"port 0":                        {farm.Inventory{Devices: entry("h:0")}, "devices[0].server: "},
		"an address of the web":         {farm.Inventory{Devices: entry("http://h:5038")}, "devices[0].server: "},
		"embedded, for one handset":     {farm.Inventory{Devices: entry("virtual")}, "devices[0].server: "},
		"its own, beside the embedded":  {farm.Inventory{Server: "virtual", Devices: entry("127.0.0.1:5038")}, "devices[0].server: the farm's server is the embedded one"},
		"the inventory's":               {farm.Inventory{Server: "labhost"}, `server: "labhost" is not an address`},
		"power of the other computer":   {farm.Inventory{Power: "uhubctl -l {hub} -p {port}", Devices: entry("labhost:5037")}, "devices[0].server: the farm's power: would switch a port of another computer"},
		"one serial on two servers":     {farm.Inventory{Devices: []farm.Entry{{Serial: "A"}, {Serial: "A", Server: "127.0.0.1:5038"}}}, "devices[1].serial: A is listed already"},
		"more than one server can take": {farm.Inventory{Devices: many(farm.ServerRoom + 1)}, `devices[950].serial: adb server 127.0.0.1:5037 would have 951 handsets`},
		"by two names of one server":    {farm.Inventory{Server: "localhost:5037", Devices: append(many(farm.ServerRoom), farm.Entry{Serial: "A", Server: "127.0.0.1:5037"})}, `"adb -P 5038 start-server"`},
	} {
		t.Run(name, func(t *testing.T) { assert.ErrorContains(t, c.inv.Check(), c.want) })
	}
	for _, inv := range []farm.Inventory{
		{Server: "virtual", Devices: entry("")},
		{Server: "localhost:5037", Devices: slices.Concat(many(farm.ServerRoom), []farm.Entry{{Serial: "A", Server: "[::1]:5038"}, {Serial: "B", Retired: true}})},
		{Power: "switch {server} {hub} {port}", Devices: entry("labhost:5037")},
		{Power: "uhubctl -l {hub}", Devices: []farm.Entry{{Serial: "A", Server: "labhost:5037", Power: "ssh labhost uhubctl"}, {Serial: "B", Server: "127.0.0.1:5038"}}},
	} {
		assert.NoError(t, inv.Check())
	}
}

// many gives so many entries.
func many(n int) []farm.Entry {
	all := make([]farm.Entry, n)
	for i := range all {
		all[i].Serial = android.Serial("S" + strconv.Itoa(i))
	}
	return all
}

func TestHubsOfTwoComputersAreNotOne(t *testing.T) {
	place := func(serial android.Serial, server string) farm.Place {
		return farm.Place{Entry: farm.Entry{Serial: serial, Server: server}, Row: adb.Row{Path: "usb:1-4.2"}}
	}
	here, beside, there := place("A", "127.0.0.1:5037"), place("B", "localhost:5038"), place("C", "labhost:5037")
	assert.Equal(t, []string{"usb:1-4"}, here.Hubs())
	assert.Equal(t, here.Hubs(), beside.Hubs(), "two servers of one computer")
	assert.Equal(t, []string{"labhost usb:1-4"}, there.Hubs())
	at := time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)
	found := farm.Incidents([]farm.Loss{farm.LossOf(here, at), farm.LossOf(beside, at), farm.LossOf(there, at)}, farm.Together)
	require.Len(t, found, 2)
	assert.Len(t, found[0].Losses, 2)
	assert.Equal(t, "labhost", found[1].Host)
}

// TestAServerThatDiesWhileItIsAskedIsAskedOnceMore resets the first connections to a
// server, once they have asked.
func TestAServerThatDiesWhileItIsAskedIsAskedOnceMore(t *testing.T) {
	for resets, ok := range map[int32]bool{0: true, 1: true, 9: false} {
		at, _ := serve(t, loopback, virtual.NewFarm(named(t, "ONE", "1")))
		front, err := net.Listen("tcp", loopback)
		require.NoError(t, err)
		var seen atomic.Int32
		var passing sync.WaitGroup
		passing.Go(func() {
			for {
				c, err := front.Accept()
				if err != nil {
					return
				}
				if seen.Add(1) <= resets {
					_, err := c.Read(make([]byte, 1))
					assert.NoError(t, err)
					assert.NoError(t, c.(*net.TCPConn).SetLinger(0))
					c.Close()
					continue
				}
				passing.Go(func() { pass(t, c, at) })
			}
		})
		places, err := farm.New(adb.NewServer(front.Addr().String(), adb.Options{})).Survey(t.Context(), farm.Inventory{})
		assert.Equal(t, ok, err == nil, "%d: %v", resets, err)
		assert.Equal(t, ok, len(places) == 1, "%d", resets)
		require.NoError(t, front.Close())
		passing.Wait()
	}
}

// pass joins a connection to an address until the other end is done.
func pass(t *testing.T, c net.Conn, to string) {
	defer c.Close()
	server, err := net.Dial("tcp", to)
	if !assert.NoError(t, err) {
		return
	}
	defer server.Close()
	go io.Copy(server, c)
	io.Copy(c, server)
}

// TestAServerIsAwayUntilItListsItsHandsetsAgain ends a server that is kept, and starts it
// again without its handset, which comes a moment later.
func TestAServerIsAwayUntilItListsItsHandsetsAgain(t *testing.T) {
	h := named(t, "ONE", "1")
	room := virtual.NewFarm(h)
	at, stop := serve(t, loopback, room)
	f := farm.New(adb.NewServer(at, adb.Options{}))
	l := leased(t, f, farm.Inventory{Devices: []farm.Entry{{Serial: "ONE"}}})
	ctx, cancel := context.WithCancel(t.Context())
	var keeping sync.WaitGroup
	defer keeping.Wait()
	defer cancel()
	keeping.Go(func() { f.Keep(ctx, farm.Inventory{}, at) })

	before := l.Outages()
	assert.False(t, before.Since(before))
	stop()
	require.Eventually(t, func() bool { return l.Outages().Began > 0 }, 20*time.Second, 10*time.Millisecond)
	room.Remove(h)
	serve(t, at, room)
	require.NoError(t, f.Await(t.Context(), at, time.Minute))
	during := l.Outages()
	assert.True(t, during.Since(before))
	assert.Never(t, func() bool { o := l.Outages(); return !o.Since(o) }, time.Second, 10*time.Millisecond, "what begins meanwhile meets no handset")
	room.Add(h)
	require.Eventually(t, func() bool { o := l.Outages(); return !o.Since(o) }, 20*time.Second, 10*time.Millisecond)
	assert.True(t, l.Outages().Since(during))
}
