package lab_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/lab"
	"assay/harness/ledger"
)

// standIn is an adb server before another: its list of handsets is a test's, it knows
// them by the serials of that list, and it answers some shell commands itself. All
// else it passes on.
type standIn struct {
	rows    []shownRow // its list; none: the other server's
	answers []spoken   // the first that matches is given

	other string // address of the server behind
	mu    sync.Mutex
	asked []asked
}

// shownRow is a handset as the list shows it.
type shownRow struct {
	serial string
	rest   string // state, path and names, as adb devices -l prints them; its transport_id is added
	real   string // serial by which the other server has it; empty: it has none
}

// spoken is what a shell command is answered.
type spoken struct {
	command  *regexp.Regexp
	out, err string
	exit     byte
}

// asked is one service that was asked of a handset.
type asked struct{ serial, service string }

// before has a stand-in listen before another server until the test is over.
func (s *standIn) before(t testing.TB, other *adb.Server) *adb.Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.other = other.Addr()
	var serving sync.WaitGroup
	var open []net.Conn
	serving.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			open = append(open, c)
			s.mu.Unlock()
			serving.Go(func() {
				defer c.Close()
				s.serve(c)
			})
		}
	})
	t.Cleanup(func() {
		assert.NoError(t, listener.Close())
		s.mu.Lock()
		for _, c := range open {
			c.Close()
		}
		s.mu.Unlock()
		serving.Wait()
	})
	return adb.NewServer(listener.Addr().String(), adb.Options{})
}

// services gives what was asked of the handsets that the list shows by a serial.
func (s *standIn) services(serial string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, a := range s.asked {
		if a.serial == serial {
			all = append(all, a.service)
		}
	}
	return all
}

// serve answers one connection.
func (s *standIn) serve(c net.Conn) {
	request, err := readRequest(c)
	if err != nil {
		return
	}
	if request == "host:devices-l" && s.rows != nil {
		var list strings.Builder
		for i, r := range s.rows {
			fmt.Fprintf(&list, "%-22s %s transport_id:%d\n", r.serial, r.rest, i+1)
		}
		fmt.Fprintf(c, "OKAY%04x%s", list.Len(), list.String())
		return
	}
	row, rest, about := s.target(request)
	if about && row == nil {
		reason := "device '" + request + "' not found"
		fmt.Fprintf(c, "FAIL%04x%s", len(reason), reason)
		return
	}
	other, err := net.Dial("tcp", s.other)
	if err != nil {
		return
	}
	defer other.Close()
	switch {
	case !about:
		writeRequest(other, request)
	case rest != "": // host-serial:S:features
		writeRequest(other, "host-serial:"+row.real+":"+rest)
	default:
		writeRequest(other, "host:transport:"+row.real)
		if !s.shell(c, other, row.serial) {
			return
		}
	}
	splice(c, other)
}

// shell passes on what chooses a handset, and the service that is asked of it then,
// unless the answer is the stand-in's own.
func (s *standIn) shell(c, other net.Conn, serial string) (pass bool) {
	var status [4]byte
	if _, err := io.ReadFull(other, status[:]); err != nil {
		return false
	}
	c.Write(status[:])
	if string(status[:]) != "OKAY" {
		return true
	}
	service, err := readRequest(c)
	if err != nil {
		return false
	}
	s.mu.Lock()
	s.asked = append(s.asked, asked{serial, service})
	s.mu.Unlock()
	kind, command, _ := strings.Cut(service, ":")
	for _, a := range s.answers {
		if (kind == "exec" || strings.HasPrefix(kind, "shell")) && a.command.MatchString(command) {
			a.write(c, strings.Contains(kind, "v2"))
			return false
		}
	}
	writeRequest(other, service)
	return true
}

// write gives an answer as shell v2 does, or as what came before.
func (a spoken) write(c net.Conn, v2 bool) {
	if !v2 {
		io.WriteString(c, "OKAY"+a.out+a.err)
		return
	}
	answer := []byte("OKAY")
	for kind, text := range []string{1: a.out, 2: a.err, 3: string([]byte{a.exit})} {
		if text != "" {
			answer = append(binary.LittleEndian.AppendUint32(append(answer, byte(kind)), uint32(len(text))), text...)
		}
	}
	c.Write(answer)
}

