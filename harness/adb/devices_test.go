package adb

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
)

func TestRowsOfEveryShapeAreRead(t *testing.T) {
	for line, want := range map[string]Row{
		"R58M1234               device usb:1-1.4 product:a10 model:SM_A105F device:a10 transport_id:7": {
			Serial: "R58M1234", State: "device", Path: "usb:1-1.4", Product: "a10", Model: "SM_A105F", Device: "a10", TransportID: 7},
		"192.168.0.7:5555       device product:p model:m device:d transport_id:2": {
			Serial: "192.168.0.7:5555", State: "device", Product: "p", Model: "m", Device: "d", TransportID: 2},
		"192.168.0.7:5555       offline transport_id:9":              {Serial: "192.168.0.7:5555", State: "offline", TransportID: 9},
		"192.168.0.8:5555       device transport_id:10":              {Serial: "192.168.0.8:5555", State: "device", TransportID: 10},
		"0123456789ABCDEF       unauthorized usb:1-2 transport_id:3": {Serial: "0123456789ABCDEF", State: "unauthorized", Path: "usb:1-2", TransportID: 3},
		"???????????            no permissions (user in plugdev group; are your udev rules wrong?); see [http://developer.android.com/tools/device.html] usb:1-1 transport_id:3": {
			Serial: "???????????", State: "no permissions (user in plugdev group; are your udev rules wrong?); see [http://developer.android.com/tools/device.html]", Path: "usb:1-1", TransportID: 3},
		"(no serial number)     device usb:3-1 product:x transport_id:4":    {Serial: noSerial, State: "device", Path: "usb:3-1", Product: "x", TransportID: 4},
		"a-serial-of-more-than-22-characters device usb:1-3 transport_id:5": {Serial: "a-serial-of-more-than-22-characters", State: "device", Path: "usb:1-3", TransportID: 5},
		"emulator-5554 device": {Serial: "emulator-5554", State: "device"},
		"X1\tdevice":           {Serial: "X1", State: "device"},
		"X2 device product:two words model:m device:with:colon transport_id:6": {
			Serial: "X2", State: "device", Product: "two words", Model: "m", Device: "with:colon", TransportID: 6},
		"X3 device product:transport_id:1 model:m transport_id:1 device:d transport_id:8": {
			Serial: "X3", State: "device", Product: "transport_id:1", Model: "m", Device: "d", TransportID: 8},
		"X4 device transport_id:-1":   {Serial: "X4", State: "device"},
		"X5 device speed:480 usb:1-9": {Serial: "X5", State: "device", Path: "usb:1-9"},
		"X6":                          {Serial: "X6"},
		"adb-R58M12ABCDE-Vxq2Lk (2)._adb-tls-connect._tcp device product:p model:m device:d transport_id:1": {
			Serial: "adb-R58M12ABCDE-Vxq2Lk (2)._adb-tls-connect._tcp", State: "device", Product: "p", Model: "m", Device: "d", TransportID: 1},
		"VRTSAMS0001            device 3-1 product:p model:m device:d transport_id:1": {
			Serial: "VRTSAMS0001", State: "device", Path: "usb:3-1", Product: "p", Model: "m", Device: "d", TransportID: 1},
		"VRTXIAO0001            unauthorized 3-1.4.2 transport_id:2": {Serial: "VRTXIAO0001", State: "unauthorized", Path: "usb:3-1.4.2", TransportID: 2},
		"HT4AB0002              detached usb:1-7 transport_id:8":     {Serial: "HT4AB0002", State: "detached", Path: "usb:1-7", TransportID: 8},
		"[fe80::1%wlan0]:5555   connecting transport_id:12":          {Serial: "[fe80::1%wlan0]:5555", State: "connecting", TransportID: 12},
		"X7                     no permissions; see [http://x] usb:1-1 transport_id:3": {
			Serial: "X7", State: "no permissions; see [http://x]", Path: "usb:1-1", TransportID: 3},
		"X8                     no permissions (user usb:1-5 device is not in the plugdev group); see [http://x] 3-1 transport_id:3": {
			Serial: "X8", State: "no permissions (user usb:1-5 device is not in the plugdev group); see [http://x]", Path: "usb:3-1", TransportID: 3},
		"X9                     device usb:336592896X transport_id:3":  {Serial: "X9", State: "device", Path: "usb:336592896X", TransportID: 3},
		"device                 device product:device transport_id:3":  {Serial: "device", State: "device", Product: "device", TransportID: 3},
		"X10                    device product:3-1 usb:9-9 device:3-1": {Serial: "X10", State: "device", Product: "3-1", Device: "3-1"},
		"X11                    frobbed 3-1 product:p transport_id:3":  {Serial: "X11", State: "frobbed", Path: "usb:3-1", Product: "p", TransportID: 3},
	} {
		rows := parseRows(line + "\n")
		require.Len(t, rows, 1, line)
		assert.Equal(t, want, rows[0], line)
	}
}

