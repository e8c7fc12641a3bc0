package farm

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPowerCommandIsMadeForEachHandset(t *testing.T) {
	command := Power("uhubctl -l {hub} -p {port} -a cycle")
	for name, c := range map[string]struct {
		power Power
		entry Entry
		path  string
		want  []string
		err   string
	}{
		"a hub's port":            {command, Entry{Serial: "A"}, "usb:1-4.2", []string{"uhubctl", "-l", "1-4", "-p", "2", "-a", "cycle"}, ""},
		"a root port":             {command, Entry{Serial: "A"}, "usb:3-4", []string{"uhubctl", "-l", "3", "-p", "4", "-a", "cycle"}, ""},
		"a hub that is named":     {command, Entry{Serial: "A", Hub: "2-1"}, "usb:1-4.2", []string{"uhubctl", "-l", "2-1", "-p", "2", "-a", "cycle"}, ""},
		"by serial and path":      {"relay {serial} {usb}", Entry{Serial: "A B"}, "usb:1-4.2", []string{"relay", "A B", "1-4.2"}, ""},
		"within a word":           {"relay --port={hub}.{port}", Entry{Serial: "A"}, "usb:1-4.2", []string{"relay", "--port=1-4.2"}, ""},
		"a serial like a holder":  {"relay {serial}", Entry{Serial: "{hub}"}, "usb:1-4.2", []string{"relay", "{hub}"}, ""},
		"nothing known of a port": {command, Entry{Connect: "10.0.0.9:5555"}, "", nil, "nothing is known for {hub}"},
		"no command":              {"", Entry{Serial: "A"}, "usb:1-4.2", nil, "names no command"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.power.argv(c.entry, c.path)
			assert.Equal(t, c.want, got)
			if c.err != "" {
				assert.ErrorContains(t, err, c.err)
				return
			}
			assert.NoError(t, err)
		})
	}
}

func TestAPowerCommandIsCheckedBeforeItIsNeeded(t *testing.T) {
	inv := func(top, own string, hold Hold) error {
		return Inventory{Power: top, Devices: []Entry{{Serial: "A", Power: own, Hold: hold}}}.Check()
	}
	assert.NoError(t, inv("uhubctl -l {hub} -p {port}", "relay {serial}", Hold{}))
	assert.ErrorContains(t, inv("uhubctl {plug}", "", Hold{}), `power: unknown placeholder in "{plug}"; there are {hub}, {port}, {serial}, {usb}`)
	assert.ErrorContains(t, inv("", "{hub} on", Hold{}), "devices[0].power: the program's own name may not hold a placeholder")
	assert.ErrorContains(t, inv("", "relay off && relay on", Hold{}), "run without a shell")
	assert.ErrorContains(t, inv("", "", Hold{BatteryHold: 40}), "devices[0].hold: battery_hold 40 and battery_release 30")
	assert.ErrorContains(t, inv("", "", Hold{HeatHold: 40}), "heat_hold 40.0 and heat_release 40.0")
	assert.ErrorContains(t, inv("", "", Hold{StorageHold: 900}), "storage_hold 900 and storage_release 800")
}

func TestAPowerCommandThatHangsIsEnded(t *testing.T) {
	script := filepath.Join(t.TempDir(), "hang")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\nexec sleep 600\n"), 0o755))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err := Power(script).cycle(ctx, Entry{Serial: "A"}, "")
	assert.ErrorContains(t, err, "not finished in time")
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestAPowerCommandThatFailsSaysWhatItSaid(t *testing.T) {
	script := filepath.Join(t.TempDir(), "refuse")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\necho No compatible devices detected! >&2\nexit 1\n"), 0o755))
	err := Power(script).cycle(t.Context(), Entry{Serial: "A"}, "")
	assert.ErrorContains(t, err, "exit status 1: No compatible devices detected!")
}