// target finds the handset that a request is about, and what is asked of the server
// about it. about is false where it is about none, or the list is the other server's.
func (s *standIn) target(request string) (row *shownRow, rest string, about bool) {
	if s.rows == nil {
		return nil, "", false
	}
	for i := range s.rows {
		r := &s.rows[i]
		for _, name := range []string{"host:transport:" + r.serial, "host:transport-id:" + strconv.Itoa(i+1)} {
			if request == name {
				return r.live(), "", true
			}
		}
		for _, name := range []string{"host-serial:" + r.serial + ":", "host-transport-id:" + strconv.Itoa(i+1) + ":"} {
			if rest, ok := strings.CutPrefix(request, name); ok {
				return r.live(), rest, true
			}
		}
	}
	return nil, "", strings.HasPrefix(request, "host:transport") || strings.HasPrefix(request, "host-")
}

// live is the row, where there is a handset behind it.
func (r *shownRow) live() *shownRow {
	if r.real == "" {
		return nil
	}
	return r
}

func readRequest(c net.Conn) (string, error) {
	var head [4]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return "", err
	}
	size, err := strconv.ParseUint(string(head[:]), 16, 16)
	if err != nil {
		return "", err
	}
	body := make([]byte, size)
	_, err = io.ReadFull(c, body)
	return string(body), err
}

func writeRequest(c net.Conn, request string) { fmt.Fprintf(c, "%04x%s", len(request), request) }

// splice joins two connections until both have ended.
func splice(a, b net.Conn) {
	var half sync.WaitGroup
	for _, way := range [][2]net.Conn{{a, b}, {b, a}} {
		half.Go(func() {
			io.Copy(way[0], way[1])
			way[0].(*net.TCPConn).CloseWrite()
		})
	}
	half.Wait()
}

func TestAStandInAnswersForTheHandsetsBehindIt(t *testing.T) {
	all := handsets(t, "samsung")
	s := &standIn{rows: []shownRow{{"SHOWN 1", "device usb:1-1 product:p", all[0].Serial()}, {"AWAY", "offline", ""}},
		answers: []spoken{{command: regexp.MustCompile("^id"), out: "out", err: "err", exit: 3}}}
	server := s.before(t, embedded(t, all...))
	for _, row := range []adb.Row{{Serial: "SHOWN 1", TransportID: 1}, {Serial: "SHOWN 1", TransportID: 1, Shared: true, Path: "usb:1-1"}} {
		d := server.Device(row)
		out, err := d.Shell(t.Context(), "id")
		var exit *adb.ExitError
		require.ErrorAs(t, err, &exit)
		assert.Equal(t, []any{"out", "err", 3}, []any{out, exit.Stderr, exit.Exit})
		out, err = d.Shell(t.Context(), "getprop", "ro.serialno")
		require.NoError(t, err)
		assert.Equal(t, all[0].Serial()+"\n", out)
	}
	assert.Len(t, s.services("SHOWN 1"), 4)
	_, err := server.Device(adb.Row{Serial: "AWAY"}).Shell(t.Context(), "true")
	assert.ErrorIs(t, err, adb.ErrNoDevice)
}

// TestHandsetsArePlayedHoweverAServerListsThem has paths of libusb, names of mDNS with
// blanks in them, and no paths at all.
func TestHandsetsArePlayedHoweverAServerListsThem(t *testing.T) {
	all := handsets(t, "samsung", "xiaomi")
	first, second := all[0].Serial(), all[1].Serial()
	for name, rows := range map[string][]shownRow{
		"libusb":          {{first, "device 3-1 product:p model:m device:d", first}, {second, "device 3-1.4.2 product:p model:m device:d", second}},
		"mDNS":            {{"adb-R58M12ABCDE-Vxq2Lk (2)._adb-tls-connect._tcp", "device product:p model:m device:d", first}, {second, "device usb:1-1.2 product:p", second}},
		"a state's word":  {{"a phone that is offline, or was", "device usb:1-1", first}, {"host device", "device usb:1-2 product:p model:m", second}},
		"without a path":  {{first, "device", first}, {second, "device", second}},
		"IPv6, and local": {{"[fe80::1%wlan0]:5555", "device product:p model:m device:d", first}, {"Android.local:46345", "device product:p", second}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &standIn{rows: rows}
			plan := lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(all...)}
			for i, r := range rows {
				plan.Inventory.Devices[i].Serial = android.Serial(r.serial)
			}
			dir, summary := run(t, lab.Runner{Server: s.before(t, embedded(t, all...))}, plan)
			assert.Equal(t, lab.Summary{Handsets: 2}, summary)
			for _, job := range finding.LastAttempts(judged(t, dir).Jobs) {
				assert.Equal(t, evidence.Finished, job.Outcome.State, job.Outcome.Cause)
			}
		})
	}
}