// listed writes a row as a server does (transport.cpp append_transport).
func listed(serial, state, path, product string, id int) string {
	line := fmt.Sprintf("%-22s %s", serial, state)
	for _, field := range []struct{ key, value string }{{"", path}, {"product:", product}, {"model:", "m_1"}} {
		if field.value != "" && (state == stateDevice || field.key == "") {
			line += " " + field.key + field.value
		}
	}
	return line + fmt.Sprintf(" transport_id:%d\n", id)
}

// statesOf are all states, with what may follow them.
func statesOf() []string {
	all := []string{"no permissions (user in plugdev group; are your udev rules wrong?); see [http://developer.android.com/tools/device.html]",
		"no permissions; see [http://x]", "no permissions (verify udev rules); see [http://x]"}
	for _, c := range conditions {
		all = append(all, c.name)
	}
	return all
}

// oddSerials are what cheap handsets, networks and jokers call themselves.
var oddSerials = []string{noSerial, "????????????", "0123456789ABCDEF", "0", "[fe80::1%wlan0]:5555", "[fe80::a:b:c:d%wlan0]:5555", "Android.local:46345", "a b",
	"adb-R58M12ABCDE-Vxq2Lk (2)._adb-tls-connect._tcp", "Living room offline", "the bootloader phone of the upper shelf", "x usb:1-1", "3-1", "usb:1-1",
	"A device usb:1-1", "A device product:p model:m device:d transport_id:1", "R58M1234               device usb:1-1 product:p transport_id:9",
	"no permissions", "X no permissions (y", "a serial that has no permissions (y in it; see [it]", "host unknown"}

// TestTheSerialIsWhatStandsBeforeTheStateWhateverWordsItHas lists every odd serial, and
// those made of states, in every state.
func TestTheSerialIsWhatStandsBeforeTheStateWhateverWordsItHas(t *testing.T) {
	serials := slices.Clone(oddSerials)
	for _, state := range statesOf() {
		serials = append(serials, state, "x "+state, state+" x", "a serial longer than the column "+state+" x", "a serial longer than the column "+state)
	}
	for _, serial := range serials {
		for _, state := range statesOf() {
			for path, want := range map[string]string{"": "", "usb:1-4.2": "usb:1-4.2", "3-1": "usb:3-1", "12-1.4.2": "usb:12-1.4.2"} {
				line := listed(serial, state, path, "p", 7)
				rows := parseRows(line)
				require.Len(t, rows, 1, line)
				got := rows[0]
				assert.Equal(t, []any{android.Serial(serial), state, want, int64(7)}, []any{got.Serial, got.State, got.Path, got.TransportID}, line)
				if state != stateDevice {
					assert.Error(t, got.Err(), line)
				}
			}
		}
	}
}

// TestAHandsetCannotPassForAnotherByTheNamesThatItGives lists products that hold what a
// row may hold: the serial is that of the line, or begins with it and has a state in it.
func TestAHandsetCannotPassForAnotherByTheNamesThatItGives(t *testing.T) {
	for _, serial := range []string{"R58M1234", "adb-R58M12ABCDE-Vxq2Lk (2)._adb-tls-connect._tcp"} {
		for _, state := range statesOf() {
			for _, product := range []string{"two words", "x " + state, "x " + state + " y", "x " + state + " usb:1-9", "x transport_id:99", "x 3-1 " + state, state} {
				line := listed(serial, stateDevice, "usb:1-4", product, 7)
				got := parseRows(line)[0]
				require.True(t, strings.HasPrefix(string(got.Serial), serial), line)
				if got.Serial != android.Serial(serial) {
					assert.Contains(t, got.Serial, " device usb:1-4 ", line)
				}
				assert.Equal(t, int64(7), got.TransportID, line)
			}
		}
	}
}

