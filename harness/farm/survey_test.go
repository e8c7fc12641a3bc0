package farm_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/farm"
)

func TestSurveySaysWhatCanBeDoneWithEachHandset(t *testing.T) {
	inv := farm.Inventory{Devices: []farm.Entry{
		{Serial: "READY", Brand: "Asus"}, {Serial: "SHY"}, {Serial: "ASLEEP"}, {Serial: "GONE"}, {Serial: "OLD", Retired: true},
		{Serial: "TWIN"}, {Serial: "TWIN2", USB: "usb:1-2"}, {Connect: "10.0.0.9:5555"}, {Serial: "LOADER"}, {Serial: "RULES"}, {Serial: "ODD"},
	}}
	rows := []adb.Row{
		{Serial: "READY", State: "device", Path: "usb:1-1"}, {Serial: "SHY", State: "unauthorized"}, {Serial: "ASLEEP", State: "offline"},
		{Serial: "OLD", State: "device"}, {Serial: "TWIN", State: "device", Path: "usb:1-3"}, {Serial: "TWIN", State: "device", Path: "usb:1-4"},
		{Serial: "TWIN2", State: "device", Path: "usb:1-5"}, {Serial: "TWIN2", State: "device", Path: "usb:1-2"},
		{Serial: "LOADER", State: "bootloader"}, {Serial: "RULES", State: "no permissions (user in plugdev group; are your udev rules wrong?)"},
		{Serial: "ODD", State: "dreaming"}, {Serial: "STRANGER", State: "device", Model: "moto_e22"},
	}
	want := map[string]farm.State{
		"READY": farm.Ready, "SHY": farm.Unauthorized, "ASLEEP": farm.Offline, "GONE": farm.Missing, "OLD": farm.Retired, "TWIN": farm.Ambiguous,
		"TWIN2@usb:1-2": farm.Ready, "10.0.0.9:5555": farm.Missing, "LOADER": farm.Offline, "RULES": farm.Offline, "ODD": farm.Offline,
		"STRANGER": farm.Unlisted, "TWIN2@usb:1-5": farm.Unlisted,
	}
	places := farm.Survey(inv, farm.List{Rows: rows})
	got := map[string]farm.State{}
	for _, p := range places {
		got[p.Entry.Key()] = p.State
		if p.State != farm.Ready {
			assert.NotEmpty(t, p.Cause, p.Entry.Key())
			assert.NotEmpty(t, p.Remedy, p.Entry.Key())
		}
	}
	// A row without a path is keyed by its serial alone.
	assert.Equal(t, want, got)
	assert.Equal(t, "moto e22", places[len(places)-2].Entry.Model, "unlisted handsets stand last, by serial")
}

// TestAPortIsOneHoweverItIsWritten has devices.yaml and adb write it in both ways.
func TestAPortIsOneHoweverItIsWritten(t *testing.T) {
	for _, usb := range []string{"usb:3-1.4", "3-1.4"} {
		inv := farm.Inventory{Devices: []farm.Entry{{Serial: "TWIN", USB: usb}}}
		rows := []adb.Row{{Serial: "TWIN", State: "device", Path: "usb:3-1.4"}, {Serial: "TWIN", State: "device", Path: "usb:3-1.5"}}
		places := farm.Survey(inv, farm.List{Rows: rows})
		require.Len(t, places, 2)
		assert.Equal(t, farm.Ready, places[0].State, places[0].Cause)
		assert.Equal(t, "TWIN@usb:3-1.4", places[0].Entry.Key())
	}
}

func TestCheckFindsWhatAnInventoryGetsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		devices []farm.Entry
		want    string
	}{
		"no serial":             {[]farm.Entry{{Brand: "Asus"}}, "devices[0].serial: missing"},
		"one serial twice":      {[]farm.Entry{{Serial: "A"}, {Serial: "A"}}, "devices[1].serial: A is listed already as devices[0]"},
		"one port, two ways":    {[]farm.Entry{{Serial: "A", USB: "usb:1-1"}, {Serial: "A", USB: "1-1"}}, "is listed already"},
		"one port twice":        {[]farm.Entry{{Serial: "A", USB: "usb:1-1"}, {Serial: "A", USB: "usb:1-1"}}, "is listed already"},
		"a port for one of two": {[]farm.Entry{{Serial: "A"}, {Serial: "A", USB: "usb:1-1"}}, "is listed already"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.ErrorContains(t, farm.Inventory{Devices: c.devices}.Check(), c.want)
		})
	}
	require.NoError(t, farm.Inventory{Devices: []farm.Entry{{Serial: "A", USB: "usb:1-1"}, {Serial: "A", USB: "usb:1-2"}, {Connect: "h:1"}}}.Check())
}

func TestFilterChoosesWithoutRegardToCase(t *testing.T) {
	e := farm.Entry{Serial: "A", Brand: "Motorola", Model: "moto e22"}
	assert.True(t, farm.Filter{}.Wants(e))
	assert.True(t, farm.Filter{Brands: []string{"asus", "MOTOROLA"}}.Wants(e))
	assert.False(t, farm.Filter{Brands: []string{"motorola"}, Models: []string{"edge"}}.Wants(e))
	assert.True(t, farm.Filter{Serials: []string{"A"}}.Wants(e))
}
