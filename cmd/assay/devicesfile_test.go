package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/farm"
)

// listed reads an inventory of a name of its own.
func listed(t *testing.T, text string) (farm.Inventory, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "lab.yaml")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return readInventory(name)
}

// TestASerialIsWhatIsWritten gives every field of an entry that is a word the spellings
// that YAML takes for a number, a date or a switch. Its address and its limits are no
// such words.
func TestASerialIsWhatIsWritten(t *testing.T) {
	entry := reflect.TypeOf(farm.Entry{})
	for i := range entry.NumField() {
		f := entry.Field(i)
		key := f.Tag.Get("yaml")
		if f.Type.Kind() != reflect.String || key == "connect" || key == "server" || key == "power" {
			continue
		}
		for _, s := range []string{"0123456789", "01234567", "0b11", "4e7", "1_000", "12345678901234567890123", "1.10", "2020-01-01",
			"true", "0x1F"} {
			for _, form := range []string{"devices:\n  - {%s: %s%s}\n", "devices:\n  - %s: %s%s\n"} {
				other := ", serial: A"
				if form[len(form)-2] != '}' {
					other = "\n    serial: A"
				}
				if key == "serial" {
					other = ""
				}
				text := fmt.Sprintf(form, key, s, other)
				inv, err := listed(t, text)
				require.NoError(t, err, text)
				assert.Equal(t, s, reflect.ValueOf(inv.Devices[0]).Field(i).String(), text)
			}
		}
	}
	inv, err := listed(t, "devices: [{serial: 0123, tags: [007, 1.10]}]\n"+
		"roles: [{brand: 1.10, role: browser, package: com.x}]\nvirtual: {personas: [010]}\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"007", "1.10"}, inv.Devices[0].Tags)
	assert.Equal(t, "1.10", inv.Roles[0].Brand)
	assert.Equal(t, []string{"010"}, inv.Virtual.Personas)
}

// TestAnInventoryThatSaysNothingOrTwoThingsIsRefused, with the file that it is.
func TestAnInventoryThatSaysNothingOrTwoThingsIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "lab.yaml: the file is empty",
		"\n\n":                                 "lab.yaml: the file is empty",
		"# handsets\n":                         "lab.yaml: the file is empty",
		"---\n":                                "lab.yaml: the file is empty",
		"~\n":                                  "lab.yaml: the file is empty",
		"devices: [{serial: A}]\n---\na: b\n":  "lab.yaml:3:1: second document",
		"devices: [{serial: A}]\nper_hub: 0\n": "lab.yaml:2:10: 0 is not taken: give 1 or more, or leave it out for 10",
		"devices: [{serial: A}]\nper_hub: -1":  "lab.yaml:2:10: -1: give 1 or more, or leave it out for 10",
		"devices: [{connect: foo}]\n":          "lab.yaml:1:21: \"foo\" is not an address of the form host:port, such as 192.168.7.20:5555",
		"devices: [{connect: \"foo:\"}]\n":     "lab.yaml:1:21: \"foo:\" is not",
		"devices: [{connect: \":5555\"}]\n":    "lab.yaml:1:21: \":5555\" is not",
		"devices: [{connect: \"a:0\"}]\n":      "lab.yaml:1:21: \"a:0\" is not",
		"devices:\n  - [A]\n":                  "lab.yaml:2:5: here is a list; give a mapping (key: value)",
		"devices: A\n":                         "lab.yaml:1:10: here is the word \"A\"; give a list",
		"devices: [{serial: [A]}]\n":           "lab.yaml:1:20: here is a list; give a word",
		"devices:\n\t- {serial: A}\n":          "lab.yaml:2:1: a tab, where YAML takes spaces only",
	} {
		_, err := listed(t, text)
		if assert.Error(t, err, "%q", text) {
			assert.Contains(t, err.Error(), want, "%q", text)
		}
	}
	for _, key := range []string{"battery_hold", "battery_release", "heat_hold", "heat_release", "storage_hold", "storage_release"} {
		_, err := listed(t, "hold: {"+key+": 0}\ndevices: [{serial: A, hold: {"+key+": 0}}]\n")
		require.Error(t, err, key)
		assert.Equal(t, 2, strings.Count(err.Error(), "0 is not taken"), "%s: %v", key, err)
	}
}