func TestOnePortIsWrittenOneWay(t *testing.T) {
	for path, want := range map[string]string{"3-1": "usb:3-1", "3-1.4.2": "usb:3-1.4.2", "usb:3-1.4.2": "usb:3-1.4.2", "usb:3:7": "usb:3:7", "": "",
		"3": "3", "-1": "-1", "3-": "3-", "3-1.": "3-1.", "a-1": "a-1", "3-1.x": "3-1.x", "1234-1": "1234-1"} {
		assert.Equal(t, want, Port(path), path)
	}
}

func TestWhatNoCableLeadsToIsRemote(t *testing.T) {
	for serial, want := range map[android.Serial]bool{"192.168.7.20:5555": true, "[fe80::1%wlan0]:5555": true, "Android.local:46345": true, "emulator-5554": true,
		"adb-R58M12ABCDE-Vxq2Lk (2)._adb-tls-connect._tcp": true, "R58M1234": false, noSerial: false, "A:B": false, "????????????": false} {
		assert.Equal(t, want, Row{Serial: serial}.Remote(), serial)
		assert.False(t, Row{Serial: serial, Path: "usb:1-1"}.Remote(), serial)
	}
}

func TestTwoRowsOfOneSerialAreMarked(t *testing.T) {
	rows := parseRows("A device usb:1-1 transport_id:1\nB device usb:1-2 transport_id:2\n\nA unauthorized usb:1-3 transport_id:3\n")
	require.Len(t, rows, 3)
	assert.Equal(t, []bool{true, false, true}, []bool{rows[0].Shared, rows[1].Shared, rows[2].Shared})
}

func TestNoHandsetsAreAnEmptyListNotNil(t *testing.T) {
	s := fakeServer(t, Options{}, func(p *peer, _ string) { p.okay(); p.text("") })
	rows, err := s.Devices(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []Row{}, rows)
}

func TestAListLongerThanFourDigitsOfHexIsWhole(t *testing.T) {
	for _, count := range []int{40, 50, 600, 900, 2000} {
		var list strings.Builder
		for i := range count {
			fmt.Fprintf(&list, "ABCDEF%010d       device usb:1-%d product:product_name model:Model_Name device:codename transport_id:%d\n", i, i, i+1)
		}
		s := fakeServer(t, Options{}, func(p *peer, _ string) { p.okay(); p.text(list.String()) })
		rows, err := s.Devices(t.Context())
		require.NoError(t, err, "%d bytes", list.Len())
		require.Len(t, rows, count)
		assert.EqualValues(t, count, rows[count-1].TransportID)
	}
}

func TestALongListThatIsCutIsTransportLost(t *testing.T) {
	list := strings.Repeat("ABCDEF       device usb:1-1 transport_id:3\n", 3000)
	s := fakeServer(t, Options{}, func(p *peer, _ string) {
		p.okay()
		io.WriteString(p, fmt.Sprintf("%04x", len(list))+list[:len(list)/2])
	})
	_, err := s.Devices(t.Context())
	require.ErrorAs(t, err, new(*TransportLost))
}

func TestALongListOnAConnectionThatStaysOpenIsTaken(t *testing.T) {
	list := strings.Repeat("ABCDEF       device usb:1-1 transport_id:3\n", 200)
	s := fakeServer(t, Options{Handshake: limit}, func(p *peer, _ string) { p.okay(); p.text(list); p.freeze() })
	rows, err := s.Devices(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, 200)
}

func FuzzRows(f *testing.F) {
	f.Add("R58M1234               device usb:1-1.4 product:a10 model:SM_A105F device:a10 transport_id:7\n")
	f.Add("???????????            no permissions (user in plugdev group; are your udev rules wrong?); see [http://developer.android.com/tools/device.html] usb:1-1 transport_id:3\n")
	for _, serial := range oddSerials {
		f.Add(listed(serial, "device", "3-1", "p", 1) + listed(serial, "offline", "", "", 2))
	}
	f.Add("(no serial number) offline\n\n\tx: y:\n")
	f.Fuzz(func(t *testing.T, text string) {
		rows := parseRows(text)
		assert.Equal(t, rows, parseRows(text))
		lines := 0
		for line := range strings.Lines(text) {
			if strings.TrimSpace(line) != "" {
				lines++
			}
		}
		if len(rows) != lines {
			t.Fatalf("%d rows of %d lines: none may be dropped", len(rows), lines)
		}
		for _, r := range rows {
			if r.Serial == "" || r.TransportID < 0 {
				t.Fatalf("row %+v", r)
			}
			if r.Err() == nil && r.State != "device" {
				t.Fatalf("state %q passes for usable", r.State)
			}
		}
	})
}

