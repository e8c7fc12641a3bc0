package farm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"assay/harness/adb"
	"assay/harness/farm"
)

func TestAHandsetHangsOnEachHubAboveItButTheComputersOwn(t *testing.T) {
	for path, want := range map[string][]string{
		"usb:1-4.3.2": {"usb:1-4.3", "usb:1-4"},
		"usb:2-1.7":   {"usb:2-1"},
		"1-4.3.2":     {"usb:1-4.3", "usb:1-4"},
		"usb:1-4":     nil,
		"":            nil,
		"odd":         nil,
	} {
		assert.Equal(t, want, farm.Place{Row: adb.Row{Path: adb.Port(path)}}.Hubs(), path)
		assert.Equal(t, want, farm.Place{Entry: farm.Entry{USB: path}}.Hubs(), "of devices.yaml: %s", path)
	}
	named := farm.Place{Entry: farm.Entry{Hub: "shelf"}, Row: adb.Row{Path: "usb:1-4.3.2"}}
	assert.Equal(t, []string{"shelf"}, named.Hubs())
	named.Entry.Hub = "1-4"
	assert.Equal(t, []string{"usb:1-4"}, named.Hubs())
	assert.Equal(t, "usb:1-4", farm.LossOf(named, time.Now()).Hub)
}
