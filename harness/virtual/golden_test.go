package virtual

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// printed are the print-outs held to golden files, by file name.
var printed = []struct {
	file, line string
	sdk        int // the first release that has it
}{
	{"appops-get", "appops get specimen.weather", 0},
	{"device-config", "device_config list privacy", 29},
	{"dumpsys-accessibility", "dumpsys accessibility", 0},
	{"dumpsys-account", "dumpsys account", 0},
	{"dumpsys-activity", "dumpsys activity", 0},
	{"dumpsys-activity-broadcasts", "dumpsys activity broadcasts", 0},
	{"dumpsys-activity-services", "dumpsys activity services", 0},
	{"dumpsys-alarm", "dumpsys alarm", 0},
	{"dumpsys-appops", "dumpsys appops", 0},
	{"dumpsys-appops-discrete", "dumpsys appops --include-discrete 0", 31},
	{"dumpsys-audio", "dumpsys audio", 0},
	{"dumpsys-battery", "dumpsys battery", 0},
	{"dumpsys-connectivity", "dumpsys connectivity", 0},
	{"dumpsys-device-policy", "dumpsys device_policy", 0},
	{"dumpsys-deviceidle", "dumpsys deviceidle", 23},
	{"dumpsys-input", "dumpsys input", 0},
	{"dumpsys-input-method", "dumpsys input_method", 0},
	{"dumpsys-jobscheduler", "dumpsys jobscheduler", 0},
	{"dumpsys-location", "dumpsys location", 0},
	{"dumpsys-media-camera", "dumpsys media.camera", 0},
	{"dumpsys-netstats", "dumpsys netstats --full --uid", 0},
	{"dumpsys-package-camera", "dumpsys package specimen.camera", 0},
	{"dumpsys-package-checkin", "dumpsys package --checkin", 0},
	{"dumpsys-package-core", "dumpsys package com.maker.core", 0},
	{"dumpsys-package-providers", "dumpsys package providers", 0},
	{"dumpsys-package-packages", "dumpsys package packages", 0},
	{"dumpsys-power", "dumpsys power", 0},
	{"dumpsys-role", "dumpsys role", 0},
	{"dumpsys-sensor-privacy", "dumpsys sensor_privacy", 31},
	{"dumpsys-sensorservice", "dumpsys sensorservice", 0},
	{"dumpsys-usagestats", "dumpsys usagestats", 0},
	{"dumpsys-window", "dumpsys window", 0},
	{"logcat-events", "logcat -d -b events -v threadtime", 0},
	{"logcat-main", "logcat -d -v threadtime", 0},
	{"manifest-receivers", "cmd package query-receivers --user 0 -a android.intent.action.BOOT_COMPLETED", 24},
	{"permission-xml", "cat /system/etc/permissions/platform.xml /system/etc/permissions/privapp-permissions-maker.xml /system/etc/default-permissions/default-permissions-maker.xml", 26},
	{"pm-list-packages", "pm list packages -f -i", 0},
	{"ps", "ps -A", 0},
	{"query-activities", "cmd package query-activities --user 0 -a android.intent.action.DIAL -d tel:", 24},
	{"query-receivers", "cmd package query-receivers --user 0 -a android.provider.Telephony.SMS_DELIVER", 24},
	{"query-services", "cmd package query-services --user 0 -a android.content.SyncAdapter", 24},
	{"query-services-guarded", "cmd package query-services --user 0 -a android.telecom.InCallService", 24},
	{"transparency", "cmd transparency get mba_info -v", 34},
	{"uiautomator", "uiautomator dump /dev/tty", 0},
}

// TestPrintOutsOfEachReleaseAreAsTheGoldenFilesSay plays the same little story on
// every release and compares what it then prints: the weather is looked at and
// read on, messages listen, the dialler's service listens on, and the camera is
// open.
func TestPrintOutsOfEachReleaseAreAsTheGoldenFilesSay(t *testing.T) {
	for _, r := range testReleases {
		t.Run(r.release, func(t *testing.T) {
			h := mannered(t, r.sdk, "camera well-behaved", "weather background-location", "dialer listens-on", "browser clear-text",
				"messages microphone-in-background")
			if r.sdk >= 23 {
				mustRun(t, h, "pm grant specimen.camera android.permission.CAMERA")
			}
			for _, line := range []string{
				"am start -n specimen.weather/.ForecastActivity", "input keyevent HOME", "sleep 1260",
				"am start -n specimen.dialer/.DialActivity", "input keyevent HOME", "sleep 30",
				"am start -n specimen.camera/.CameraActivity",
			} {
				mustRun(t, h, line)
			}
			for _, p := range printed {
				if r.sdk < p.sdk {
					continue
				}
				out, errs, _ := runOn(h, strings.Fields(p.line)...)
				golden(t, filepath.Join("testdata", "release", r.release, p.file+".txt"), out+errs)
			}
			golden(t, filepath.Join("testdata", "release", r.release, "dumpsys-package-headings.txt"), headings(mustRun(t, h, "dumpsys package")))
		})
	}
}

// headings keeps the lines of a dump that begin at its left margin.
func headings(dump string) string {
	var b strings.Builder
	for line := range strings.Lines(dump) {
		if line != "\n" && line[0] != ' ' {
			b.WriteString(line)
		}
	}
	return b.String()
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "write it with -update")
	assert.Equal(t, string(want), got, file)
}

// printedElsewhere are the services whose dump is held to something else than a golden
// file, with what.
var printedElsewhere = map[string]string{
	"iphonesubinfo": "commands_test.go: up to Android 5.1",
}

// TestEveryDumpIsPrinted holds the list of golden files to the services that the newest
// and the oldest release list.
func TestEveryDumpIsPrinted(t *testing.T) {
	held := map[string]bool{}
	for _, p := range printed {
		if words := strings.Fields(p.line); words[0] == "dumpsys" {
			held[words[1]] = true
		}
	}
	for _, r := range []int{testReleases[0].sdk, testReleases[len(testReleases)-1].sdk} {
		h := mannered(t, r)
		for line := range strings.Lines(mustRun(t, h, "dumpsys -l")) {
			service := strings.TrimSpace(line)
			if !strings.HasPrefix(line, " ") || printedElsewhere[service] != "" || mustRun(t, h, "dumpsys "+service) == "" {
				continue // a heading, or a service that is there and dumps nothing
			}
			assert.True(t, held[service], "SDK %d: no golden file holds what dumpsys %s prints", r, service)
		}
	}
}
