package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/farm"
	"assay/reports"
)

// TestTheListOfHandsetsFitsItsTerminal and says the same on each.
func TestTheListOfHandsetsFitsItsTerminal(t *testing.T) {
	level := 80
	rows := []placeRow{
		{Brand: "Asus", Model: "ASUS_X00TD", Serial: "VRTASUS0001", USB: "usb:1-4.2", State: farm.Ready, Vitals: &farm.Vitals{Battery: &level}},
		{Brand: "vivo", Model: "V2037", Serial: "VRTVIVO0001", State: farm.Missing, Cause: "adb does not show it",
			Remedy: "look at its cable, its hub and its screen, and give it another port"},
	}
	for _, width := range []int{0, 40, 60, 80, 100, 300} {
		for _, asked := range []bool{false, true} {
			var out bytes.Buffer
			require.NoError(t, placesFor(&out, rows, asked, reports.Options{Width: width}))
			for _, line := range strings.Split(out.String(), "\n") {
				assert.True(t, width == 0 || len([]rune(line)) <= width, "%d columns: %s", width, line)
			}
			said := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
				if r == '│' || r == '|' {
					return ' '
				}
				return r
			}, out.String())), " ")
			for _, word := range []string{"Asus", "ASUS_X00TD", "VRTASUS0001", "usb:1-4.2", "ready", "V2037", "missing", "cable", "another port"} {
				assert.Contains(t, said, word, fmt.Sprintf("%d columns:\n%s", width, &out))
			}
		}
	}
}