func TestStatesSayWhyAHandsetCannotBeUsed(t *testing.T) {
	for state, want := range map[string]error{
		"authorizing":    ErrUnauthorized,
		"detached":       ErrOffline,
		"rescue":         ErrOtherMode,
		"unknown":        ErrOffline,
		"devices":        ErrOffline,
		"device x":       ErrOffline,
		"bootloader":     ErrOtherMode,
		"connecting":     ErrOffline,
		"host":           ErrOtherMode,
		"no permissions": ErrNoPermissions,
		"no permissions (missing udev rules? user is in the plugdev group); see [http://x]": ErrNoPermissions,
		"offline":      ErrOffline,
		"recovery":     ErrOtherMode,
		"sideload":     ErrOtherMode,
		"unauthorized": ErrUnauthorized,
		"something":    ErrOffline,
		"":             ErrOffline,
	} {
		err := Row{Serial: "X", State: state}.Err()
		assert.ErrorIs(t, err, want, state)
		assert.ErrorContains(t, err, "X: ")
		assert.NotEmpty(t, Remedy(err))
		assert.NotEmpty(t, Owner(err))
	}
	assert.NoError(t, Row{State: "device"}.Err())
}

func TestEveryStateHasItsRemedyForACableAndForTheNetwork(t *testing.T) {
	for _, state := range append(statesOf(), "frobbed") {
		if state == stateDevice {
			continue
		}
		var cable, network *StateError
		require.ErrorAs(t, Row{Serial: "it's", State: state, Path: "usb:1-1"}.Err(), &cable)
		require.ErrorAs(t, Row{Serial: "10.0.0.7:5555", State: state}.Err(), &network)
		for _, e := range []*StateError{cable, network} {
			assert.NotEmpty(t, e.Cause(), state)
			assert.NotEmpty(t, e.Remedy(), state)
			assert.Equal(t, e.Remedy(), Remedy(e), state)
			assert.NotContains(t, e.Remedy(), "SERIAL", state)
		}
		if network.is.err != ErrNoPermissions { // which is a cable's alone
			assert.NotRegexp(t, "cable|replug|hub|USB device", network.Remedy(), state)
		}
		assert.Equal(t, state == "frobbed", strings.Contains(cable.Cause(), "unknown state"), state)
	}
	assert.Contains(t, Remedy(Row{Serial: "it's", State: "recovery", Path: "usb:1-1"}.Err()), `adb -s 'it'\''s' reboot`)
}

func TestWhatAServerRefusesHasAMeaning(t *testing.T) {
	for text, want := range map[string]struct {
		err   error
		owner string
	}{
		"device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set\nTry 'adb kill-server' if that seems wrong.": {ErrUnauthorized, OwnerHandset},
		"device still authorizing":                     {ErrUnauthorized, OwnerHandset},
		"device offline":                               {ErrOffline, OwnerHandset},
		"device offline (no transport)":                {ErrOffline, OwnerHandset},
		"device still connecting":                      {ErrOffline, OwnerHandset},
		"device '" + serial + "' not found":            {ErrNoDevice, OwnerHandset},
		"no devices/emulators found":                   {ErrNoDevice, OwnerHandset},
		"no device with transport id '7'":              {ErrNoDevice, OwnerHandset},
		"more than one device/emulator":                {ErrAmbiguous, OwnerHandset},
		"more than one device":                         {ErrAmbiguous, OwnerHandset},
		"insufficient permissions for device: missing": {ErrNoPermissions, OwnerHost},
	} {
		s := fakeServer(t, Options{}, func(p *peer, request string) {
			if strings.HasSuffix(request, ":features") {
				p.okay()
				p.text(v2)
				return
			}
			p.fail(text)
		})
		_, err := s.Device(Row{Serial: serial}).Shell(t.Context(), "true")
		require.ErrorIs(t, err, want.err, text)
		assert.ErrorContains(t, err, serial+": ")
		assert.Equal(t, want.owner, Owner(err), text)
		assert.NotEmpty(t, Remedy(err), text)
		assert.NotContains(t, err.Error(), "\n")
	}
}

func TestAServiceThatTheHandsetRefusesIsItsDoing(t *testing.T) {
	d := fakeHandset(t, Options{}, v2, func(p *peer, _ string) { p.fail("closed") })
	_, err := d.Shell(t.Context(), "true")
	var refused *Refused
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, Refused{Service: "shell,v2,raw:true </dev/null", Text: "closed", Owner: OwnerHandset}, *refused)
}

