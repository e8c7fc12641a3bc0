package virtual

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/phone"
)

// TestTheBinaryLogIsEachReleases asks for the log as logd keeps it: the header has
// the UID from Android 7 on, and there is no heading.
func TestTheBinaryLogIsEachReleases(t *testing.T) {
	const (
		at     = "d873c667" + "00000000"    // 1741059032, and no nanoseconds
		thread = "95110000" + "95110000"    // 4501 twice
		demo   = "04" + "64656d6f00" + "00" // I demo, no text
		two    = "70110100" + "0302" + "0007000000" + "020100000078"
	)
	for sdk, want := range map[int]string{
		23: "0700" + "1800" + thread + at + "00000000" + demo,
		33: "0700" + "1c00" + thread + at + "00000000" + "42270000" + demo,
	} {
		onBothFaces(t, sdk, func(t *testing.T, h *Handset, f side) {
			h.Clock.Advance(time.Unix(1741059032, 0))
			p := &phone.Process{PID: 4501, UID: 10050}
			h.LogAs(p, "main", 'I', "demo", "")
			out, ok := f.run("exec:logcat -b main -B -d -t 1")
			require.True(t, ok)
			assert.Equal(t, want, hex.EncodeToString(out))
			h.EventAs(p, "screen_toggled", 7, "x")
			out, ok = f.run("exec:logcat -b events -B -d -t 1")
			require.True(t, ok)
			wantEvent := two
			if sdk < 26 {
				wantEvent += "0a"
			}
			assert.True(t, strings.HasSuffix(hex.EncodeToString(out), wantEvent), hex.EncodeToString(out))
		})
	}
}

// TestAnEntryWithoutTextHasALineFromAndroid7On, and one of a line feed has one in
// every release.
func TestAnEntryWithoutTextHasALineFromAndroid7On(t *testing.T) {
	for sdk, want := range map[int]string{
		23: "--------- beginning of main\nI/line    ( 4501): \nI/last    ( 4501): x\n",
		25: "--------- beginning of main\nI/demo    ( 4501): \nI/line    ( 4501): \nI/last    ( 4501): x\n",
	} {
		h := testHandset(t, sdk)
		for _, e := range [][2]string{{"demo", ""}, {"line", "\n"}, {"last", "x"}} {
			h.LogAs(&phone.Process{PID: 4501, UID: 10050}, "main", 'I', e[0], e[1])
		}
		assert.Equal(t, want, mustRun(t, h, "logcat -b main -d -v brief -t 3"), sdk)
	}
}