// TestEveryStateIsARowWithItsRemedy lists what a lab's adb may list.
func TestEveryStateIsARowWithItsRemedy(t *testing.T) {
	udev := "no permissions (user in plugdev group; are your udev rules wrong?); see [http://developer.android.com/tools/device.html] usb:1-3"
	want := []struct {
		serial, rest string
		state        farm.State
		cause        string
	}{
		{"00000000000042F8", udev, farm.Offline, "may not open the USB device"},
		{"????????????", "no permissions usb:1-4", farm.Offline, "may not open the USB device"},
		{"(no serial number)", "device usb:2-1.2.5 product:cm_w7 model:LG_D415 device:w7", farm.Ready, ""},
		{"HT4AB0000", "rescue usb:1-5", farm.Offline, "is in rescue"},
		{"HT4AB0001", "sideload usb:1-6", farm.Offline, "is in sideload"},
		{"HT4AB0002", "detached usb:1-7", farm.Offline, "adb detach"},
		{"HT4AB0003", "authorizing usb:1-8", farm.Connecting, "still connecting"},
		{"emulator-5554", "offline", farm.Offline, "does not answer"},
		{"192.168.7.20:5555", "unauthorized", farm.Unauthorized, "has not authorised"},
		{"[fe80::1%wlan0]:5555", "connecting", farm.Connecting, "still connecting"},
		{"Android.local:46345", "device product:x model:Pix device:y", farm.Ready, ""},
		{"VRTSAMS0001", "host", farm.Offline, "as an adb server"},
		{"HT4AB0004", "recovery 3-1.4", farm.Offline, "is in recovery"},
		{"HT4AB0005", "bootloader usb:1-9", farm.Offline, "is in bootloader"},
	}
	s, inv := &standIn{}, farm.Inventory{}
	for _, w := range want {
		s.rows = append(s.rows, shownRow{w.serial, w.rest, ""})
		inv.Devices = append(inv.Devices, farm.Entry{Serial: android.Serial(w.serial)})
	}
	places, err := farm.New(s.before(t, embedded(t))).Survey(t.Context(), inv)
	require.NoError(t, err)
	require.Len(t, places, len(want))
	for i, w := range want {
		p := places[i]
		assert.Equal(t, w.state, p.State, w.serial)
		assert.Contains(t, p.Cause, w.cause, w.serial)
		assert.NotContains(t, p.Cause, "unknown state", w.serial)
		assert.Equal(t, w.state == farm.Ready, p.Remedy == "", w.serial)
		if p.Row.Remote() {
			assert.NotRegexp(t, "cable|hub|replug", p.Remedy, w.serial)
		}
	}
}

// TestOneHandsetThatIsListedTwiceIsPlayedOnce has it by cable and by network, in either
// order of devices.yaml: what is played, and the tables, are those of the cable alone.
func TestOneHandsetThatIsListedTwiceIsPlayedOnce(t *testing.T) {
	one := handsets(t, "samsung")
	cable, network := one[0].Serial(), "192.168.7.20:5555"
	plan := lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(one...)}
	dir, _ := run(t, lab.Runner{Server: embedded(t, one...)}, plan)
	want := told(judged(t, dir), nil)

	for name, networkFirst := range map[string]bool{"the cable first": false, "the network first": true} {
		t.Run(name, func(t *testing.T) {
			all := handsets(t, "samsung")
			plan.Inventory = inventory(all...)
			other := plan.Inventory.Devices[0]
			other.Serial, other.Connect = "", network
			plan.Inventory.Devices = append(plan.Inventory.Devices, other)
			s := &standIn{rows: []shownRow{{cable, "device usb:1-1.1 product:p model:m device:d", cable}, {network, "device product:p model:m device:d", cable}}}
			if networkFirst {
				slices.Reverse(plan.Inventory.Devices)
				slices.Reverse(s.rows)
			}
			dir, summary := run(t, lab.Runner{Server: s.before(t, embedded(t, all...))}, plan)
			assert.Equal(t, lab.Summary{Handsets: 1}, summary)
			assert.Equal(t, want, told(judged(t, dir), nil))
			assert.Len(t, s.services(network), 2, "it is asked who it is, and for nothing else: %v", s.services(network))
			record, err := ledger.Read(dir)
			require.NoError(t, err)
			require.Len(t, record.Handsets, 1)
			assert.Equal(t, cable, record.Handsets[0].Key)
			require.Len(t, record.Duplicates, 1)
			assert.Equal(t, network, record.Duplicates[0].Key)
			assert.Contains(t, record.Duplicates[0].Cause, cable+") at usb:1-1.1")
			assert.Contains(t, record.Duplicates[0].Remedy, "adb disconnect "+network)
		})
	}
}

