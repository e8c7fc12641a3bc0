package adb

import (
	"fmt"
	"io"
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
	} {
		rows := parseRows(line + "\n")
		require.Len(t, rows, 1, line)
		assert.Equal(t, want, rows[0], line)
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
