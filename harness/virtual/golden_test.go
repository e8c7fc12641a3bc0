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
var printed = []struct{ file, line string }{
	{"appops-get", "appops get specimen.weather"},
	{"dumpsys-activity", "dumpsys activity"},
	{"dumpsys-appops", "dumpsys appops"},
	{"dumpsys-battery", "dumpsys battery"},
	{"dumpsys-netstats", "dumpsys netstats --full --uid"},
	{"dumpsys-package-camera", "dumpsys package specimen.camera"},
	{"dumpsys-package-core", "dumpsys package com.maker.core"},
	{"dumpsys-package-packages", "dumpsys package packages"},
	{"dumpsys-role", "dumpsys role"},
	{"dumpsys-window", "dumpsys window"},
	{"logcat-events", "logcat -d -b events -v threadtime"},
	{"logcat-main", "logcat -d -v threadtime"},
	{"pm-list-packages", "pm list packages -f -i"},
	{"ps", "ps -A"},
	{"uiautomator", "uiautomator dump /dev/tty"},
}

// TestPrintOutsOfEachReleaseAreAsTheGoldenFilesSay plays the same little story on
// every release and compares what it then prints.
func TestPrintOutsOfEachReleaseAreAsTheGoldenFilesSay(t *testing.T) {
	for _, r := range testReleases {
		t.Run(r.release, func(t *testing.T) {
			h := testHandset(t, r.sdk)
			for _, line := range []string{
				"am start -n specimen.weather/.ForecastActivity", "input keyevent HOME", "sleep 660",
				"am start -n specimen.camera/.CameraActivity",
			} {
				mustRun(t, h, line)
			}
			for _, p := range printed {
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
