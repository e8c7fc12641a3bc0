package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/viper"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/farm"
)

// closedPort is an address of this computer at which nothing listens: it was had, and
// let go.
func closedPort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	return ln.Addr().String()
}

// noted puts an adb program on PATH that starts nothing, and gives what it was told.
func noted(t *testing.T) (told func() string) {
	t.Helper()
	dir := t.TempDir()
	log := filepath.Join(dir, "told")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "adb"), []byte("#!/bin/sh\necho \"$@\" >> '"+log+"'\nexit 1\n"), 0o755))
	t.Setenv("PATH", dir+":/bin:/usr/bin")
	return func() string {
		raw, err := os.ReadFile(log)
		if err != nil {
			require.ErrorIs(t, err, os.ErrNotExist)
		}
		return string(raw)
	}
}

// TestAServerIsStartedOnlyWhereNobodyElseIsToStartIt runs every command that wants one.
func TestAServerIsStartedOnlyWhereNobodyElseIsToStartIt(t *testing.T) {
	for _, command := range []string{"devices", "doctor", "run", "plan"} {
		t.Run(command, func(t *testing.T) {
			addr := closedPort(t)
			_, port, _ := net.SplitHostPort(addr)
			for name, c := range map[string]struct {
				yaml    string
				args    []string
				started bool
			}{
				"--server":                     {"devices: [{serial: A}]\n", []string{"--server", addr}, false},
				"--server, and devices.yaml":   {"server: " + addr + "\ndevices: [{serial: A}]\n", []string{"--server", addr}, false},
				"devices.yaml":                 {"server: " + addr + "\ndevices: [{serial: A}]\n", nil, true},
				"an entry beside --server":     {"devices: [{serial: A, server: \"" + addr + "\"}]\n", []string{"--server", closedPort(t)}, true},
				"--server, by its other name":  {"devices: [{serial: A}]\n", []string{"--server", "localhost:" + port}, false},
				"an entry that --server names": {"devices: [{serial: A, server: \"" + addr + "\"}]\n", []string{"--server", "localhost:" + port}, false},
			} {
				t.Run(name, func(t *testing.T) {
					told := noted(t)
					dir := t.TempDir()
					inventory := filepath.Join(dir, "devices.yaml")
					require.NoError(t, os.WriteFile(inventory, []byte(c.yaml), 0o644))
					args := append([]string{command, "--devices", inventory}, c.args...)
					if command != "doctor" {
						args = append(args, "--state", dir)
					}
					if command == "run" {
						args = append(args, "--out", filepath.Join(dir, "run"))
					}
					var out, said bytes.Buffer
					assert.Equal(t, exitInfra, Main(args, strings.NewReader(""), &out, &said), "%s%s", &out, &said)
					assert.Contains(t, out.String()+said.String(), addr[strings.IndexByte(addr, ':'):])
					assert.Equal(t, c.started, strings.Contains(told(), "-P "+port+" start-server"), "adb was told %q", told())
					assert.NoDirExists(t, filepath.Join(dir, "run"), "no run is made of nothing")
				})
			}
		})
	}
}

func TestWhatMayBeStarted(t *testing.T) {
	a := &app{set: viper.New()}
	assert.True(t, a.mayStart(farm.Inventory{}, "127.0.0.1:5037")("localhost:5037"), "the default")
	assert.False(t, a.mayStart(farm.Inventory{Server: "virtual"}, "127.0.0.1:40000")("127.0.0.1:40000"), "the embedded farm's ends with assay")
	a.set.Set("server", "127.0.0.1:5037")
	assert.False(t, a.mayStart(farm.Inventory{}, "127.0.0.1:5037")("localhost:5037"))
	assert.True(t, a.mayStart(farm.Inventory{}, "127.0.0.1:5037")("127.0.0.1:5038"), "which an entry names")
}

// TestAnInventoryThatIsEmptySaysSo has nothing listed, nothing attached, and one retired.
func TestAnInventoryThatIsEmptySaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		command, yaml, want string
		args                []string
		status              int
	}{
		"run, no server":   {"run", "server: " + closedPort(t) + "\ndevices: []\n", "devices.yaml lists no handset; add an entry", nil, exitNothing},
		"run":              {"run", "server: virtual\ndevices: []\n", "devices.yaml lists no handset; add an entry", nil, exitNothing},
		"plan":             {"plan", "server: virtual\ndevices: []\n", "devices.yaml lists no handset; add an entry", nil, exitNothing},
		"run, all retired": {"run", "server: virtual\ndevices: [{serial: A, retired: true}]\n", "all 1 handsets of devices.yaml are retired", nil, exitNothing},
		"run, its retired": {"run", "server: virtual\ndevices: [{serial: A, brand: B, retired: true}, {serial: C, brand: D}]\n", "what matches --brand b is retired", []string{"--brand", "b"}, exitNothing},
		"run, none of them": {"run", "server: virtual\ndevices: [{serial: A, brand: B}, {serial: C, brand: D}]\n", "no handset of devices.yaml matches --brand b and --serial C",
			[]string{"--brand", "b", "--serial", "C"}, exitNothing},
		"run, no such word": {"run", "server: virtual\ndevices: [{serial: A, brand: B}]\n", "matches --serial \"elsewhere\"; there are: A",
			[]string{"--brand", "nobody,nowhere", "--serial", "elsewhere"}, exitNothing},
		"devices": {"devices", "server: virtual\nvirtual: {personas: [asus]}\ndevices: []\n", "no handset is ready: devices.yaml lists none; add an entry", nil, exitNothing},
		"doctor":  {"doctor", "server: virtual\nvirtual: {personas: [asus]}\ndevices: []\n", "devices.yaml lists none", nil, exitInfra},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			inventory := filepath.Join(dir, "lab.yaml")
			require.NoError(t, os.WriteFile(inventory, []byte(c.yaml), 0o644))
			args := append([]string{c.command, "--devices", inventory}, c.args...)
			if c.command != "doctor" {
				args = append(args, "--state", dir)
			}
			var out, said bytes.Buffer
			assert.Equal(t, c.status, Main(args, strings.NewReader(""), &out, &said), "%s%s", &out, &said)
			told := out.String() + said.String()
			assert.Contains(t, told, strings.ReplaceAll(c.want, "devices.yaml", inventory), "the file is named as it was given")
			for _, flag := range []string{"--brand", "--model", "--serial"} {
				assert.Equal(t, strings.Contains(strings.Join(c.args, " "), flag), strings.Contains(told, flag), "%s is blamed where it was given", flag)
			}
		})
	}
}