func TestFeaturesAreAskedForOnce(t *testing.T) {
	asked := 0
	s := fakeServer(t, Options{}, func(p *peer, request string) {
		asked++
		p.okay()
		p.text("cmd,shell_v2")
	})
	d := s.Device(Row{Serial: "10.0.0.1:5555"})
	for range 3 {
		features, err := d.Features(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []string{"cmd", "shell_v2"}, features)
	}
	assert.Equal(t, 1, asked)
}

// twins are two handsets with one serial.
func twins(t *testing.T, list *string) *Server {
	return fakeServer(t, Options{}, func(p *peer, request string) {
		switch {
		case request == "host:devices-l":
			p.okay()
			p.text(*list)
		case strings.HasSuffix(request, ":features"):
			p.okay()
			p.text(v2)
		case strings.HasPrefix(request, "host:transport-id:"):
			p.okay()
			p.request()
			p.okay()
			p.packet(1, strings.TrimPrefix(request, "host:transport-id:"))
			p.packet(3, "\x00")
		default:
			p.fail("more than one device")
		}
	})
}

func TestTwoHandsetsWithOneSerialAreNeverConfused(t *testing.T) {
	const one, two = "0123456789ABCDEF device usb:1-1 transport_id:%d\n", "0123456789ABCDEF device usb:1-2 transport_id:%d\n"
	list := fmt.Sprintf(one+two, 4, 5)
	s := twins(t, &list)
	rows, err := s.Devices(t.Context())
	require.NoError(t, err)
	first, second := s.Device(rows[0]), s.Device(rows[1])
	for d, want := range map[*Device]string{first: "4", second: "5"} {
		out, err := d.Shell(t.Context(), "id")
		require.NoError(t, err)
		assert.Equal(t, want, out)
	}

	list = fmt.Sprintf(two+one, 4, 5) // the server was restarted, and counted them the other way round
	_, err = first.Shell(t.Context(), "id")
	require.ErrorIs(t, err, ErrNoDevice)
	assert.Equal(t, android.Serial("0123456789ABCDEF"), first.Serial())
}

func TestHandsetsOnTheNetworkGetNoAdviceAboutCables(t *testing.T) {
	cable, network := Row{Serial: "R58M1234", Path: "usb:1-1"}, Row{Serial: "10.0.0.7:5555"}
	s := NewServer("", Options{})
	for name, err := range map[string]error{
		"unauthorized": ErrUnauthorized, "offline": ErrOffline, "gone": ErrNoDevice, "one of two": ErrAmbiguous,
		"lost": &TransportLost{Owner: OwnerHandset, Err: io.EOF}, "silent": &Timeout{Deadline: DeadlineSilence, Owner: OwnerHandset},
	} {
		by, over := s.Device(cable).wrap("dumpsys", err), s.Device(network).wrap("dumpsys", err)
		assert.Equal(t, "R58M1234: dumpsys: "+err.Error(), by.Error(), name)
		require.ErrorIs(t, over, err, name)
		assert.Equal(t, Remedy(err), Remedy(by), name)
		assert.NotEmpty(t, Remedy(over), name)
		assert.NotRegexp(t, "cable|[Pp]lug|hub|USB", Remedy(over), name)
		assert.Equal(t, []bool{false, true}, []bool{Remote(by), Remote(fmt.Errorf("more: %w", over))}, name)
	}
}

// FuzzSerials lists any serial in any state: it is read as it is, but for blanks at its
// end, which no padding can be told from.
func FuzzSerials(f *testing.F) {
	for i, serial := range oddSerials {
		f.Add(serial, uint(i))
	}
	f.Fuzz(func(t *testing.T, serial string, n uint) {
		if strings.ContainsAny(serial, "\r\n\t") || strings.TrimRight(serial, " ") != serial || strings.TrimSpace(serial) == "" {
			t.Skip("a server prints no such line")
		}
		states := statesOf()
		state := states[n%uint(len(states))]
		line := listed(serial, state, []string{"", "usb:1-4", "3-1"}[n%3], "p", 7)
		rows := parseRows(line)
		require.Len(t, rows, 1, "%q", line)
		require.Equal(t, android.Serial(serial), rows[0].Serial, "%q", line)
		require.Equal(t, state, rows[0].State, "%q", line)
	})
}