// TestHandsetsThatAreNotSurelyOneArePlayedEach has two that share a serial, a boot, or
// that do not say.
func TestHandsetsThatAreNotSurelyOneArePlayedEach(t *testing.T) {
	const boot, serial = "boot_id", "ro.serialno"
	for name, answers := range map[string][]spoken{
		"one serial":                 {{command: regexp.MustCompile(serial), out: "0123456789ABCDEF\n"}},
		"one boot":                   {{command: regexp.MustCompile(boot), out: "11111111-2222-4333-8444-555555555555\n"}},
		"one serial, no boot":        {{command: regexp.MustCompile(serial), out: "0123456789ABCDEF\n"}, {command: regexp.MustCompile(boot), err: "cat: Permission denied\n", exit: 1}},
		"one serial, a boot of none": {{command: regexp.MustCompile(serial), out: "0123456789ABCDEF\n"}, {command: regexp.MustCompile(boot), out: "\n"}},
		"one boot, no serial":        {{command: regexp.MustCompile(boot), out: "11111111-2222-4333-8444-555555555555\n"}, {command: regexp.MustCompile(serial), out: "\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			all := handsets(t, "samsung", "asus")
			plan := lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(all...)}
			plan.Inventory.Devices[1].Serial = "192.168.7.20:5555"
			s := &standIn{answers: answers, rows: []shownRow{{all[0].Serial(), "device usb:1-1", all[0].Serial()}, {"192.168.7.20:5555", "device", all[1].Serial()}}}
			dir, summary := run(t, lab.Runner{Server: s.before(t, embedded(t, all...))}, plan)
			assert.Equal(t, lab.Summary{Handsets: 2}, summary)
			record, err := ledger.Read(dir)
			require.NoError(t, err)
			assert.Empty(t, record.Duplicates)
		})
	}
}

// listedTwice is one handset by cable and by network, behind a stand-in.
func listedTwice(t *testing.T) (server *adb.Server, inv farm.Inventory, places []farm.Place) {
	t.Helper()
	one := handsets(t, "samsung")
	inv = inventory(one...)
	inv.Devices = append(inv.Devices, farm.Entry{Connect: "192.168.7.20:5555"})
	s := &standIn{rows: []shownRow{{one[0].Serial(), "device usb:1-1.1", one[0].Serial()}, {"192.168.7.20:5555", "device", one[0].Serial()}}}
	server = s.before(t, embedded(t, one...))
	places, err := farm.New(server).Survey(t.Context(), inv)
	require.NoError(t, err)
	require.Len(t, places, 2)
	return server, inv, places
}

func TestTwoRunsAtOnceDoNotPlayOneHandsetByTwoWaysToIt(t *testing.T) {
	server, _, places := listedTwice(t)
	claims := farm.OpenClaims(t.TempDir())
	for i, p := range places {
		one, two := farm.New(server), farm.New(server)
		one.Claims, two.Claims = claims, claims
		l, err := one.Lease(t.Context(), p)
		require.NoError(t, err)
		for name, f := range map[string]*farm.Farm{"another process": two, "the same": one} {
			_, err = f.Lease(t.Context(), places[1-i])
			require.ErrorIs(t, err, farm.ErrLeased, name)
			assert.ErrorContains(t, err, p.Entry.Key(), name)
		}
		l.Return()
		l, err = two.Lease(t.Context(), places[1-i])
		require.NoError(t, err, "neither entry is left locked")
		l.Return()
	}
}

func TestWhoIsInQuarantineIsThereByEveryWayToIt(t *testing.T) {
	server, inv, places := listedTwice(t)
	f := farm.New(server)
	f.Quarantine = farm.OpenStore(t.TempDir())
	network := func(e farm.Entry) bool { return e.Connect != "" }
	states := func(wanted func(farm.Entry) bool) []farm.State {
		all, err := f.Survey(t.Context(), inv)
		require.NoError(t, err)
		all = f.Once(t.Context(), all, wanted)
		require.Len(t, all, 2)
		return []farm.State{all[0].State, all[1].State}
	}
	assert.Equal(t, []farm.State{farm.Ready, farm.Duplicate}, states(nil))
	assert.Equal(t, []farm.State{farm.Ready, farm.Ready}, states(network), "who wants it by network alone has it so")
	for _, p := range places {
		require.NoError(t, f.Quarantine.Add(farm.Sentence{Key: p.Entry.Key(), Reason: "swollen battery"}))
		assert.Equal(t, []farm.State{farm.Quarantined, farm.Duplicate}, states(nil), p.Entry.Key())
		assert.Equal(t, farm.Quarantined, states(network)[1], p.Entry.Key())
		_, err := f.Quarantine.Lift(p.Entry.Key())
		require.NoError(t, err)
	}
	sentences, err := f.Quarantine.List()
	require.NoError(t, err)
	assert.Empty(t, sentences, "being there twice is no reason for it")
}
